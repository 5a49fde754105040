using System.Collections.Generic;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>A value beside a correlation's result: what is kept or was saved, what starts the sums, what is added to them.</summary>
internal sealed record CorrelationSide(Memory Memory, Buffer Buffer, long Origin, long Row, long Column)
{
    /// <summary>Whether it is the same for all samples and pixels, one value a channel.</summary>
    public bool IsShared { get; init; }

    /// <summary>From a sample to the next.</summary>
    public long Sample => IsShared ? 0 : Buffer.Stride;

    /// <summary>From a channel to the next.</summary>
    public long Channel { get; init; } = Buffer.ChannelStride;

    /// <summary>Values of channels.</summary>
    public static CorrelationSide? OfChannels(NestBuilder nest, string name, Buffer? buffer, int channel) =>
        buffer is null ? null : new CorrelationSide(nest[name], buffer, 0, 0, 0) { IsShared = true, Channel = channel };

    /// <summary>A value of the result's own pixels.</summary>
    public static CorrelationSide? Of(NestBuilder nest, string name, Buffer? buffer) =>
        buffer is null ? null : new CorrelationSide(nest[name], buffer, buffer.Origin, buffer.RowStride, buffer.PixelStride);
}

/// <summary>A picture that a correlation reads or writes: where its first pixel is, and what one row or column of the result moves it.</summary>
internal sealed record CorrelationPicture(Memory Memory, Buffer Buffer, long Origin, long Row, long Column);

/// <summary>
/// y[c, row, column] = Σ over taps and input channels of x · w: a forward pass, or a phase of a data gradient. In every group alike.
/// </summary>
internal sealed record Correlation
{
    /// <summary>Narrower pictures have several lines in a tile, whose taps differ.</summary>
    private const int LeastTrimmed = 8;

    /// <summary>The start of its product's name.</summary>
    public required string Name { get; init; }

    public required string Comment { get; init; }

    public required ConvForm Form { get; init; }

    public required int Groups { get; init; }

    /// <summary>Input channels of a group.</summary>
    public required int Inputs { get; init; }

    /// <summary>Output channels of a group.</summary>
    public required int Outputs { get; init; }

    /// <summary>The result's rows and columns.</summary>
    public required Size2 Size { get; init; }

    public required CorrelationPicture X { get; init; }

    public required CorrelationPicture Y { get; init; }

    public required Memory Weight { get; init; }

    /// <summary>Taps by rows and columns; none where pixels see none.</summary>
    public required Size2 Kernel { get; init; }

    /// <summary>From a row of taps to the next in x.</summary>
    public required long XTapRow { get; init; }

    /// <summary>From a tap to the next in x.</summary>
    public required long XTapColumn { get; init; }

    public Memory? Bias { get; init; }

    public CorrelationSide? Saved { get; init; }

    public CorrelationSide? Start { get; init; }

    public CorrelationSide? Addend { get; init; }

    public ActivationOp? Activation { get; init; }

    public ActivationOp? Gradient { get; init; }

    public bool ActivatesLast { get; init; }

    /// <summary>From a row of what was saved to the next, where the sums are scaled by that.</summary>
    public long? Scale { get; init; }

    public bool KeepsInput { get; init; }

    public bool KeepsOutput { get; init; }

    /// <summary>The row of x that the first row of taps meets at the first row of y, where it is the same for all pixels.</summary>
    public int? XFirst { get; init; }

    /// <summary>Where lines of pixels that lie a stride apart are made side by side; null where they lie so anyway.</summary>
    public Place? Spread { get; init; }

    public int Taps => Kernel.Height * Kernel.Width;

    /// <summary>Rows of x from a row of y to the next.</summary>
    public long RowStep => X.Row / X.Buffer.RowStride;

    /// <summary>
    /// Whether rows of taps that lie in the border, where x is zero, are left out. It depends on the shapes alone, for a sum of -0 would tell.
    /// </summary>
    public bool IsTrimmed => XFirst is { } first && Form == ConvForm.Panels && Kernel.Height > 1 && XTapRow == X.Buffer.RowStride && Size.Height > 1 && Size.Width >= LeastTrimmed
        && (first < 0 || first + ((Size.Height - 1) * RowStep) + Kernel.Height > X.Buffer.Shape.Height);

    /// <summary>The product of its tiles.</summary>
    public TileProduct Product(TileStrides strides, TileBias bias, bool fetchesSaved = false) => new(Name + "Strides")
    {
        Comment = Comment,
        Strides = strides,
        Bias = Bias is null ? TileBias.None : bias,
        Scale = Scale,
        Activation = Activation,
        ActivatesLast = ActivatesLast,
        Gradient = Gradient,
        KeepsInput = KeepsInput,
        KeepsOutput = KeepsOutput,
        Starts = Start is not null,
        Adds = Addend is not null,
        FetchesSaved = fetchesSaved,
    };

    public Statement Nest(NestBuilder nest) => Form == ConvForm.Rows ? new PlaneCorrelation(this, nest).Body() : new PixelCorrelation(this, nest).Body();

    /// <summary>Loops over the tiles of a grid.</summary>
    public static Statement Grid(GridTiles grid, int height, string rowName, string columnName, System.Func<Number, Number, int, int, Statement> body, System.Func<Number, IEnumerable<Statement>>? before = null)
    {
        int main = height - grid.LastHeight;
        return Block(
            Over(rowName, 0, main, grid.Height, RangeRole.Rows, row => Block([.. before?.Invoke(row) ?? [], Line(row, grid.Height)]), grain: 1),
            grid.LastHeight > 0 ? Line(main, grid.LastHeight) : Statement.Nothing);

        Statement Line(Number row, int lines) => OverSegments(columnName, grid.Segments, RangeRole.Rows, (column, width) => body(row, column, lines, width), grain: 1);
    }
}
