using System.ComponentModel;

namespace NetGen.Runtime;

/// <summary>
/// Where the elements of a sample's picture lie: sizes, then floats from one sample, channel, row and pixel to the next, and from the sample's
/// start to its first element. With channels last (<paramref name="channel"/> is 1) lanes are channels; in planes (<paramref name="pixel"/> is 1)
/// lanes are pixels. Around the picture there may be a border, which kernels leave alone.
/// </summary>
/// <param name="channels">The number of channels.</param>
/// <param name="height">Rows of the picture.</param>
/// <param name="width">Pixels of a row.</param>
/// <param name="sample">Floats from a sample to the next, borders and padding included.</param>
/// <param name="channel">Floats from a channel to the next.</param>
/// <param name="row">Floats from a row to the next.</param>
/// <param name="pixel">Floats from a pixel to the next.</param>
/// <param name="origin">Floats from the sample's start to channel 0 of the first pixel.</param>
/// <param name="isExact">Whether what lies behind the last channel of a pixel is another picture's, not padding.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct PictureLayout(int channels, int height, int width, int sample, int channel, int row, int pixel, int origin, bool isExact = false)
{
    internal const int Lanes = 16;

    /// <summary>The number of channels.</summary>
    public int Channels { get; } = channels;

    /// <summary>Rows of the picture.</summary>
    public int Height { get; } = height;

    /// <summary>Pixels of a row.</summary>
    public int Width { get; } = width;

    /// <summary>Floats from a sample to the next.</summary>
    public int Sample { get; } = sample;

    /// <summary>Floats from a channel to the next.</summary>
    public int Channel { get; } = channel;

    /// <summary>Floats from a row to the next.</summary>
    public int Row { get; } = row;

    /// <summary>Floats from a pixel to the next.</summary>
    public int Pixel { get; } = pixel;

    /// <summary>Floats from the sample's start to its first element.</summary>
    public int Origin { get; } = origin;

    /// <summary>Whether the channels of a pixel lie side by side. A picture of one pixel without padding is either; it counts as this.</summary>
    public bool IsChannelsLast => Channel == 1;

    /// <summary>
    /// Whether kernels may touch, and have to keep at zero, what lies behind the last pixel of a row up to a multiple of 16 (planes),
    /// or behind the last channel of a pixel (channels last). A caller's memory has no such padding.
    /// </summary>
    public bool IsPadded => IsChannelsLast
        ? !isExact && Pixel >= Channels && (Pixel % Lanes == 0 || Pixel is 1 or 4)
        : Row >= (Origin % Row) + RoundUp(Width);

    /// <summary>Floats of a pixel that belong to the picture, with its padding.</summary>
    public int PaddedChannels => !IsChannelsLast || !IsPadded ? Channels : Pixel % Lanes == 0 ? RoundUp(Channels) : Pixel;

    /// <summary>Floats of a row of a plane that belong to the picture, with its padding.</summary>
    public int PaddedWidth => !IsChannelsLast && IsPadded ? RoundUp(Width) : Width;

    /// <summary>Whether pixels of a channel lie side by side: planes, or a single channel.</summary>
    internal bool HasRowsOfPixels => Pixel == 1 && (Channels == 1 || !IsChannelsLast);

    /// <summary>The picture's lines from one to another.</summary>
    internal PictureLayout Lines(int first, int end) => new(Channels, end - first, Width, Sample, Channel, Row, Pixel, Origin + (first * Row), isExact);

    /// <summary>The picture's channels from one to another.</summary>
    internal PictureLayout ChannelsOf(int first, int end) => new(end - first, Height, Width, Sample, Channel, Row, Pixel, Origin + (first * Channel), isExact);

    internal static int RoundUp(int length) => (length + Lanes - 1) & -Lanes;
}
