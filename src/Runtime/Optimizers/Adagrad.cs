using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// Adagrad: s ← s + g², θ ← θ − lr / (1 + (t − 1)η) · g / (√s + ε) (Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011;
/// <c>torch.optim.Adagrad</c>).
/// </summary>
public sealed class Adagrad : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="learningRateDecay">η; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ; at least 0 and finite.</param>
    /// <param name="initialAccumulator">What s starts from; at least 0 and finite.</param>
    /// <param name="epsilon">ε; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Adagrad(double learningRate = 1e-2, double learningRateDecay = 0, double weightDecay = 0, double initialAccumulator = 0, double epsilon = 1e-10)
        : base(learningRate, weightDecay, "sum")
    {
        LearningRateDecay = NonNegative(learningRateDecay, nameof(learningRateDecay));
        InitialAccumulator = NonNegative(initialAccumulator, nameof(initialAccumulator));
        Epsilon = NonNegative(epsilon, nameof(epsilon));
    }

    /// <summary>η, by which the learning rate falls.</summary>
    public double LearningRateDecay { get; }

    /// <summary>What the sum of squares starts from.</summary>
    public double InitialAccumulator { get; }

    /// <summary>ε, added to the root.</summary>
    public double Epsilon { get; }

    private protected override float SlotPadding => (float)InitialAccumulator;

    private protected override void Update(in PackedRange range, double rate, double decay) =>
        Run(new AdagradUpdate((float)(rate / (1 + ((UpdateCount - 1) * LearningRateDecay))), (float)Epsilon, (float)InitialAccumulator, UpdateCount == 1), range, decay);
}
