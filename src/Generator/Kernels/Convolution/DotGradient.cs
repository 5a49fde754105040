using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>A filter's gradient whose lanes are pixels, summed at the end: a tile is some output channels by some taps of a row.</summary>
internal sealed class DotGradient
{
    private readonly ConvKernel _k;
    private readonly Buffer _x;
    private readonly Buffer _dy;
    private readonly NestBuilder _nest;
    private readonly TileProduct _product;
    private readonly Number _inner;
    private readonly long _filter;

    public DotGradient(ConvWeightGradientStep step, NestBuilder nest)
    {
        (_k, _x, _dy, _nest) = (step.Conv, step.X, step.DY, nest);
        ConvOp op = _k.Op;
        _filter = (long)_k.Inputs * _k.Taps;
        int vectors = Tiling.Panels(_k.Output.Width);
        TapLoops loops = Loops(Number.Zero, Number.Zero, vectors);
        _inner = loops.Inner;
        _product = nest.Constant(new TileProduct(step.Method + "Strides")
        {
            Comment = $"{_k.Label} backward, weights.",
            Strides = loops.Strides with { AColumn = _dy.ChannelStride, BPanel = op.Dilation.Width, BLane = op.Stride.Width, CColumn = _filter, CPanel = 1 },
        });
    }

    /// <summary>Samples, lines and vectors of pixels.</summary>
    private TapLoops Loops(Number samples, Number lines, int vectors) => TapLoops.Of(
        new TapLoop(2, _dy.Stride, _x.Stride, samples),
        new TapLoop(_k.Output.Height, _dy.RowStride, _k.Op.Stride.Height * _x.RowStride, lines),
        new TapLoop(vectors, Packing.Panel, Packing.Panel * _k.Op.Stride.Width, vectors));

    public Statement Body()
    {
        (int samples, int rows) = ConvSchedule.PixelChunk(_k.Output, Tiling.ReductionChunk * Packing.Panel);
        return Variants.Of(lanes => PixelChunk.Over(_k, samples, rows, chunk => Over("group", 0, _k.Groups, 1, RangeRole.Groups, group =>
        {
            DotTiles dots = DotTiles.Choose(lanes, _k.Outputs, _k.Op.Kernel.Width);
            return OverSegments("output", dots.Rows, RangeRole.Rows, (output, height) => Over("channel", 0, _k.Inputs, 1, RangeRole.Rows, channel =>
                Over("tapRow", 0, _k.Op.Kernel.Height, 1, RangeRole.Rows, tapRow => OverSegments("tapColumn", dots.Columns, RangeRole.Columns, (tapColumn, width) =>
                    Tile(new ProductTile(lanes, 1, height, width, _k.Op.Stride.Width > 1 ? TileKind.StridedDot : TileKind.Dot), chunk, group, output, channel, tapRow, tapColumn)), grain: 1), grain: 1), grain: 1);
        }, grain: 1)));
    }

    private Statement Tile(ProductTile tile, PixelChunk chunk, Number group, Number output, Number channel, Number tapRow, Number tapColumn)
    {
        ConvOp op = _k.Op;
        return new TileCall
        {
            Tile = tile,
            Product = _product,
            A = _nest["dy"].At((chunk.Sample, _dy.Stride), (chunk.Line, _dy.RowStride), (group, (long)_k.Outputs * _dy.ChannelStride), (output, _dy.ChannelStride), (_dy.Origin, 1)),
            B = _nest["x"].At(
                (chunk.Sample, _x.Stride), (chunk.Line, op.Stride.Height * _x.RowStride), (group, (long)_k.Inputs * _x.ChannelStride), (channel, _x.ChannelStride),
                (tapRow, op.Dilation.Height * _x.RowStride), (tapColumn, op.Dilation.Width), (_x.Origin - (op.Pads.Top * _x.RowStride) - (op.Pads.Left * _x.PixelStride), 1)),
            C = _nest["dw"].At((group, _k.Outputs * _filter), (output, _filter), (channel, _k.Taps), (tapRow, op.Kernel.Width), (tapColumn, 1)),
            Outer = chunk.Samples,
            Middle = chunk.Lines,
            Inner = _inner,
            IsFirst = chunk.IsFirst,
        };
    }
}
