namespace NetGen;

/// <summary>
/// y = (x − mean)/√(variance + ε) · weight + bias over the last dimensions of each sample, mean and biased variance those of these dimensions
/// (<c>torch.nn.LayerNorm</c>; Ba, Kiros and Hinton 2016). Any shape; training and evaluation are the same. Weight and bias have the normalised
/// shape and start at 1 and 0.
/// </summary>
/// <param name="normalizedShape">The last dimensions of the input, such as <c>5, 5</c> of <c>[3, 5, 5]</c>; none: all of them.</param>
public sealed class LayerNormAttribute(params int[] normalizedShape) : LayerAttribute
{
    /// <summary>The dimensions over which mean and variance are taken; empty: all.</summary>
    public int[] NormalizedShape { get; } = normalizedShape;

    /// <summary>ε, added to the variance; not negative, 1e-5 by default.</summary>
    public double Eps { get; set; } = 1e-5;

    /// <summary>Whether there are a weight and a bias for each element of the normalised shape; true by default.</summary>
    public bool ElementwiseAffine { get; set; } = true;

    /// <summary>Whether there is a bias beside the weight; true by default.</summary>
    public bool Bias { get; set; } = true;
}
