using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// Adadelta: v ← ρv + (1 − ρ)g², Δ = √(u + ε) / √(v + ε) · g, u ← ρu + (1 − ρ)Δ², θ ← θ − lr · Δ (Zeiler, "ADADELTA", 2012; <c>torch.optim.Adadelta</c>).
/// </summary>
public sealed class Adadelta : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="rho">ρ, the last mean's share; at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Adadelta(double learningRate = 1, double rho = 0.9, double epsilon = 1e-6, double weightDecay = 0)
        : base(learningRate, weightDecay, "square_avg", "acc_delta")
    {
        Rho = Share(rho, nameof(rho));
        Epsilon = NonNegative(epsilon, nameof(epsilon));
    }

    /// <summary>ρ, the last mean's share.</summary>
    public double Rho { get; }

    /// <summary>ε, added below both roots.</summary>
    public double Epsilon { get; }

    private protected override void Update(in PackedRange range, double rate, double decay) =>
        Run(new AdadeltaUpdate((float)rate, (float)Rho, (float)(1 - Rho), (float)Epsilon), range, decay);
}
