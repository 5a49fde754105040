namespace NetGen.Generator.Compiler.Ops;

internal enum PoolKind { Max, Average }

/// <summary>The largest or the mean value of each window, a channel at a time: PyTorch's MaxPool and AvgPool.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Dimensions">1 or 2; of one dimension, heights are 1 and their padding 0.</param>
/// <param name="Function">Maximum or mean.</param>
/// <param name="Kernel">The window's size.</param>
/// <param name="Stride">Distance of two windows.</param>
/// <param name="Padding">Rows and columns around the picture that windows may reach into; never a maximum.</param>
/// <param name="CeilMode">Whether a last window that starts inside counts although it ends outside.</param>
/// <param name="CountIncludePad">Whether the mean counts the padding as zeros.</param>
internal sealed record PoolOp(
    string? Name, int Dimensions, PoolKind Function, Size2 Kernel, Size2 Stride, Size2 Padding, bool CeilMode, bool CountIncludePad) : LayerOp(Name)
{
    public override string Kind => (Function == PoolKind.Max ? "MaxPool" : "AvgPool") + (Dimensions == 1 ? "1d" : "2d");

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

/// <summary>Means over a grid of windows that covers the picture: PyTorch's AdaptiveAvgPool2d; <c>GlobalAvgPool2d</c> is the grid of one window.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Grid">The output's size. Window i of n over a size s reaches from floor(i s / n) to ceil((i + 1) s / n).</param>
/// <param name="IsGlobal">Whether the user wrote <c>GlobalAvgPool2d</c>.</param>
internal sealed record AdaptiveAvgPoolOp(string? Name, Size2 Grid, bool IsGlobal = false) : LayerOp(Name)
{
    public override string Kind => IsGlobal ? "GlobalAvgPool2d" : "AdaptiveAvgPool2d";

    public override string Display => IsGlobal ? Kind : $"{Kind}({Grid.Argument(2)})";

    public override void CheckOptions(ErrorSink errors) => Check.Extent(errors, Kind, "size", Grid, 2);
}
