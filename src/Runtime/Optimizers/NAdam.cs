using System;
using NetGen.Runtime;
using NetGen.Training;

namespace NetGen;

/// <summary>
/// Adam with Nesterov's momentum: μₜ = β₁(1 − ½ · 0.96^(tψ)), and the step goes by μₜ₊₁m / (1 − Πμ, t + 1 of them) + (1 − μₜ)g / (1 − Πμ, t of them)
/// (Dozat, "Incorporating Nesterov Momentum into Adam", 2016; <c>torch.optim.NAdam</c>).
/// </summary>
public sealed class NAdam : AdaptiveMoments
{
    /// <summary>ln 0.96.</summary>
    private const double Ln096 = -0.040821994520255166;

    /// <summary>Π μ, the bias of the mean.</summary>
    private double _product = 1;

    private (double Now, double Next) _momentum;

    /// <summary>0.96^ψ.</summary>
    private readonly double _base;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="beta1">β₁; at least 0 and less than 1.</param>
    /// <param name="beta2">β₂; at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ; at least 0 and finite.</param>
    /// <param name="momentumDecay">ψ; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public NAdam(double learningRate = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, double momentumDecay = 4e-3)
        : base(learningRate, beta1, beta2, epsilon, weightDecay, "exp_avg", "exp_avg_sq")
    {
        MomentumDecay = NonNegative(momentumDecay, nameof(momentumDecay));
        _base = Power.Exp(Ln096 * momentumDecay);
    }

    /// <summary>ψ, by which the momentum approaches β₁.</summary>
    public double MomentumDecay { get; }

    private protected override void SaveRule(TrainingState state) => state.Set("mu_product", _product);

    private protected override Action LoadRule(TrainingState state)
    {
        double product = state.GetFinite("mu_product", 0, 1);
        return () => _product = product;
    }

    private protected override void BeginUpdate(long step)
    {
        _momentum = (Momentum(step), Momentum(step + 1));
        _product *= _momentum.Now;
        double Momentum(long step) => Beta1 * (1 - (0.5 * Power.Of(_base, step)));
    }

    private protected override void Update(in PackedRange range, double rate, double decay)
    {
        (float kept, double added) = Decayed(rate, decay);
        Run(
            new NAdamUpdate(
                (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2), (float)(1 / Math.Sqrt(Corrections.Second)), (float)Epsilon,
                (float)(rate * _momentum.Next / (1 - (_product * _momentum.Next))), (float)(rate * (1 - _momentum.Now) / (1 - _product)), kept),
            range, added);
    }
}
