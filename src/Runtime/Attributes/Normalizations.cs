namespace NetGen;

/// <summary>
/// y = (x − mean)/√(variance + ε) · weight + bias over the last dimensions of each sample, mean and biased variance those of these dimensions
/// (<c>torch.nn.LayerNorm</c>; Ba, Kiros and Hinton 2016). Any shape; training and evaluation are the same. Weight and bias have the normalised
/// shape and start at 1 and 0.
/// </summary>
/// <param name="normalizedShape">The last dimensions of the input, such as <c>5, 5</c> of <c>[3, 5, 5]</c>; none: all of them.</param>
public sealed class LayerNormAttribute(params int[] normalizedShape) : LayerAttribute
{
    /// <summary>Over all dimensions.</summary>
    public LayerNormAttribute()
        : this([])
    {
    }

    /// <summary>Over the last dimension.</summary>
    /// <param name="last">The last dimension of the input.</param>
    public LayerNormAttribute(int last)
        : this([last])
    {
    }

    /// <summary>Over the last two dimensions.</summary>
    /// <param name="first">The last dimension but one of the input.</param>
    /// <param name="last">The last.</param>
    public LayerNormAttribute(int first, int last)
        : this([first, last])
    {
    }

    /// <summary>Over the last three dimensions.</summary>
    /// <param name="first">The last dimension but two of the input.</param>
    /// <param name="second">The last but one.</param>
    /// <param name="last">The last.</param>
    public LayerNormAttribute(int first, int second, int last)
        : this([first, second, last])
    {
    }

    /// <summary>The dimensions over which mean and variance are taken; empty: all.</summary>
    public int[] NormalizedShape { get; } = normalizedShape;

    /// <summary>ε, added to the variance; not negative, 1e-5 by default.</summary>
    public double Eps { get; set; } = 1e-5;

    /// <summary>Whether there are a weight and a bias for each element of the normalised shape; true by default.</summary>
    public bool ElementwiseAffine { get; set; } = true;

    /// <summary>Whether there is a bias beside the weight; true by default.</summary>
    public bool Bias { get; set; } = true;
}

/// <summary>
/// y = x/√(mean of x² + ε) · weight over the last dimensions of each sample, the mean that of these dimensions (<c>torch.nn.RMSNorm</c>; Zhang and
/// Sennrich 2019). Any shape; training and evaluation are the same. The weight has the normalised shape and starts at 1; there is no bias.
/// </summary>
/// <param name="normalizedShape">The last dimensions of the input, such as <c>5, 5</c> of <c>[3, 5, 5]</c>; none: all of them.</param>
public sealed class RMSNormAttribute(params int[] normalizedShape) : LayerAttribute
{
    /// <summary>Over all dimensions.</summary>
    public RMSNormAttribute()
        : this([])
    {
    }

    /// <summary>Over the last dimension.</summary>
    /// <param name="last">The last dimension of the input.</param>
    public RMSNormAttribute(int last)
        : this([last])
    {
    }

    /// <summary>Over the last two dimensions.</summary>
    /// <param name="first">The last dimension but one of the input.</param>
    /// <param name="last">The last.</param>
    public RMSNormAttribute(int first, int last)
        : this([first, last])
    {
    }

    /// <summary>Over the last three dimensions.</summary>
    /// <param name="first">The last dimension but two of the input.</param>
    /// <param name="second">The last but one.</param>
    /// <param name="last">The last.</param>
    public RMSNormAttribute(int first, int second, int last)
        : this([first, second, last])
    {
    }

    /// <summary>The dimensions over which the mean of squares is taken; empty: all.</summary>
    public int[] NormalizedShape { get; } = normalizedShape;

    /// <summary>ε, added to the mean of squares; not negative, by default 2⁻²³, the distance from 1 to the next float (<c>eps=None</c> in PyTorch).</summary>
    public double Eps { get; set; } = 1.1920928955078125e-07;

    /// <summary>Whether there is a weight for each element of the normalised shape; true by default.</summary>
    public bool ElementwiseAffine { get; set; } = true;
}

/// <summary>What batch normalisations have in common.</summary>
public abstract class BatchNormAttribute : LayerAttribute
{
    private protected BatchNormAttribute()
    {
    }

    /// <summary>ε, added to the variance; not negative, 1e-5 by default.</summary>
    public double Eps { get; set; } = 1e-5;

    /// <summary>
    /// The share of a new batch in the running statistics, from 0 to 1; 0.1 by default. Not a number: the running statistics are the averages of all batches
    /// (<c>momentum=None</c> in PyTorch).
    /// </summary>
    public double Momentum { get; set; } = 0.1;

    /// <summary>Whether there are a weight and a bias for each channel; true by default.</summary>
    public bool Affine { get; set; } = true;
}

/// <summary>
/// y = (x − mean)/√(variance + ε) · weight + bias for each channel (<c>torch.nn.BatchNorm1d</c>; Ioffe and Szegedy 2015). In training mean and biased variance
/// are those of the batch, over samples and places, and a training step moves the running ones towards them; in evaluation they are the running ones.
/// The running statistics and the number of batches are in <see cref="INetwork.Buffers"/> and in checkpoints: <c>running_mean</c>, <c>running_var</c>
/// (unbiased), <c>num_batches_tracked</c>. From <c>[channels]</c> or <c>[channels, length]</c>; a training batch has at least two values a channel.
/// </summary>
public sealed class BatchNorm1dAttribute : BatchNormAttribute;

/// <summary>The same from <c>[channels, height, width]</c>, over samples and pixels (<c>torch.nn.BatchNorm2d</c>).</summary>
/// <inheritdoc cref="BatchNorm1dAttribute"/>
public sealed class BatchNorm2dAttribute : BatchNormAttribute;
