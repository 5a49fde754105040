using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>The base of optimizers with running means of the gradient and of its square.</summary>
public abstract class AdaptiveMoments : Optimizer
{
    private protected AdaptiveMoments(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, params string[] slotNames)
        : base(learningRate, weightDecay, slotNames)
    {
        Beta1 = Share(beta1, nameof(beta1));
        Beta2 = Share(beta2, nameof(beta2));
        Epsilon = NonNegative(epsilon, nameof(epsilon));
    }

    /// <summary>β₁, of the mean of gradients.</summary>
    public double Beta1 { get; }

    /// <summary>β₂, of the mean of squares.</summary>
    public double Beta2 { get; }

    /// <summary>ε, added to the root of the mean of squares.</summary>
    public double Epsilon { get; }

    /// <summary>Whether weight decay takes θ ← θ − lr·λ·θ beside the gradient's step, instead of adding λθ to the gradient (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019).</summary>
    public bool DecoupledWeightDecay { get; init; }

    /// <summary>1 − β₁ᵗ and 1 − β₂ᵗ.</summary>
    private protected (double First, double Second) Corrections => (1 - Power.Of(Beta1, UpdateCount), 1 - Power.Of(Beta2, UpdateCount));

    /// <summary>What the parameter is multiplied by, and the decay that the gradient gets.</summary>
    private protected (float Kept, double Decay) Decayed(double rate, double decay) => DecoupledWeightDecay ? ((float)(1 - (rate * decay)), 0) : (1, decay);

    /// <summary>Adam's rule.</summary>
    /// <param name="range">Where the parameters are.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="decay">The weight decay.</param>
    /// <param name="isMaximal">Whether the largest v so far is taken.</param>
    private protected void UpdateAdam(in PackedRange range, double rate, double decay, bool isMaximal)
    {
        (double first, double second) = Corrections;
        (float kept, double added) = Decayed(rate, decay);
        Run(new AdamUpdate((float)(rate / first), (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2), (float)(1 / Math.Sqrt(second)), (float)Epsilon, kept, isMaximal), range, added);
    }

    private protected static string[] Slots(bool amsgrad) => amsgrad ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"];
}

/// <summary>
/// Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − lr · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε) (Kingma and Ba, "Adam", 2015; <c>torch.optim.Adam</c>).
/// </summary>
public sealed class Adam : AdaptiveMoments
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="beta1">β₁; at least 0 and less than 1.</param>
    /// <param name="beta2">β₂; at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ, added to the gradient as λθ; at least 0 and finite.</param>
    /// <param name="amsgrad">Whether the largest v so far is taken (AMSGrad: Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", 2018).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Adam(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, bool amsgrad = false)
        : base(learningRate, beta1, beta2, epsilon, weightDecay, Slots(amsgrad)) => AMSGrad = amsgrad;

    /// <summary>Whether the largest v so far is taken.</summary>
    public bool AMSGrad { get; }

    private protected override void Update(in PackedRange range, double rate, double decay) => UpdateAdam(range, rate, decay, AMSGrad);
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019; <c>torch.optim.AdamW</c>).</summary>
public sealed class AdamW : AdaptiveMoments
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="beta1">β₁; at least 0 and less than 1.</param>
    /// <param name="beta2">β₂; at least 0 and less than 1.</param>
    /// <param name="epsilon">ε; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ, which takes lr·λ·θ off the parameter; at least 0 and finite.</param>
    /// <param name="amsgrad">Whether the largest v so far is taken.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public AdamW(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2, bool amsgrad = false)
        : base(learningRate, beta1, beta2, epsilon, weightDecay, Slots(amsgrad)) => (AMSGrad, DecoupledWeightDecay) = (amsgrad, true);

    /// <summary>Whether the largest v so far is taken.</summary>
    public bool AMSGrad { get; }

    private protected override void Update(in PackedRange range, double rate, double decay) => UpdateAdam(range, rate, decay, AMSGrad);
}
