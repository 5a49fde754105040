namespace NetGen.Generator.Compiler.Ops;

internal enum PoolKind { Max, Average }

/// <summary>The largest or the mean value of each of some windows, a channel at a time.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Dimensions">1 or 2; of one dimension, heights are 1 and their padding 0.</param>
/// <param name="Function">Maximum or mean.</param>
internal abstract record PoolingOp(string? Name, int Dimensions, PoolKind Function) : LayerOp(Name)
{
    /// <summary>The end of its kind: <c>MaxPool2d</c>.</summary>
    protected string Ending => (Function == PoolKind.Max ? "MaxPool" : "AvgPool") + (Dimensions == 1 ? "1d" : "2d");
}

/// <summary>PyTorch's MaxPool and AvgPool.</summary>
/// <inheritdoc/>
/// <param name="Kernel">The window's size.</param>
/// <param name="Stride">Distance of two windows.</param>
/// <param name="Padding">Rows and columns around the picture that windows may reach into; never a maximum.</param>
/// <param name="CeilMode">Whether a last window that starts inside counts although it ends outside.</param>
/// <param name="CountIncludePad">Whether the mean counts the padding as zeros.</param>
internal sealed record PoolOp(
    string? Name, int Dimensions, PoolKind Function, Size2 Kernel, Size2 Stride, Size2 Padding, bool CeilMode, bool CountIncludePad) : PoolingOp(Name, Dimensions, Function)
{
    public override string Kind => Ending;

    public override string Display =>
        Kind + "(" + Kernel.Argument(Dimensions)
        + (Stride == Kernel ? "" : Stride.Option(nameof(Stride), Dimensions))
        + (Padding == default ? "" : Padding.Option(nameof(Padding), Dimensions))
        + (CeilMode ? ", CeilMode = true" : "")
        + (CountIncludePad || Function == PoolKind.Max ? ")" : ", CountIncludePad = false)");

    /// <summary>The output of an input.</summary>
    public Picture Output(Picture input) => new(
        input.Channels,
        Size(input.Height, Kernel.Height, Stride.Height, Padding.Height),
        Size(input.Width, Kernel.Width, Stride.Width, Padding.Width));

    private int Size(int size, int kernel, int stride, int padding)
    {
        int space = size + (2 * padding) - kernel;
        if (CeilMode)
            space += stride - 1;

        // Rounded down, also where windows do not fit.
        int count = (space < 0 ? -1 : space / stride) + 1;

        // PyTorch: the last window must start inside the input or the padding before it.
        return CeilMode && (count - 1) * stride >= size + padding ? count - 1 : count;
    }

    public override void CheckOptions(ErrorSink errors)
    {
        int before = errors.Errors.Count;
        Check.Extent(errors, Kind, "kernel", Kernel, Dimensions);
        if (Stride != Kernel)
            Check.Extent(errors, Kind, nameof(Stride), Stride, Dimensions);
        Check.Extent(errors, Kind, nameof(Padding), Padding, Dimensions, zero: true);
        if (errors.Errors.Count == before && (Padding.Height > Kernel.Height / 2 || Padding.Width > Kernel.Width / 2))
            errors.Report(Rules.PoolPadding, Kind, Padding.Text(Dimensions), Kernel.Text(Dimensions));
    }
}

/// <summary>A grid of windows that covers the picture: PyTorch's AdaptiveMaxPool and AdaptiveAvgPool; <c>GlobalAvgPool2d</c> is the grid of one window.</summary>
/// <inheritdoc/>
/// <param name="Grid">The output's size. Window i of n over a size s reaches from floor(i s / n) to ceil((i + 1) s / n).</param>
/// <param name="IsGlobal">Whether the user wrote <c>GlobalAvgPool2d</c> or the like.</param>
internal sealed record AdaptivePoolOp(string? Name, int Dimensions, PoolKind Function, Size2 Grid, bool IsGlobal = false) : PoolingOp(Name, Dimensions, Function)
{
    public override string Kind => (IsGlobal ? "Global" : "Adaptive") + Ending;

    public override string Display => IsGlobal ? Kind : $"{Kind}({Grid.Argument(Dimensions)})";

    public override void CheckOptions(ErrorSink errors) => Check.Extent(errors, Kind, "size", Grid, Dimensions);
}
