namespace NetGen;

/// <summary>What the convolutions of one and of two dimensions share.</summary>
/// <param name="channels">The number of output channels; positive.</param>
public abstract class ConvolutionAttribute(int channels) : LayerAttribute
{
    /// <summary>The number of output channels.</summary>
    public int Channels { get; } = channels;

    /// <summary>The distance of two windows in every dimension; positive, 1 by default. At most 32 in two dimensions.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>The zeros on each side of every dimension; not negative, 0 by default.</summary>
    public int Padding { get; set; }

    /// <summary>The distance of two taps in every dimension; positive, 1 by default.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>
    /// Pads such that the output is as large as the input (PyTorch's <c>padding="same"</c>); an odd number of zeros has its larger half
    /// below and right. For a stride of 1 only, and not beside a padding.
    /// </summary>
    public bool SamePadding { get; set; }

    /// <summary>Into how many groups the channels fall: each output channel sees only the inputs of its group. Divides input and output channels; 1 by default.</summary>
    public int Groups { get; set; } = 1;

    /// <summary>Whether the layer has a bias; true by default. A layer with <see cref="FixedWeight"/> has none.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>How the weight is initialised.</summary>
    public Init Init { get; set; }

    /// <summary>The parameter of <see cref="Init"/>; its meaning stands at each member of <see cref="NetGen.Init"/>. Not a number: that member's default.</summary>
    public double InitScale { get; set; } = double.NaN;

    /// <summary>How the bias is initialised.</summary>
    public Init BiasInit { get; set; }

    /// <summary>The parameter of <see cref="BiasInit"/>. Not a number: that member's default.</summary>
    public double BiasInitScale { get; set; } = double.NaN;

    /// <summary>
    /// A filter given as constants, in the order of PyTorch's weight: <c>[channels, in/groups, kernel]</c> or <c>[channels, in/groups, kernelHeight, kernelWidth]</c>, row-major.
    /// The layer then has no parameters: no bias, and nothing to initialise or to train.
    /// </summary>
    public double[]? FixedWeight { get; set; }
}

/// <summary>
/// A convolution of pictures, y[o, i, j] = b[o] + Σ w[o, c, u, v]·x[c, i·stride + u·dilation − padding, j·stride + v·dilation − padding] over channels c of o's group
/// and taps (u, v), with zeros outside x (<c>torch.nn.Conv2d</c>). Input: <c>[in, h, w]</c>; output: <c>[channels, h', w']</c> with
/// h' = floor((h + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1 and w' likewise; weight <c>[channels, in/groups, kernelHeight, kernelWidth]</c>, bias <c>[channels]</c>.
/// The input's sizes are inferred.
/// </summary>
/// <param name="channels">The number of output channels; positive.</param>
/// <param name="kernelHeight">The filter's height; positive.</param>
/// <param name="kernelWidth">The filter's width; positive.</param>
public sealed class Conv2dAttribute(int channels, int kernelHeight, int kernelWidth) : ConvolutionAttribute(channels)
{
    /// <summary>A convolution with a square filter.</summary>
    /// <param name="channels">The number of output channels; positive.</param>
    /// <param name="kernel">The filter's height and width; positive.</param>
    public Conv2dAttribute(int channels, int kernel)
        : this(channels, kernel, kernel)
    {
    }

    /// <summary>The filter's height.</summary>
    public int KernelHeight { get; } = kernelHeight;

    /// <summary>The filter's width.</summary>
    public int KernelWidth { get; } = kernelWidth;

    /// <summary>The strides down and across, <c>[height, width]</c>, instead of <see cref="ConvolutionAttribute.Stride"/>. Their product is at most 1024.</summary>
    public int[]? StrideHW { get; set; }

    /// <summary>The zeros above as below, and left as right, <c>[height, width]</c>, instead of <see cref="ConvolutionAttribute.Padding"/>.</summary>
    public int[]? PaddingHW { get; set; }

    /// <summary>The distances of taps down and across, <c>[height, width]</c>, instead of <see cref="ConvolutionAttribute.Dilation"/>.</summary>
    public int[]? DilationHW { get; set; }
}

/// <summary>
/// A convolution of sequences, y[o, i] = b[o] + Σ w[o, c, u]·x[c, i·stride + u·dilation − padding] over channels c of o's group and taps u, with zeros outside x
/// (<c>torch.nn.Conv1d</c>). Input: <c>[in, l]</c>; output: <c>[channels, l']</c> with l' = floor((l + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1;
/// weight <c>[channels, in/groups, kernel]</c>, bias <c>[channels]</c>. The input's sizes are inferred.
/// </summary>
/// <param name="channels">The number of output channels; positive.</param>
/// <param name="kernel">The filter's length; positive.</param>
public sealed class Conv1dAttribute(int channels, int kernel) : ConvolutionAttribute(channels)
{
    /// <summary>The filter's length.</summary>
    public int Kernel { get; } = kernel;
}
