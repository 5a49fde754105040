using System;
using System.Collections.Generic;
using System.Linq;
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

    /// <summary>Some channels of it, in its memory.</summary>
    public Buffer Channels(int first, int count) => first == 0 && count == Shape.Channels ? this : new Buffer(
        Root.Id, $"{Root.Name}_from{(FirstChannel + first).ToString(System.Globalization.CultureInfo.InvariantCulture)}", Shape with { Channels = count }, Order, Kind, Border, Root, FirstChannel + first);

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

    /// <summary>Pixels wherever they lie.</summary>
    public static readonly BufferNeed Picture = new(default, IsPadded: true, TakesBorder: true, TakesParts: true);

    /// <summary>What is asked of a buffer that a step reads twice, for this and for that.</summary>
    public BufferNeed And(BufferNeed other) =>
        new(Border.Union(other.Border), IsPadded || other.IsPadded, TakesBorder && other.TakesBorder, TakesParts && other.TakesParts);
}

/// <summary>
/// One kernel call. Buffers are in single-assignment form: each is written by one step, and later steps read it.
/// </summary>
/// <param name="Method">The generated method's name; equal names are the same method.</param>
internal abstract record Step(string Method)
{
    /// <summary>The buffers it reads.</summary>
    public abstract IEnumerable<Buffer> Reads { get; }

    /// <summary>The buffers it writes.</summary>
    public abstract IEnumerable<Buffer> Writes { get; }

    /// <summary>Floats of scratch that it needs while it runs.</summary>
    public virtual long Scratch => 0;

    /// <summary>What the method's code depends on besides the buffers' layouts; equal methods have equal kernels.</summary>
    public virtual object? Kernel => null;

    /// <summary>Where in the packed parameters its weights start, or in the gradients theirs, by their names in its method.</summary>
    public virtual IEnumerable<(string Name, int Offset)> Parameters => [];

    /// <summary>The name of the method before it was shared with others of equal shape.</summary>
    public string? Own { get; init; }

    /// <summary>Whether its result serves the input's gradient alone, so that it runs only when that is asked for.</summary>
    public bool OnlyForInputGradient { get; init; }

    /// <summary>What it asks of one of its buffers.</summary>
    public virtual BufferNeed Need(Buffer buffer) => BufferNeed.Rows;

    /// <summary>All that the method's code depends on; steps with equal signatures share one method.</summary>
    public object Signature() => (GetType(), Kernel, string.Join(" ", Reads.Concat(Writes).Select(b => $"{b.Shape} {b.Order} {b.Border} {b.IsPadded} {b.PixelStride} {b.RowStride} {b.Stride}")));

    /// <summary>The same step on other buffers.</summary>
    public abstract Step Replace(Buffer from, Buffer to);

    protected static IEnumerable<Buffer> Present(params Buffer?[] buffers) => buffers.OfType<Buffer>();

}

/// <summary>Copies samples between any two layouts; padding becomes zero. A flat buffer stands for planes that touch each other.</summary>
internal sealed record CopyStep(string Method, Buffer From, Buffer To) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [From];

    public override IEnumerable<Buffer> Writes => [To];

    public override BufferNeed Need(Buffer buffer) => buffer.Order == BufferOrder.Flat ? BufferNeed.Elements : BufferNeed.Picture with { IsPadded = false };

    public override Step Replace(Buffer from, Buffer to) => this with { From = From.Replace(from, to), To = To.Replace(from, to) };
}

/// <summary>Zeroes all of a buffer but the picture.</summary>
internal sealed record ClearBorderStep(string Method, Buffer Buffer) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [];

    public override IEnumerable<Buffer> Writes => [Buffer];

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) => this with { Buffer = Buffer.Replace(from, to) };
}

/// <summary>Y = f(a product of X and weights), and the function's input Z where the gradient needs it.</summary>
internal abstract record ProductStep(string Method, Buffer X, Buffer Y, ActivationOp? Activation, Buffer? Z) : Step(Method)
{
    /// <summary>Whether an activation can move into its last store.</summary>
    public abstract bool CanFuse { get; }

    /// <summary>Whether its sums can start with a value, and one can be added in its last store.</summary>
    public abstract bool CanAdd { get; }

    /// <summary>What the sums start with, beside the bias: the activation sees it.</summary>
    public Buffer? Start { get; init; }

    /// <summary>What is added to the activation's output.</summary>
    public Buffer? Addend { get; init; }

    /// <summary>The activation's output before that, where somebody reads it.</summary>
    public Buffer? Kept { get; init; }

    protected object Form => (Activation?.Code, Z is null, Start is null, Addend is null, Kept is null);

    /// <summary>What it asks of X.</summary>
    protected abstract BufferNeed OperandNeed { get; }

    /// <summary>What it asks of all others. What starts the sums or is added to them can be X.</summary>
    protected abstract BufferNeed SideNeed { get; }

    public sealed override BufferNeed Need(Buffer buffer) => buffer != X ? SideNeed : buffer == Start || buffer == Addend ? OperandNeed.And(SideNeed) : OperandNeed;

    public sealed override IEnumerable<Buffer> Reads => Present(X, Start, Addend);

    public sealed override IEnumerable<Buffer> Writes => Present(Y, Z, Kept);

    public sealed override Step Replace(Buffer from, Buffer to) => this with
    {
        X = X.Replace(from, to),
        Y = Y.Replace(from, to),
        Z = Z?.Replace(from, to),
        Start = Start?.Replace(from, to),
        Addend = Addend?.Replace(from, to),
        Kept = Kept?.Replace(from, to),
    };
}

/// <summary>dX = a product of dY and weights, times f'(Saved) where an activation's gradient is fused.</summary>
internal abstract record DataGradientStep(string Method, Buffer DY, Buffer DX, ActivationOp? Activation, Buffer? Saved) : Step(Method)
{
    /// <summary>Whether an activation's gradient can move into its last store.</summary>
    public virtual bool CanFuse => true;

    /// <summary>Whether the sums can start with another gradient.</summary>
    public abstract bool CanStart { get; }

    /// <summary>The gradient that the sums start with, from other readers of the same value; the activation's derivative multiplies it too.</summary>
    public Buffer? Start { get; init; }

    /// <summary>What it asks of dY.</summary>
    protected abstract BufferNeed OperandNeed { get; }

    /// <summary>What it asks of all others. What starts the sums can be dY.</summary>
    protected abstract BufferNeed SideNeed { get; }

    public sealed override BufferNeed Need(Buffer buffer) => buffer != DY ? SideNeed : buffer == Start || buffer == Saved ? OperandNeed.And(SideNeed) : OperandNeed;

    public sealed override IEnumerable<Buffer> Reads => Present(DY, Saved, Start);

    public sealed override IEnumerable<Buffer> Writes => [DX];

    public sealed override Step Replace(Buffer from, Buffer to) =>
        this with { DY = DY.Replace(from, to), DX = DX.Replace(from, to), Saved = Saved?.Replace(from, to), Start = Start?.Replace(from, to) };
}

/// <summary>Y = f(X Wᵀ + b).</summary>
internal sealed record LinearForwardStep(string Method, LinearKernel Linear, Buffer X, Buffer Y, ActivationOp? Activation = null, Buffer? Z = null)
    : ProductStep(Method, X, Y, Activation, Z)
{
    // An activation across samples fills whole vectors, one across 1 to 4 outputs does not.
    public override bool CanFuse => Linear.Form != LinearForm.Narrow;

    public override bool CanAdd => Linear.Form == LinearForm.Panels;

    public override object Kernel => (Linear.Code, Form);

    public override IEnumerable<(string Name, int Offset)> Parameters => Linear.Both("weight", "bias");

    protected override BufferNeed OperandNeed => Linear.InputNeed;

    protected override BufferNeed SideNeed => Linear.OutputNeed;
}

/// <summary>dW = dYᵀ X.</summary>
internal sealed record LinearWeightGradientStep(string Method, LinearKernel Linear, Buffer X, Buffer DY) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X, DY];

    public override IEnumerable<Buffer> Writes => [];

    public override object Kernel => Linear.Code;

    public override IEnumerable<(string Name, int Offset)> Parameters => [("dw", Linear.WeightOffset)];

    /// <summary>Room to gather columns in.</summary>
    public override long Scratch => Schedule.GatherScratch(Linear, X);

    public override BufferNeed Need(Buffer buffer) => buffer == X ? Linear.InputNeed : Linear.OutputNeed;

    public override Step Replace(Buffer from, Buffer to) => this with { X = X.Replace(from, to), DY = DY.Replace(from, to) };
}

/// <summary>db = the sum of dY over the samples.</summary>
internal sealed record LinearBiasGradientStep(string Method, LinearKernel Linear, Buffer DY) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY];

    public override IEnumerable<Buffer> Writes => [];

    public override object Kernel => Linear.Code;

    public override IEnumerable<(string Name, int Offset)> Parameters => [("db", Linear.BiasOffset)];

    public override Step Replace(Buffer from, Buffer to) => this with { DY = DY.Replace(from, to) };
}

/// <summary>dX = dY W, times f'(Saved) where an activation's gradient is fused.</summary>
internal sealed record LinearDataGradientStep(string Method, LinearKernel Linear, Buffer DY, Buffer DX, ActivationOp? Activation = null, Buffer? Saved = null)
    : DataGradientStep(Method, DY, DX, Activation, Saved)
{
    /// <summary>A column group of the transposed weight.</summary>
    public override long Scratch => Linear.Form == LinearForm.Panels ? (long)Schedule.MostPanels(Linear.Inputs) * Linear.Outputs * Packing.Panel : 0;

    /// <summary>Tiles of whole panels can.</summary>
    public override bool CanStart => Linear.Form != LinearForm.Tiny && DX.Stride >= Packing.Panel;

    public override object Kernel => (Linear.Code, Activation?.Code, Start is null);

    protected override BufferNeed OperandNeed => BufferNeed.Rows;

    protected override BufferNeed SideNeed => BufferNeed.Rows;

    public override IEnumerable<(string Name, int Offset)> Parameters => [("weight", Linear.WeightOffset)];
}

/// <summary>Y = f(X ∗ W + b), a cross-correlation.</summary>
internal sealed record ConvForwardStep(string Method, ConvKernel Conv, Buffer X, Buffer Y, ActivationOp? Activation = null, Buffer? Z = null)
    : ProductStep(Method, X, Y, Activation, Z)
{
    public override bool CanFuse => true;

    public override bool CanAdd => true;

    public override object Kernel => (Conv.Code, Form);

    public override IEnumerable<(string Name, int Offset)> Parameters => Conv.Both("weight", "bias");

    /// <summary>The sum of several biases.</summary>
    public override long Scratch => Conv.Biases > 1 ? Packing.PadToPanel(Conv.Output.Channels) : 0;

    protected override BufferNeed OperandNeed => Conv.InputNeed(vectors: Y.Order == BufferOrder.Planes || Conv.Form == ConvForm.Depthwise);

    protected override BufferNeed SideNeed => BufferNeed.Picture;
}

/// <summary>dX = the correlation of dY with the filter transposed and flipped, times f'(Saved) where an activation's gradient is fused.</summary>
internal sealed record ConvDataGradientStep(string Method, ConvKernel Conv, Buffer DY, Buffer DX, ActivationOp? Activation = null, Buffer? Saved = null)
    : DataGradientStep(Method, DY, DX, Activation, Saved)
{
    /// <summary>The repacked filter of one phase, and a line of pixels that are stored a stride apart.</summary>
    public override long Scratch => Conv.RepackedLength(DX.Order == BufferOrder.Planes) + (IsSpread ? Conv.Inputs * Packing.PadToPanel(DX.Shape.Width) : 0);

    /// <summary>Whether lanes of pixels lie a stride apart in the result.</summary>
    public bool IsSpread => DX.Order == BufferOrder.Planes && Conv.Op.Stride.Width > 1;

    public override bool CanFuse => !IsSpread;

    /// <summary>Where there is one phase.</summary>
    public override bool CanStart => Conv.Op.Stride == Size2.Of(1);

    public override object Kernel => (Conv.Code, Activation?.Code, Start is null);

    public override IEnumerable<(string Name, int Offset)> Parameters => [("weight", Conv.WeightOffset)];

    protected override BufferNeed OperandNeed => Conv.GradientNeed(vectors: DX.Order == BufferOrder.Planes);

    protected override BufferNeed SideNeed => BufferNeed.Picture;
}

/// <summary>dW: at each tap the product of dY and X, summed over samples and pixels.</summary>
internal sealed record ConvWeightGradientStep(string Method, ConvKernel Conv, Buffer X, Buffer DY) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X, DY];

    public override IEnumerable<Buffer> Writes => [];

    public override object Kernel => Conv.Code;

    public override IEnumerable<(string Name, int Offset)> Parameters => [("dw", Conv.WeightOffset)];

    /// <summary>Room to gather channels in.</summary>
    public override long Scratch => Conv.Form == ConvForm.Rows ? 0 : OuterGradientPlan.Create(Conv, X, DY).Scratch;

    public override BufferNeed Need(Buffer buffer) => buffer == X ? Conv.InputNeed(vectors: Conv.Form != ConvForm.Panels) : BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) => this with { X = X.Replace(from, to), DY = DY.Replace(from, to) };
}

/// <summary>db = the sum of dY over samples and pixels.</summary>
internal sealed record ConvBiasGradientStep(string Method, ConvKernel Conv, Buffer DY) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY];

    public override IEnumerable<Buffer> Writes => [];

    public override object Kernel => Conv.Biases;

    public override IEnumerable<(string Name, int Offset)> Parameters => [("db", Conv.BiasOffset)];

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) => this with { DY = DY.Replace(from, to) };
}

/// <summary>Y = X correlated with a filter of constants; planes only.</summary>
internal sealed record FixedConvStep(string Method, FixedFilter Filter, Buffer X, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => [Y];

    public override object Kernel => Filter with { Label = "" };

    public override BufferNeed Need(Buffer buffer) => buffer == X ? new BufferNeed(Filter.Reach, IsPadded: true, TakesBorder: true, TakesParts: true) : BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) => this with { X = X.Replace(from, to), Y = Y.Replace(from, to) };
}

/// <summary>Y = the maximum or mean of each window of X, ReLU of it where that is fused; Index keeps where each maximum was, for the gradient.</summary>
internal sealed record PoolForwardStep(string Method, PoolKernel Pool, Buffer X, Buffer Y, Buffer? Index, bool HasReLU = false) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => Index is null ? [Y] : [Y, Index];

    public override object Kernel => (Pool.Code, HasReLU, Index is null);

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) =>
        this with { X = X.Replace(from, to), Y = Y.Replace(from, to), Index = Index?.Replace(from, to) };
}

/// <summary>dX = dY where its maximum was, or its share of the mean.</summary>
internal sealed record PoolBackwardStep(string Method, PoolKernel Pool, Buffer DY, Buffer? Index, Buffer DX) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => Index is null ? [DY] : [DY, Index];

    public override IEnumerable<Buffer> Writes => [DX];

    public override object Kernel => Pool.Code;

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = DY.Replace(from, to), Index = Index?.Replace(from, to), DX = DX.Replace(from, to) };
}

/// <summary>Y = f(X).</summary>
internal sealed record ActivationForwardStep(string Method, ActivationOp Activation, Buffer X, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => [Y];

    public override object Kernel => Activation.Code;

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) => this with { X = X.Replace(from, to), Y = Y.Replace(from, to) };
}

/// <summary>dX = dY f'(Saved); Saved is the function's input or output.</summary>
internal sealed record ActivationBackwardStep(string Method, ActivationOp Activation, Buffer DY, Buffer Saved, Buffer DX) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY, Saved];

    public override IEnumerable<Buffer> Writes => [DX];

    public override object Kernel => Activation.Code;

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = DY.Replace(from, to), Saved = Saved.Replace(from, to), DX = DX.Replace(from, to) };
}

/// <summary>Y = the sum of the Xs, from the first to the last.</summary>
internal sealed record SumStep(string Method, EquatableArray<Buffer> Xs, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => Xs;

    public override IEnumerable<Buffer> Writes => [Y];

    public override object Kernel => Xs.Count;

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) => this with { Xs = Xs.Select(x => x.Replace(from, to)).ToEquatableArray(), Y = Y.Replace(from, to) };
}

/// <summary>Y = softmax(X) over the features of a row or the channels of a pixel.</summary>
internal sealed record SoftmaxForwardStep(string Method, Buffer X, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => [Y];

    public override Step Replace(Buffer from, Buffer to) => this with { X = X.Replace(from, to), Y = Y.Replace(from, to) };
}

/// <summary>dX = Y (dY − Σ dY Y), as far as the softmax reaches.</summary>
internal sealed record SoftmaxBackwardStep(string Method, Buffer DY, Buffer Y, Buffer DX) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY, Y];

    public override IEnumerable<Buffer> Writes => [DX];

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = DY.Replace(from, to), Y = Y.Replace(from, to), DX = DX.Replace(from, to) };
}

/// <summary>Y = (1/β) log Σ e^(βX) over each row.</summary>
internal sealed record LogSumExpForwardStep(string Method, double Beta, Buffer X, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => [Y];

    public override object Kernel => Beta;

    public override Step Replace(Buffer from, Buffer to) => this with { X = X.Replace(from, to), Y = Y.Replace(from, to) };
}

/// <summary>dX = dY softmax(βX) over each row.</summary>
internal sealed record LogSumExpBackwardStep(string Method, double Beta, Buffer DY, Buffer X, Buffer DX) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY, X];

    public override IEnumerable<Buffer> Writes => [DX];

    public override object Kernel => Beta;

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = DY.Replace(from, to), X = X.Replace(from, to), DX = DX.Replace(from, to) };
}

/// <summary>Mask = 0 or 1/(1−p) by the counter-based generator (1 in evaluation), Y = Mask X.</summary>
internal sealed record DropoutForwardStep(string Method, int Layer, double P, Buffer X, Buffer Mask, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => [Mask, Y];

    public override object Kernel => (Layer, P);

    /// <summary>A picture's mask, drawn in PyTorch's order before it goes to its places.</summary>
    public override long Scratch => Mask.Order == BufferOrder.Flat ? 0 : Packing.PadToPanel(Mask.Width);

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) =>
        this with { X = X.Replace(from, to), Mask = Mask.Replace(from, to), Y = Y.Replace(from, to) };
}

/// <summary>dX = Mask dY.</summary>
internal sealed record DropoutBackwardStep(string Method, Buffer DY, Buffer Mask, Buffer DX) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY, Mask];

    public override IEnumerable<Buffer> Writes => [DX];

    public override BufferNeed Need(Buffer buffer) => BufferNeed.Picture;

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = DY.Replace(from, to), Mask = Mask.Replace(from, to), DX = DX.Replace(from, to) };
}

/// <summary>The loss and its gradient with respect to the output; the target is the caller's.</summary>
internal sealed record LossStep(string Method, LossOp Loss, Buffer Y, Buffer DY) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [Y];

    public override IEnumerable<Buffer> Writes => [DY];

    public override object Kernel => Loss;

    /// <summary>Whether a loss takes its prediction as it lies: rows of features, or a sum over elements of pixels whose channels fill their vectors.</summary>
    public static bool Takes(LossOp loss, Buffer y) =>
        y.Order == BufferOrder.Flat || (loss is ElementwiseLossOp && y.Order == BufferOrder.ChannelsLast && y.Shape.Channels % Packing.Panel == 0);

    public override Step Replace(Buffer from, Buffer to) => this with { Y = Y.Replace(from, to), DY = DY.Replace(from, to) };
}

/// <summary>What the kernels of a linear layer know of it.</summary>
/// <param name="Stem">The start of its methods' names.</param>
/// <param name="Label">The layer in comments.</param>
/// <param name="Inputs">Input features.</param>
/// <param name="Outputs">Output features.</param>
/// <param name="Form">How the weight is packed.</param>
/// <param name="WeightOffset">Where the weight starts in the packed parameters.</param>
/// <param name="BiasOffset">Where the bias starts; −1 without one.</param>
internal sealed record LinearKernel(string Stem, string Label, int Inputs, int Outputs, LinearForm Form, int WeightOffset, int BiasOffset)
{
    public bool HasBias => BiasOffset >= 0;

    /// <summary>What its methods' code depends on: neither its names nor where its parameters lie.</summary>
    public LinearKernel Code => this with { Stem = "", Label = "", WeightOffset = 0, BiasOffset = HasBias ? 0 : -1 };

    /// <summary>The places of weight and bias.</summary>
    public IEnumerable<(string Name, int Offset)> Both(string weight, string bias) => HasBias ? [(weight, WeightOffset), (bias, BiasOffset)] : [(weight, WeightOffset)];

    /// <summary>What its kernels ask of the input.</summary>
    public BufferNeed InputNeed => Form switch
    {
        LinearForm.Panels => BufferNeed.Elements,
        LinearForm.Tiny => BufferNeed.Elements with { TakesParts = false },
        _ => BufferNeed.Rows,
    };

    /// <summary>What they ask of the output and its gradient.</summary>
    public BufferNeed OutputNeed => Form == LinearForm.Panels ? BufferNeed.StridedRows : BufferNeed.Rows;
}

/// <summary>
/// The network as steps over buffers. <see cref="Inference"/> stands alone; a training pass is
/// <see cref="Forward"/>, then <see cref="Loss"/> (or <see cref="Seed"/>, which takes the caller's gradient of the output instead), then <see cref="Backward"/>.
/// </summary>
internal sealed record Program(
    Graph Graph,
    EquatableArray<ParameterLayout> Parameters,
    int PackedParameterCount,
    EquatableArray<Step> Inference,
    EquatableArray<Step> Forward,
    LossStep? Loss,
    CopyStep Seed,
    EquatableArray<Step> Backward)
{
    /// <summary>The steps of a training pass in order; loss and seed write the same buffer.</summary>
    public IEnumerable<Step> Training =>
        Forward.Concat(Loss is null ? [Seed] : new Step[] { Loss, Seed }).Concat(Backward);
}
