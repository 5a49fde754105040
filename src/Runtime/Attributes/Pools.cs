namespace NetGen;

/// <summary>What the pools share. Each channel is pooled by itself.</summary>
public abstract class PoolAttribute : LayerAttribute
{
    /// <summary>The distance of two windows in every dimension; positive. If it is not given, the kernel's size.</summary>
    public int Stride { get; set; }

    /// <summary>How far windows may reach beyond each side of every dimension; at most half the kernel, 0 by default.</summary>
    public int Padding { get; set; }

    /// <summary>Whether a last window counts that starts in the input but ends beyond its padding (PyTorch's <c>ceil_mode</c>); false by default.</summary>
    public bool CeilMode { get; set; }
}

/// <summary>
/// The largest value of each window (<c>torch.nn.MaxPool2d</c>). Input: <c>[c, h, w]</c>; output: <c>[c, h', w']</c> with
/// h' = floor((h + 2·padding − kernel) / stride) + 1, or ceil of it, and w' likewise. The padding is never the largest.
/// The gradient goes to the first of equal values, row by row; NaN is larger than every number.
/// </summary>
/// <param name="kernelHeight">The window's height; positive.</param>
/// <param name="kernelWidth">The window's width; positive.</param>
public sealed class MaxPool2dAttribute(int kernelHeight, int kernelWidth) : PoolAttribute
{
    /// <summary>A pool with square windows.</summary>
    /// <param name="kernel">The window's height and width; positive.</param>
    public MaxPool2dAttribute(int kernel)
        : this(kernel, kernel)
    {
    }

    /// <summary>The window's height.</summary>
    public int KernelHeight { get; } = kernelHeight;

    /// <summary>The window's width.</summary>
    public int KernelWidth { get; } = kernelWidth;

    /// <summary>The strides down and across, <c>[height, width]</c>, instead of <see cref="PoolAttribute.Stride"/>.</summary>
    public int[]? StrideHW { get; set; }

    /// <summary>The paddings above as below, and left as right, <c>[height, width]</c>, instead of <see cref="PoolAttribute.Padding"/>.</summary>
    public int[]? PaddingHW { get; set; }
}

/// <summary>
/// The largest value of each window of a sequence (<c>torch.nn.MaxPool1d</c>). Input: <c>[c, l]</c>; output: <c>[c, l']</c> with
/// l' = floor((l + 2·padding − kernel) / stride) + 1, or ceil of it. As <see cref="MaxPool2dAttribute"/> otherwise.
/// </summary>
/// <param name="kernel">The window's length; positive.</param>
public sealed class MaxPool1dAttribute(int kernel) : PoolAttribute
{
    /// <summary>The window's length.</summary>
    public int Kernel { get; } = kernel;
}

/// <summary>
/// The mean of each window (<c>torch.nn.AvgPool2d</c>). Input: <c>[c, h, w]</c>; output: <c>[c, h', w']</c> with
/// h' = floor((h + 2·padding − kernel) / stride) + 1, or ceil of it, and w' likewise.
/// What a window in ceil mode reaches beyond the padding is not counted.
/// </summary>
/// <param name="kernelHeight">The window's height; positive.</param>
/// <param name="kernelWidth">The window's width; positive.</param>
public sealed class AvgPool2dAttribute(int kernelHeight, int kernelWidth) : PoolAttribute
{
    /// <summary>A pool with square windows.</summary>
    /// <param name="kernel">The window's height and width; positive.</param>
    public AvgPool2dAttribute(int kernel)
        : this(kernel, kernel)
    {
    }

    /// <summary>The window's height.</summary>
    public int KernelHeight { get; } = kernelHeight;

    /// <summary>The window's width.</summary>
    public int KernelWidth { get; } = kernelWidth;

    /// <summary>The strides down and across, <c>[height, width]</c>, instead of <see cref="PoolAttribute.Stride"/>.</summary>
    public int[]? StrideHW { get; set; }

    /// <summary>The paddings above as below, and left as right, <c>[height, width]</c>, instead of <see cref="PoolAttribute.Padding"/>.</summary>
    public int[]? PaddingHW { get; set; }

    /// <summary>Whether the mean counts the padding as zeros (PyTorch's <c>count_include_pad</c>); true by default.</summary>
    public bool CountIncludePad { get; set; } = true;
}

/// <summary>
/// The mean of each window of a sequence (<c>torch.nn.AvgPool1d</c>). Input: <c>[c, l]</c>; output: <c>[c, l']</c> with
/// l' = floor((l + 2·padding − kernel) / stride) + 1, or ceil of it. As <see cref="AvgPool2dAttribute"/> otherwise.
/// </summary>
/// <param name="kernel">The window's length; positive.</param>
public sealed class AvgPool1dAttribute(int kernel) : PoolAttribute
{
    /// <summary>The window's length.</summary>
    public int Kernel { get; } = kernel;

    /// <summary>Whether the mean counts the padding as zeros (PyTorch's <c>count_include_pad</c>); true by default.</summary>
    public bool CountIncludePad { get; set; } = true;
}

/// <summary>
/// Means over a grid of windows that covers the picture (<c>torch.nn.AdaptiveAvgPool2d</c>). Input: <c>[c, h, w]</c>; output: <c>[c, height, width]</c>.
/// Window i of n over a size s reaches from floor(i·s/n) to ceil((i + 1)·s/n), the latter not included.
/// </summary>
/// <param name="height">The output's height; positive.</param>
/// <param name="width">The output's width; positive.</param>
public sealed class AdaptiveAvgPool2dAttribute(int height, int width) : LayerAttribute
{
    /// <summary>A pool with a square output.</summary>
    /// <param name="size">The output's height and width; positive.</param>
    public AdaptiveAvgPool2dAttribute(int size)
        : this(size, size)
    {
    }

    /// <summary>The output's height.</summary>
    public int Height { get; } = height;

    /// <summary>The output's width.</summary>
    public int Width { get; } = width;
}

/// <summary>
/// Means over a grid of windows that covers a sequence (<c>torch.nn.AdaptiveAvgPool1d</c>). Input: <c>[c, l]</c>; output: <c>[c, length]</c>.
/// As <see cref="AdaptiveAvgPool2dAttribute"/> otherwise.
/// </summary>
/// <param name="length">The output's length; positive.</param>
public sealed class AdaptiveAvgPool1dAttribute(int length) : LayerAttribute
{
    /// <summary>The output's length.</summary>
    public int Length { get; } = length;
}

/// <summary>
/// The largest values over a grid of windows that covers the picture (<c>torch.nn.AdaptiveMaxPool2d</c>). Input: <c>[c, h, w]</c>; output:
/// <c>[c, height, width]</c>. Its windows are those of <see cref="AdaptiveAvgPool2dAttribute"/>, its gradient is that of <see cref="MaxPool2dAttribute"/>.
/// </summary>
/// <param name="height">The output's height; positive.</param>
/// <param name="width">The output's width; positive.</param>
public sealed class AdaptiveMaxPool2dAttribute(int height, int width) : LayerAttribute
{
    /// <summary>A pool with a square output.</summary>
    /// <param name="size">The output's height and width; positive.</param>
    public AdaptiveMaxPool2dAttribute(int size)
        : this(size, size)
    {
    }

    /// <summary>The output's height.</summary>
    public int Height { get; } = height;

    /// <summary>The output's width.</summary>
    public int Width { get; } = width;
}

/// <summary>
/// The largest values over a grid of windows that covers a sequence (<c>torch.nn.AdaptiveMaxPool1d</c>). Input: <c>[c, l]</c>; output: <c>[c, length]</c>.
/// As <see cref="AdaptiveMaxPool2dAttribute"/> otherwise.
/// </summary>
/// <param name="length">The output's length; positive.</param>
public sealed class AdaptiveMaxPool1dAttribute(int length) : LayerAttribute
{
    /// <summary>The output's length.</summary>
    public int Length { get; } = length;
}

/// <summary>The mean of each channel of a picture (<c>torch.nn.AdaptiveAvgPool2d(1)</c>). Input: <c>[c, h, w]</c>; output: <c>[c, 1, 1]</c>.</summary>
public sealed class GlobalAvgPool2dAttribute : LayerAttribute;

/// <summary>The mean of each channel of a sequence (<c>torch.nn.AdaptiveAvgPool1d(1)</c>). Input: <c>[c, l]</c>; output: <c>[c, 1]</c>.</summary>
public sealed class GlobalAvgPool1dAttribute : LayerAttribute;

/// <summary>The largest value of each channel of a picture (<c>torch.nn.AdaptiveMaxPool2d(1)</c>). Input: <c>[c, h, w]</c>; output: <c>[c, 1, 1]</c>.</summary>
public sealed class GlobalMaxPool2dAttribute : LayerAttribute;

/// <summary>The largest value of each channel of a sequence (<c>torch.nn.AdaptiveMaxPool1d(1)</c>). Input: <c>[c, l]</c>; output: <c>[c, 1]</c>.</summary>
public sealed class GlobalMaxPool1dAttribute : LayerAttribute;
