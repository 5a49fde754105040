namespace NetGen;

/// <summary>
/// Softmax and negative log likelihood of the true class, the mean over the batch, from logits (<c>torch.nn.CrossEntropyLoss</c>).
/// The output of the network is flat, one logit a class; the target is an <see cref="int"/> class number a sample. Stable for any finite logits.
/// </summary>
public sealed class CrossEntropyLossAttribute : LossAttribute;

/// <summary>(y−t)², the mean over all elements of the batch (<c>torch.nn.MSELoss</c>).</summary>
public sealed class MSELossAttribute : LossAttribute;

/// <summary>½·Σ(y−t)² over a sample, the mean over the batch.</summary>
public sealed class HalfSquaredErrorLossAttribute : LossAttribute;

/// <summary>Binary cross-entropy of sigmoid(y) and a target in [0, 1], the mean over all elements, from logits (<c>torch.nn.BCEWithLogitsLoss</c>).</summary>
public sealed class BCEWithLogitsLossAttribute : LossAttribute;

/// <summary>½(y−t)² where |y−t| ≤ δ, else δ(|y−t|−δ/2), the mean over all elements (<c>torch.nn.HuberLoss</c>).</summary>
/// <param name="delta">δ; positive and finite.</param>
public sealed class HuberLossAttribute(double delta = 1) : LossAttribute
{
    /// <summary>Where the loss turns from a parabola to a line.</summary>
    public double Delta { get; } = delta;
}

/// <summary>|y−t|, the mean over all elements; the gradient at 0 is 0 (<c>torch.nn.L1Loss</c>).</summary>
public sealed class L1LossAttribute : LossAttribute;
