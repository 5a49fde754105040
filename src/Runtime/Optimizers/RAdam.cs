using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// Adam whose adaptive step is rectified by its variance, and left out as long as that has no bound (Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020;
/// <c>torch.optim.RAdam</c>).
/// </summary>
public sealed class RAdam : AdaptiveMoments
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="beta1">β₁; at least 0 and less than 1.</param>
    /// <param name="beta2">β₂; at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public RAdam(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
        : base(learningRate, beta1, beta2, epsilon, weightDecay, "exp_avg", "exp_avg_sq")
    {
    }

    private protected override void Update(in PackedRange range, double rate, double decay)
    {
        (double first, double second) = Corrections;
        (float kept, double added) = Decayed(rate, decay);
        double longest = (2 / (1 - Beta2)) - 1;
        double length = longest - (2 * UpdateCount * Power.Of(Beta2, UpdateCount) / second);
        bool isRectified = length > 5;
        double step = rate / first;
        if (isRectified)
            step *= Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length) * second);
        Run(new RAdamUpdate((float)step, (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2), (float)Epsilon, kept, isRectified), range, added);
    }
}
