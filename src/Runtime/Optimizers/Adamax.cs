using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>Adam with the maximum norm: u ← max(β₂u, |g| + ε), θ ← θ − lr / (1 − β₁ᵗ) · m / u (Kingma and Ba, "Adam", 2015; <c>torch.optim.Adamax</c>).</summary>
public sealed class Adamax : AdaptiveMoments
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="beta1">β₁; at least 0 and less than 1.</param>
    /// <param name="beta2">β₂; at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Adamax(double learningRate = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
        : base(learningRate, beta1, beta2, epsilon, weightDecay, "exp_avg", "exp_inf")
    {
    }

    private protected override void Update(in PackedRange range, double rate, double decay)
    {
        (float kept, double added) = Decayed(rate, decay);
        Run(new AdamaxUpdate((float)(rate / Corrections.First), (float)(1 - Beta1), (float)Beta2, (float)Epsilon, kept), range, added);
    }
}
