using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// Lion: θ ← θ − lr · (sign(β₁m + (1 − β₁)g) + λθ), m ← β₂m + (1 − β₂)g (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023). Its learning rate is 3 to 10 times smaller than Adam's.
/// </summary>
public sealed class Lion : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="beta1">β₁, of the step's direction; at least 0 and less than 1.</param>
    /// <param name="beta2">β₂, of the mean that is kept; at least 0 and less than 1.</param>
    /// <param name="weightDecay">The weight decay λ, which takes lr·λ·θ off the parameter; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Lion(double learningRate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
        : base(learningRate, weightDecay, "exp_avg")
    {
        Beta1 = Share(beta1, nameof(beta1));
        Beta2 = Share(beta2, nameof(beta2));
    }

    /// <summary>β₁, of the step's direction.</summary>
    public double Beta1 { get; }

    /// <summary>β₂, of the mean that is kept.</summary>
    public double Beta2 { get; }

    private protected override void Update(in PackedRange range, double rate, double decay) =>
        Run(new LionUpdate((float)rate, (float)(1 - Beta1), (float)(1 - Beta2), (float)(1 - (rate * decay))), range);
}
