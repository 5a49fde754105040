using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// RMSprop: v ← αv + (1 − α)g², θ ← θ − lr · g / (√v + ε), with momentum and centered on demand (Hinton, lecture 6e of "Neural Networks for Machine Learning", 2012;
/// centered: Graves, "Generating Sequences With Recurrent Neural Networks", 2013; <c>torch.optim.RMSprop</c>).
/// </summary>
public sealed class RMSprop : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="alpha">α, the last mean's share; at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ; at least 0 and finite.</param>
    /// <param name="momentum">The last step's share; at least 0 and less than 1.</param>
    /// <param name="centered">Whether the mean gradient's square is taken off v, which leaves an estimate of the variance.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public RMSprop(double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false)
        : base(learningRate, weightDecay, centered ? ["square_avg", "momentum_buffer", "grad_avg"] : momentum > 0 ? ["square_avg", "momentum_buffer"] : ["square_avg"])
    {
        Alpha = Share(alpha, nameof(alpha));
        Epsilon = NonNegative(epsilon, nameof(epsilon));
        Momentum = Share(momentum, nameof(momentum));
        Centered = centered;
    }

    /// <summary>α, the last mean's share.</summary>
    public double Alpha { get; }

    /// <summary>ε, added to the root.</summary>
    public double Epsilon { get; }

    /// <summary>The last step's share.</summary>
    public double Momentum { get; }

    /// <summary>Whether the mean gradient's square is taken off.</summary>
    public bool Centered { get; }

    private protected override void Update(in PackedRange range, double rate, double decay) =>
        Run(new RMSpropUpdate((float)rate, (float)Alpha, (float)(1 - Alpha), (float)Epsilon, (float)Momentum, Momentum > 0, Centered), range, decay);
}
