using System;
using System.Collections.Generic;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>
/// A correlation whose lanes are pixels of a row: a tile is some output channels by some vectors of pixels, of one row or, where one vector holds a row,
/// of several.
/// </summary>
internal sealed class PlaneCorrelation
{
    private readonly Correlation _c;
    private readonly int _vectors;
    private readonly bool _joinsRows;
    private readonly bool _isStrided;

    /// <summary>From a line of pixels to the next where they are made side by side.</summary>
    private readonly long _pitch;
    private readonly TapChunks _chunks;

    /// <summary>Input channels of a chunk.</summary>
    private readonly int _channels;
    private readonly TileStrides _strides;
    private readonly TileProduct _product;

    public PlaneCorrelation(Correlation correlation, NestBuilder nest)
    {
        _c = correlation;
        _vectors = Tiling.Panels(_c.Size.Width);
        _joinsRows = _vectors == 1 && _c.Spread is null;
        _isStrided = _c.X.Column > 1;
        _pitch = _c.Spread is null ? 0 : Packing.PadToPanel(_c.Size.Width);
        int channels = _c.Taps == 0 || (long)_c.Inputs * _c.Taps <= 2 * Tiling.ReductionChunk ? _c.Inputs : Math.Max(1, Tiling.ReductionChunk / _c.Taps);
        _chunks = _c.Taps <= 2 * Tiling.ReductionChunk
            ? new TapChunks(Math.Max(1, _c.Kernel.Height), Math.Max(1, _c.Kernel.Width), channels)
            : TapChunks.OfPlane(_c.Kernel.Height, _c.Kernel.Width);
        long Panel(CorrelationSide? side) => side is null or { IsShared: true } ? 0 : _joinsRows ? side.Row : Packing.Panel;
        _strides = Loops(Number.Zero, Number.Zero, Number.Zero, channels).Strides with
        {
            AColumn = (long)_c.Inputs * _c.Taps,
            BPanel = _joinsRows ? _c.X.Row : Packing.Panel * _c.X.Column,
            BLane = _c.X.Column,
            CColumn = _c.Spread is null ? _c.Y.Buffer.ChannelStride : _pitch,
            CPanel = _joinsRows ? _c.Y.Row : Packing.Panel,
            SavedColumn = _c.Saved?.Channel ?? 0,
            SavedPanel = Panel(_c.Saved),
            StartColumn = _c.Start?.Buffer.ChannelStride ?? 0,
            StartPanel = Panel(_c.Start),
            AddColumn = _c.Addend?.Buffer.ChannelStride ?? 0,
            AddPanel = Panel(_c.Addend),
        };
        _channels = channels;
        _product = nest.Constant(_c.Product(_strides, TileBias.OneARow));
    }

    public Statement Body() => Variants.Of(lanes =>
    {
        GridTiles grid = GridTiles.Choose(lanes, 1, _c.Outputs, _joinsRows ? _c.Size.Height : _vectors, (long)_c.Taps * _c.Inputs);
        return OverSamples(n => Block([
            Over("group", 0, _c.Groups, 1, RangeRole.Groups, group =>
                Over("row", 0, _joinsRows ? 1 : _c.Size.Height, 1, RangeRole.Rows, row => Row(grid, n, group, row), grain: 1), grain: 1),
            .. ClearTails(n),
        ]));
    });

    /// <summary>What lanes behind the last pixel have written must be zero again.</summary>
    private IEnumerable<Statement> ClearTails(Number n)
    {
        if (_c.Y.Buffer.Shape.Width % Packing.Panel == 0 || _c.Y.Row != _c.Y.Buffer.RowStride || _c.Spread is not null)
            yield break;
        yield return new RuntimeCall("PictureKernels.ClearTails", _c.Y.Memory.At((n, _c.Y.Buffer.Stride)), PictureLayout.Of(_c.Y.Buffer), 1);
        if (_c.KeepsInput || _c.KeepsOutput)
            yield return new RuntimeCall("PictureKernels.ClearTails", _c.Saved!.Memory.At((n, _c.Saved.Buffer.Stride)), PictureLayout.Of(_c.Saved.Buffer), 1);
    }

    private TapLoops Loops(Number channel, Number tapRow, Number tapColumn, int channels) => _c.Taps == 0 ? TapLoops.None : TapLoops.Of(
        new TapLoop(channels, _c.Taps, _c.X.Buffer.ChannelStride, TapLoops.Length(channel, channels, _c.Inputs)),
        new TapLoop(Math.Min(_chunks.Rows, _c.Kernel.Height), _c.Kernel.Width, _c.XTapRow, TapLoops.Length(tapRow, _chunks.Rows, _c.Kernel.Height)),
        new TapLoop(Math.Min(_chunks.Columns, _c.Kernel.Width), 1, _c.XTapColumn, TapLoops.Length(tapColumn, _chunks.Columns, _c.Kernel.Width)));

    private Statement Row(GridTiles grid, Number n, Number group, Number row)
    {
        Statement tiles = TapChunk.Over(_c.Kernel.Height, _c.Kernel.Width, _c.Inputs, _chunks, chunk => OverSegments("panel", grid.Groups, RangeRole.Columns, (panel, size) =>
            Correlation.Grid(grid, 1, "none", "output", (_, output, _, width) => Tile(grid.Lanes, n, group, row, chunk, panel, size, output, width)), grain: 1));
        if (_c.Spread is not { } line)
            return tiles;

        // A line of pixels goes to its places.
        return Block(tiles, Over("output", (Number)_c.Outputs, 1, RangeRole.Columns, output => Over("column", (Number)_c.Size.Width, 1, RangeRole.Vectors, column => new Store(
            1, new Load(Moved(line, (output, _pitch), (column, 1))),
            _c.Y.Memory.At((n, _c.Y.Buffer.Stride), (group, (long)_c.Outputs * _c.Y.Buffer.ChannelStride), (output, _c.Y.Buffer.ChannelStride), (row, _c.Y.Row), (column, _c.Y.Column), (_c.Y.Origin, 1))))));
    }

    private Statement Tile(int lanes, Number n, Number group, Number row, TapChunk chunk, Number panel, int size, Number output, int width)
    {
        (Buffer x, Buffer y) = (_c.X.Buffer, _c.Y.Buffer);
        TapLoops loops = Loops(chunk.Channel, chunk.Row, chunk.Column, _channels);
        return new TileCall
        {
            Tile = new ProductTile(lanes, 1, width, size, _isStrided ? TileKind.Strided : TileKind.Product),
            Product = _product,
            A = _c.Weight.At(
                (group, (long)_c.Outputs * _c.Inputs * _c.Taps), (output, (long)_c.Inputs * _c.Taps), (chunk.Channel, _c.Taps), (chunk.Row, _c.Kernel.Width), (chunk.Column, 1)),
            B = _c.X.Memory.At(
                (n, x.Stride), (group, (long)_c.Inputs * x.ChannelStride), (chunk.Channel, x.ChannelStride), (row, _c.X.Row), (panel, _strides.BPanel),
                (chunk.Row, _c.XTapRow), (chunk.Column, _c.XTapColumn), (_c.X.Origin, 1)),
            C = _c.Spread is { } line
                ? Moved(line, (output, _pitch), (panel, Packing.Panel))
                : _c.Y.Memory.At((n, y.Stride), (group, (long)_c.Outputs * y.ChannelStride), (output, y.ChannelStride), (row, _c.Y.Row), (panel, _strides.CPanel), (_c.Y.Origin, 1)),
            Bias = _c.Bias?.At((group, _c.Outputs), (output, 1)),
            Saved = Side(_c.Saved, _strides.SavedPanel),
            Start = Side(_c.Start, _strides.StartPanel),
            Addend = Side(_c.Addend, _strides.AddPanel),
            Outer = loops.Outer,
            Middle = loops.Middle,
            Inner = loops.Inner,
            IsFirst = chunk.IsFirst,
            IsLast = chunk.IsLast,
        };

        Place? Side(CorrelationSide? side, long panelStride) => side?.Memory.At(
            (n, side.Sample), (group, _c.Outputs * side.Channel), (output, side.Channel), (row, side.Row), (panel, panelStride), (side.Origin, 1));
    }

    private static Place Moved(Place place, params (Number Index, long Stride)[] terms) => place.At(terms);
}
