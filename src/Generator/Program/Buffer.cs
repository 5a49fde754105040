using System;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>Whose memory a buffer is.</summary>
internal enum BufferKind
{
    /// <summary>A part of the workspace, placed by the memory plan.</summary>
    Workspace,

    /// <summary>The caller's input span.</summary>
    Input,

    /// <summary>The caller's output span.</summary>
    Output,

    /// <summary>The caller's gradient of the output.</summary>
    OutputGradient,

    /// <summary>The caller's span for the input's gradient.</summary>
    InputGradient,
}

/// <summary>How a sample's elements follow each other in memory.</summary>
internal enum BufferOrder
{
    /// <summary>One row of features, without a picture: padded to 1, 4 or a multiple of 16 floats in the workspace.</summary>
    Flat,

    /// <summary>Pixel after pixel, each with all its channels, padded to a multiple of 16: lanes are channels.</summary>
    ChannelsLast,

    /// <summary>Plane after plane, PyTorch's order; in the workspace each row is padded to whole vectors: lanes are pixels.</summary>
    Planes,
}

/// <summary>
/// Activations or their gradients: a picture a sample (a flat one is that many channels of one pixel), with a border of zeros
/// where a consumer reads beyond the picture. The border is settled by <c>PlaceBorders</c>; strides are in floats.
/// </summary>
/// <param name="Id">Tells buffers apart.</param>
/// <param name="Name">What it is called in the generated code.</param>
/// <param name="Shape">The picture's size.</param>
/// <param name="Order">The order of its elements.</param>
/// <param name="Kind">Whose memory it is.</param>
/// <param name="Border">The zeros around it.</param>
/// <param name="Whole">The buffer that it is a part of, some channels; null of a buffer with memory of its own.</param>
/// <param name="FirstChannel">The first of those channels.</param>
internal sealed record Buffer(int Id, string Name, Picture Shape, BufferOrder Order, BufferKind Kind, Border Border = default, Buffer? Whole = null, int FirstChannel = 0)
{
    /// <summary>Elements of a sample, padding not counted.</summary>
    public int Width => (int)Shape.Count;

    /// <summary>The buffer with memory of its own.</summary>
    public Buffer Root => Whole ?? this;

    public bool IsPart => Whole is not null;

    /// <summary>
    /// Whether kernels may read and write in whole vectors up to the next multiple of 16 floats of all rows. Of a part, whether its vectors are its own.
    /// </summary>
    public bool IsPadded => Whole is not null
        ? Order == BufferOrder.Planes || (FirstChannel % Packing.Panel == 0 && (Shape.Channels % Packing.Panel == 0 || FirstChannel + Shape.Channels == Whole.Shape.Channels))
        : IsWorkspace || (Order == BufferOrder.Flat ? Shape.Channels : Shape.Width) % Packing.Panel == 0;

    public int PixelStride => Whole is not null ? Whole.PixelStride : Order switch
    {
        BufferOrder.Flat => IsWorkspace ? Packing.Pad(Shape.Channels) : Shape.Channels,
        BufferOrder.ChannelsLast => (int)Packing.PadToPanel(Shape.Channels),
        _ => 1,
    };

    public int RowStride => Order != BufferOrder.Planes ? (Border.Left + Shape.Width + Border.Right) * PixelStride
        : IsWorkspace ? Border.Left + Math.Max((int)Packing.PadToPanel(Shape.Width), Shape.Width + Border.Right)
        : Shape.Width;

    public int ChannelStride => Order == BufferOrder.Planes ? (Border.Top + Shape.Height + Border.Bottom) * RowStride : 1;

    /// <summary>From one sample to the next.</summary>
    public int Stride => Whole is not null ? Whole.Stride : Order switch
    {
        BufferOrder.Planes => IsWorkspace ? (int)Packing.PadToPanel(Shape.Channels * ChannelStride) : Width,
        _ => (Border.Top + Shape.Height + Border.Bottom) * RowStride,
    };

    /// <summary>The place of the first pixel in its sample, from where the buffer starts; a part starts at its first channel.</summary>
    public int Origin => (Border.Top * RowStride) + (Border.Left * PixelStride);

    /// <summary>The place of a part in its whole.</summary>
    public int PartOffset => FirstChannel * ChannelStride;

    private bool IsWorkspace => Kind == BufferKind.Workspace;

    public override string ToString() => $"{Name} {Shape.Display} {Order}";

    /// <summary>Some channels of it, in its memory.</summary>
    public Buffer Channels(int first, int count) => first == 0 && count == Shape.Channels ? this : new Buffer(
        Root.Id, $"{Root.Name}_from{(FirstChannel + first).ToString(System.Globalization.CultureInfo.InvariantCulture)}", Shape with { Channels = count }, Order, Kind, Border, Root, FirstChannel + first);

    /// <summary>Whether another buffer holds the same picture in the same order; borders may differ.</summary>
    public bool IsLike(Buffer other) => Shape == other.Shape && Order == other.Order;

    /// <summary>What it is when <paramref name="from"/>, or what it is a part of, becomes <paramref name="to"/>.</summary>
    public Buffer Replace(Buffer from, Buffer to) => this == from ? to : Whole == from ? to.Channels(FirstChannel, Shape.Channels) : this;
}

/// <summary>What a step asks of a buffer that it reads or writes.</summary>
/// <param name="Border">The zeros around the picture that it reads.</param>
/// <param name="IsPadded">Whether it works in whole vectors, so that the caller's memory will not do.</param>
/// <param name="TakesBorder">Whether it can pass over a border that another step needs.</param>
/// <param name="TakesParts">Whether pixels, or rows of features, may lie further apart than they are long.</param>
internal sealed record BufferNeed(Border Border, bool IsPadded, bool TakesBorder, bool TakesParts)
{
    /// <summary>Whole vectors of rows that touch each other.</summary>
    public static readonly BufferNeed Rows = new(default, IsPadded: true, TakesBorder: false, TakesParts: false);

    /// <summary>Whole vectors of rows, a stride apart.</summary>
    public static readonly BufferNeed StridedRows = Rows with { TakesParts = true };

    /// <summary>Single elements of rows.</summary>
    public static readonly BufferNeed Elements = new(default, IsPadded: false, TakesBorder: false, TakesParts: true);

    /// <summary>What all samples share: its buffer is one row.</summary>
    public static readonly BufferNeed Shared = Elements with { TakesParts = false, IsShared = true };

    /// <summary>Pixels wherever they lie.</summary>
    public static readonly BufferNeed Picture = new(default, IsPadded: true, TakesBorder: true, TakesParts: true);

    /// <summary>Whether the buffer is one row for all samples.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether it must lie in the workspace, because the step's routine does not have the caller's memory.</summary>
    public bool IsOwn { get; init; }

    /// <summary>What is asked of a buffer that a step reads twice, for this and for that.</summary>
    public BufferNeed And(BufferNeed other) =>
        new(Border.Union(other.Border), IsPadded || other.IsPadded, TakesBorder && other.TakesBorder, TakesParts && other.TakesParts) { IsShared = IsShared || other.IsShared, IsOwn = IsOwn || other.IsOwn };
}
