using System;
using System.Collections.Generic;
using System.Linq;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>A correlation whose lanes are output channels: a tile is some pixels by some panels of channels.</summary>
internal sealed class PixelCorrelation
{
    /// <summary>Terms of a sum from which on the time to fetch what was saved passes meanwhile.</summary>
    private const int LeastFetching = 128;

    private readonly Correlation _c;
    private readonly bool _isDepthwise;
    private readonly int _groups;
    private readonly int _inputs;
    private readonly int _panels;
    private readonly TapChunks _chunks;

    /// <summary>From a channel of x to the next.</summary>
    private readonly long _channel;

    /// <summary>From a panel of filters, a row of taps and a tap to the next.</summary>
    private readonly long _panelStride;
    private readonly long _tapRowStride;
    private readonly long _tapStride;
    private readonly NestBuilder _nest;

    public PixelCorrelation(Correlation correlation, NestBuilder nest)
    {
        _c = correlation;
        _nest = nest;
        _isDepthwise = _c.Form == ConvForm.Depthwise;
        _groups = _isDepthwise ? 1 : _c.Groups;
        _inputs = _isDepthwise ? 1 : _c.Inputs;
        _panels = Tiling.Panels(_isDepthwise ? _c.Groups : _c.Outputs);
        _chunks = TapChunks.Of(Math.Max(1, _c.Kernel.Height), Math.Max(1, _c.Kernel.Width), _inputs);
        _channel = _c.X.Buffer.ChannelStride;
        _tapStride = (long)_inputs * Packing.Panel;
        _tapRowStride = _c.Kernel.Width * _tapStride;
        _panelStride = _c.Kernel.Height * _tapRowStride;
    }

    public Statement Body()
    {
        TapLoops strides = Loops(Number.Zero, Number.Zero, Number.Zero);
        TileProduct product = _nest.Constant(_c.Product(
            strides.Strides with
            {
                ARow = _c.X.Row,
                AColumn = _c.X.Column,
                BPanel = _panelStride,
                CRow = _c.Y.Row,
                CColumn = _c.Y.Column,
                CPanel = Packing.Panel,
                SavedRow = _c.Saved?.Row ?? 0,
                SavedColumn = _c.Saved?.Column ?? 0,
                SavedPanel = _c.Saved is null ? 0 : Packing.Panel,
                StartRow = _c.Start?.Row ?? 0,
                StartColumn = _c.Start?.Column ?? 0,
                StartPanel = _c.Start is null ? 0 : Packing.Panel,
                AddRow = _c.Addend?.Row ?? 0,
                AddColumn = _c.Addend?.Column ?? 0,
                AddPanel = _c.Addend is null ? 0 : Packing.Panel,
            },
            TileBias.OneAColumn,
            fetchesSaved: _c.Gradient is not null && !_isDepthwise && (long)_c.Taps * _inputs >= LeastFetching));
        int block = ConvSchedule.SampleBlock(_c.X.Buffer);
        return Variants.Of(lanes =>
        {
            GridTiles grid = GridTiles.Choose(lanes, _c.Size.Height, _c.Size.Width, _panels, (long)_c.Taps * _inputs, _isDepthwise ? 1 : int.MaxValue, joinsLines: !_c.IsTrimmed);
            if (block == 1)
                return OverSamples(n => Channels(grid, (group, panel, size, chunk) => Scoped([group, panel, chunk.Row, chunk.Column, chunk.Channel], Sample(product, grid, n, group, panel, size, chunk))));

            // Pictures of a block stay in the second-level cache while all output channels pass.
            return Over("block", Variable.Rows, block, RangeRole.Samples, first =>
            {
                var end = new Variable("end");
                return Block(
                    new Declare(end, Number.If(Variable.Rows - first < block, Variable.Rows, first + block)),
                    Channels(grid, (group, panel, size, chunk) => Over("n", first, end, 1, RangeRole.Samples, n => Sample(product, grid, n, group, panel, size, chunk), grain: 1)));
            }, grain: 1);
        });
    }

    /// <summary>Groups, panels and chunks of the reduction.</summary>
    private Statement Channels(GridTiles grid, Func<Number, Number, int, TapChunk, Statement> body) =>
        Over("group", 0, _groups, 1, RangeRole.Groups, group => OverSegments("panel", grid.Groups, RangeRole.Columns, (panel, size) =>
            TapChunk.Over(_c.Kernel.Height, _c.Kernel.Width, _inputs, _chunks, chunk => body(group, panel, size, chunk)), grain: 1), grain: 1);

    /// <summary>Where no range around declares for itself.</summary>
    private static Statement Scoped(IEnumerable<Number> indices, Statement body) => indices.All(index => index.Known is not null) ? new Scope(body) : body;

    /// <summary>The innermost loop is the longest that moves x evenly: channels, or the taps of a row where channels are planes.</summary>
    private TapLoops Loops(Number tapRow, Number channel, Number taps)
    {
        if (_c.Taps == 0)
            return TapLoops.None;
        var row = new TapLoop(
            Math.Min(_chunks.Rows, _c.Kernel.Height), _c.XTapRow, _tapRowStride, _c.IsTrimmed ? taps : TapLoops.Length(tapRow, _chunks.Rows, _c.Kernel.Height));
        var column = new TapLoop(Math.Min(_chunks.Columns, _c.Kernel.Width), _c.XTapColumn, _tapStride);
        var input = new TapLoop(_chunks.Channels, _channel, Packing.Panel, TapLoops.Length(channel, _chunks.Channels, _inputs));
        return _channel == 1 ? TapLoops.Of(row, column, input) : TapLoops.Of(row, input, column);
    }

    /// <summary>All pixels of a sample, for some panels of channels and a chunk of the reduction.</summary>
    private Statement Sample(TileProduct product, GridTiles grid, Number n, Number group, Number panel, int size, TapChunk chunk)
    {
        var statements = new List<Statement>();
        Reference Refer(string name, Place place)
        {
            var reference = new Reference(name, place);
            statements.Add(new Refer(reference));
            return reference;
        }

        // A panel's channels in x are its own where every lane has one.
        Reference from = Refer("from", _c.X.Memory.At(
            (n, _c.X.Buffer.Stride), (chunk.Row, _c.XTapRow), (chunk.Column, _c.XTapColumn), (chunk.Channel, _channel),
            (_isDepthwise ? panel : Number.Zero, Packing.Panel), (group, _c.Inputs * _channel), (_c.X.Origin, 1)));
        Reference filter = Refer("filter", _c.Weight.At(
            (panel, _panelStride), (group, _panels * _panelStride), (chunk.Row, _tapRowStride), (chunk.Column, _tapStride), (chunk.Channel, Packing.Panel)));
        Reference to = Refer("to", _c.Y.Memory.At((n, _c.Y.Buffer.Stride), (panel, Packing.Panel), (group, _c.Outputs), (_c.Y.Origin, 1)));
        Reference? offset = _c.Bias is null ? null : Refer("offset", _c.Bias.At((panel, Packing.Panel), (group, _c.Outputs)));
        Reference? Side(string name, CorrelationSide? side) =>
            side is null ? null : Refer(name, side.Memory.At((n, side.Sample), (panel, Packing.Panel), (group, _c.Outputs), (side.Origin, 1)));
        Reference? saved = Side("atSaved", _c.Saved);
        Reference? start = Side("atStart", _c.Start);
        Reference? addend = Side("atAdd", _c.Addend);

        var (skipped, taps) = (new Variable("skipped"), new Variable("taps", NumberType.Int));
        TapLoops loops = Loops(chunk.Row, chunk.Channel, taps);
        statements.Add(Correlation.Grid(
            grid, _c.Size.Height, "row", "column",
            (row, column, lines, width) => new TileCall
            {
                Tile = new ProductTile(grid.Lanes, lines, width, size, _isDepthwise ? TileKind.Elementwise : TileKind.Product),
                Product = product,
                A = from.At((row, _c.X.Row), (column, _c.X.Column), (_c.IsTrimmed ? skipped : Number.Zero, _c.XTapRow)),
                B = filter.At((_c.IsTrimmed ? skipped : Number.Zero, _tapRowStride)),
                C = to.At((row, _c.Y.Row), (column, _c.Y.Column)),
                Bias = offset?.Start,
                Saved = saved?.At((row, _c.Saved!.Row), (column, _c.Saved.Column)),
                Start = start?.At((row, _c.Start!.Row), (column, _c.Start.Column)),
                Addend = addend?.At((row, _c.Addend!.Row), (column, _c.Addend.Column)),
                Outer = loops.Outer,
                Middle = loops.Middle,
                Inner = loops.Inner,
                IsFirst = chunk.IsFirst,
                IsLast = chunk.IsLast,
            },
            _c.IsTrimmed ? row => Trim(row, chunk.Row, skipped, taps) : null));
        return Block(statements);
    }

    /// <summary>What a chunk has of the rows of taps in the picture; none where they do not meet.</summary>
    private IEnumerable<Statement> Trim(Number row, Number tapRow, Variable skipped, Variable taps)
    {
        Number Left(long rows)
        {
            Number passed = row.As(NumberType.Int);
            Number left = Binary.Of('-', rows, _c.RowStep == 1 ? passed : Binary.Of('*', _c.RowStep, passed));
            return tapRow.Is(0) ? left : left - tapRow.As(NumberType.Int);
        }

        int first = _c.XFirst!.Value;
        Number count = TapLoops.Length(tapRow, _chunks.Rows, _c.Kernel.Height) ?? _c.Kernel.Height;
        yield return new Declare(skipped, Number.Most(Number.Zero, Left(-first)).As(NumberType.Index));
        yield return new Declare(taps, Number.Least(count, Left(_c.X.Buffer.Shape.Height - first)) - skipped.As(NumberType.Int));
    }
}
