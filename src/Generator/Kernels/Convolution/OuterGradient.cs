using System;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>A filter's gradient whose lanes are output channels: a tile is some taps or input channels by some panels of output channels.</summary>
internal sealed class OuterGradient
{
    private readonly ConvWeightGradientStep _step;
    private readonly ConvKernel _k;
    private readonly ConvOp _op;
    private readonly Buffer _x;
    private readonly Buffer _dy;
    private readonly NestBuilder _nest;
    private readonly OuterGradientPlan _plan;
    private readonly bool _isDepthwise;
    private readonly int _inputs;
    private readonly int _panels;
    private readonly int _pixels;
    private readonly bool _hasWholeSamples;
    private readonly InputStrides _picture;
    private readonly InputStrides _gathered;

    /// <summary>Of dw: from a tap and a panel to the next.</summary>
    private readonly long _tapStride;
    private readonly long _panelStride;

    public OuterGradient(ConvWeightGradientStep step, NestBuilder nest)
    {
        (_step, _k, _op, _x, _dy, _nest) = (step, step.Conv, step.Conv.Op, step.X, step.DY, nest);
        _isDepthwise = _k.Form == ConvForm.Depthwise;
        _inputs = _isDepthwise ? 1 : _k.Inputs;
        _panels = Tiling.Panels(_isDepthwise ? _k.Output.Channels : _k.Outputs);
        _tapStride = (long)_inputs * Packing.Panel;
        _panelStride = _k.Taps * _tapStride;
        _plan = OuterGradientPlan.Create(_k, _x, _dy);
        _pixels = _plan.Pixels(_k);
        _hasWholeSamples = _plan.Rows == _k.Output.Height;
        _picture = new InputStrides(_x.RowStride, _x.PixelStride, _x.Stride, _x.ChannelStride);
        _gathered = new InputStrides(_x.RowStride / _x.PixelStride, 1, _x.Stride / _x.PixelStride, _plan.InputPixels);
    }

    public Statement Body() => Variants.Of(lanes => PixelChunk.Over(_k, _plan.Samples, _plan.Rows, chunk =>
        Over("group", 0, _isDepthwise ? 1 : _k.Groups, 1, RangeRole.Groups, group => _plan.AreTaps ? Taps(lanes, chunk, group) : Channels(lanes, chunk, group))));

    /// <summary>What a row, a pixel, a sample and a channel of x move, in the picture or among what was gathered.</summary>
    private sealed record InputStrides(long Row, long Pixel, long Sample, long Channel);

    /// <summary>The place in the gradient that a tile sums up.</summary>
    private sealed record Cell(Number TapRow, Number TapColumn, Number Channel);

    /// <summary>The rows of a tile are taps.</summary>
    private Statement Taps(int lanes, PixelChunk chunk, Number group)
    {
        GridTiles grid = GridTiles.Choose(lanes, _op.Kernel.Height, _op.Kernel.Width, _panels, _pixels, _isDepthwise ? 1 : int.MaxValue);
        return Over("channel", 0, _inputs, 1, RangeRole.Rows, channel => Correlation.Grid(grid, _op.Kernel.Height, "tapRow", "tapColumn", (tapRow, tapColumn, height, width) =>
            OverSegments("panel", grid.Groups, RangeRole.Columns, (panel, size) =>
            {
                var cell = new Cell(tapRow, tapColumn, channel);
                return Tile(new ProductTile(lanes, height, width, size, _isDepthwise ? TileKind.Elementwise : TileKind.Product), chunk, group, panel, cell, Input(chunk, group, panel, cell));
            }, grain: 1)), grain: 1);
    }

    /// <summary>The rows of a tile are input channels.</summary>
    private Statement Channels(int lanes, PixelChunk chunk, Number group)
    {
        bool gathersInput = _plan.GathersInput(lanes);
        GridTiles grid = GridTiles.Choose(lanes, 1, gathersInput ? _plan.Slice : _inputs, _panels, _pixels, _plan.MostPanels(lanes));
        Statement gathers = _plan.IsGathered ? OverSegments("panel", grid.Groups, RangeRole.Columns, (panel, size) => GatherGradient(chunk, group, panel, size * Packing.Panel)) : Statement.Nothing;
        if (!gathersInput)
        {
            return Block(gathers, Cells(grid, Number.Zero, (panel, cell, height, width, size) =>
                Tile(new ProductTile(lanes, height, width, size, TileKind.Product), chunk, group, panel, cell, Input(chunk, group, panel, cell))));
        }

        // A row of x among what was gathered: that of the first tap, wherever a chunk starts.
        long origin = _plan.GradientScratch + ((_hasWholeSamples ? _x.Border.Top - _op.Pads.Top : 0) * _gathered.Row) + _x.Border.Left - _op.Pads.Left;
        return Block(gathers, Over("slice", 0, _inputs, _plan.Slice, RangeRole.Rows, slice => Block(
            GatherInput(chunk, group, slice),
            Cells(grid, slice, (panel, cell, height, width, size) => Tile(
                new ProductTile(lanes, height, width, size, TileKind.Product), chunk, group, panel, cell,
                _nest["scratch"].At((cell.TapRow, _op.Dilation.Height * _gathered.Row), (cell.TapColumn, _op.Dilation.Width), (cell.Channel, _gathered.Channel), (origin, 1)), slice))), grain: 1));
    }

    /// <summary>Panels, channels and taps: a panel's dy stays in the first-level cache while all channels pass.</summary>
    private Statement Cells(GridTiles grid, Number slice, Func<Number, Cell, int, int, int, Statement> body) =>
        OverSegments("panel", grid.Groups, RangeRole.Columns, (panel, size) => Correlation.Grid(grid, 1, "none", "channel", (_, channel, height, width) =>
            Over("tapRow", 0, _op.Kernel.Height, 1, RangeRole.Rows, tapRow => Over("tapColumn", 0, _op.Kernel.Width, 1, RangeRole.Rows, tapColumn =>
                body(panel, new Cell(tapRow, tapColumn, channel), height, width, size)))), grain: 1);

    private Statement Tile(ProductTile tile, PixelChunk chunk, Number group, Number panel, Cell cell, Place a, Number? slice = null) => new TileCall
    {
        Tile = tile,
        Product = Product(tile.Panels, isOfSlice: slice is not null),
        A = a,
        B = _plan.IsGathered
            ? _nest["scratch"].At((panel, (long)_pixels * Packing.Panel))
            : _nest["dy"].At((chunk.Sample, _dy.Stride), (chunk.Line, _dy.RowStride), (panel, Packing.Panel), (group, _k.Outputs), (_dy.Origin, 1)),
        C = _nest["dw"].At(
            (panel, _panelStride), (group, _panels * _panelStride), (cell.TapRow, _op.Kernel.Width * _tapStride), (cell.TapColumn, _tapStride),
            (slice ?? Number.Zero, Packing.Panel), (cell.Channel, Packing.Panel)),
        Outer = chunk.Samples,
        Middle = chunk.Lines,
        Inner = _k.Output.Width,
        IsFirst = chunk.IsFirst,
    };

    private TileProduct Product(int panels, bool isOfSlice)
    {
        InputStrides x = isOfSlice ? _gathered : _picture;
        long columns = _plan.IsGathered ? panels * Packing.Panel : _dy.PixelStride;
        TapLoops loops = TapLoops.Of(
            new TapLoop(2, x.Sample, _plan.IsGathered ? _k.Output.Pixels * columns : _dy.Stride, Number.Zero),
            new TapLoop(_k.Output.Height, _op.Stride.Height * x.Row, _plan.IsGathered ? _k.Output.Width * columns : _dy.RowStride, Number.Zero),
            new TapLoop(_k.Output.Width, _op.Stride.Width * x.Pixel, columns, _k.Output.Width));
        return _nest.Constant(new TileProduct(_step.Method + (_plan.IsGathered ? Describe.Int(panels) : "") + (isOfSlice ? "Planes" : "") + "Strides")
        {
            Comment = $"{_k.Label} backward, weights.",
            Strides = loops.Strides with
            {
                ARow = _plan.AreTaps ? _op.Dilation.Height * x.Row : 0,
                AColumn = _plan.AreTaps ? _op.Dilation.Width * x.Pixel : x.Channel,
                BPanel = Packing.Panel,
                CRow = _plan.AreTaps ? _op.Kernel.Width * _tapStride : 0,
                CColumn = _plan.AreTaps ? _tapStride : Packing.Panel,
                CPanel = _panelStride,
            },
        });
    }

    private Place Input(PixelChunk chunk, Number group, Number panel, Cell cell) => _nest["x"].At(
        (chunk.Sample, _x.Stride), (chunk.Line, _op.Stride.Height * _x.RowStride), (cell.TapRow, _op.Dilation.Height * _x.RowStride), (cell.TapColumn, _op.Dilation.Width * _x.PixelStride),
        (cell.Channel, _x.ChannelStride), (_isDepthwise ? panel : Number.Zero, Packing.Panel), (group, (long)_k.Inputs * _x.ChannelStride),
        (_x.Origin - (_op.Pads.Top * _x.RowStride) - (_op.Pads.Left * _x.PixelStride), 1));

    /// <summary>Some channels of the rows of x that a chunk reads, as planes.</summary>
    private Statement GatherInput(PixelChunk chunk, Number group, Number slice)
    {
        Place from = _hasWholeSamples
            ? _nest["x"].At((chunk.Sample, _x.Stride), (slice, 1), (group, _k.Inputs))
            : _nest["x"].At((chunk.Sample, _x.Stride), (chunk.Line, _op.Stride.Height * _x.RowStride), (slice, 1), (group, _k.Inputs), ((_x.Border.Top - _op.Pads.Top) * _x.RowStride, 1));
        Number lines = Binary.Of('-', chunk.Lines, 1);
        Number length = _hasWholeSamples
            ? Binary.Of('*', chunk.Samples.As(NumberType.Index), _x.Stride / _x.PixelStride)
            : Binary.Of('*', Binary.Of('+', Binary.Of('*', lines, _op.Stride.Height), ((_op.Kernel.Height - 1) * _op.Dilation.Height) + 1).As(NumberType.Index), _x.RowStride / _x.PixelStride);
        return new RuntimeCall("RowKernels.Transpose", from, _x.PixelStride, _nest["scratch"].At(_plan.GradientScratch), _plan.InputPixels, _plan.Slice, length);
    }

    /// <summary>Some channels of dy, the pixels of a chunk side by side.</summary>
    private Statement GatherGradient(PixelChunk chunk, Number group, Number panel, int columns)
    {
        if (_dy.Border.IsEmpty)
        {
            Number pixels = Binary.Of('*', Binary.Of('*', chunk.Samples, chunk.Lines), _k.Output.Width).As(NumberType.Index);
            return Copy(chunk.Sample, chunk.Line, Number.Zero, Number.Zero, pixels);
        }

        return Over("i", Number.Zero, chunk.Samples.As(NumberType.Index), 1, RangeRole.Rows, i => Over("j", Number.Zero, chunk.Lines.As(NumberType.Index), 1, RangeRole.Rows, j =>
            Copy(Binary.Of('+', chunk.Sample, i), chunk.Line + j, i, j, _k.Output.Width)));

        Statement Copy(Number sample, Number line, Number i, Number j, Number length) => new RuntimeCall(
            "RowKernels.Copy",
            _nest["dy"].At((sample, _dy.Stride), (line, _dy.RowStride), (panel, Packing.Panel), (group, _k.Outputs), (_dy.Origin, 1)), _dy.PixelStride,
            _nest["scratch"].At((panel, (long)_pixels * Packing.Panel), (i, (long)_k.Output.Pixels * columns), (j, (long)_k.Output.Width * columns)), columns, columns, length);
    }
}
