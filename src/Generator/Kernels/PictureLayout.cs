namespace NetGen.Generator.Compiler.Kernels;

/// <summary>A buffer's layout as the runtime's kernels take it.</summary>
internal sealed record PictureLayout
{
    public required int Channels { get; init; }

    public required int Height { get; init; }

    public required int Width { get; init; }

    public required int Sample { get; init; }

    public required int Channel { get; init; }

    public required int Row { get; init; }

    public required int Pixel { get; init; }

    public required int Origin { get; init; }

    /// <summary>Whether nothing behind a row belongs to it.</summary>
    public bool IsExact { get; init; }

    /// <summary>Whether pixels of a channel lie side by side: planes, or a single channel.</summary>
    public bool IsPlanes => Pixel == 1 && (Channels == 1 || Channel != 1);

    /// <summary>Its lines from one to another.</summary>
    public PictureLayout Lines(int first, int end) => this with { Height = end - first, Origin = Origin + (first * Row) };

    /// <summary>Its channels from one to another.</summary>
    public PictureLayout ChannelsOf(int first, int end) => this with { Channels = end - first, Origin = Origin + (first * Channel) };

    /// <summary>The layout of a buffer; a flat one stands for planes of <paramref name="flat"/>'s shape.</summary>
    public static PictureLayout Of(Buffer buffer, Buffer? flat = null)
    {
        if (buffer.Order == BufferOrder.Flat && flat is { Order: not BufferOrder.Flat, Shape: { } picture })
        {
            return new PictureLayout
            {
                Channels = picture.Channels,
                Height = picture.Height,
                Width = picture.Width,
                Sample = buffer.Stride,
                Channel = (int)picture.Pixels,
                Row = picture.Width,
                Pixel = 1,
                Origin = 0,
            };
        }

        return new PictureLayout
        {
            Channels = buffer.Shape.Channels,
            Height = buffer.Shape.Height,
            Width = buffer.Shape.Width,
            Sample = buffer.Stride,
            Channel = buffer.ChannelStride,
            Row = buffer.RowStride,
            Pixel = buffer.PixelStride,
            Origin = buffer.Origin,
            IsExact = buffer.IsPart && !buffer.IsPadded,
        };
    }
}
