using System.Collections.Generic;
using System.Linq;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Convolutions whose filter is constants. Lanes are pixels of a row.</summary>
internal static class FixedFilterSchedule
{
    public static Nest Of(FixedConvStep step)
    {
        var nest = new NestBuilder(step);
        Statement body = step.Filter.IsUnrolled ? Unrolled(step, nest) : FromTable(step, nest);
        return nest.Build(
            step.Y.Shape.Width % Packing.Panel == 0 ? body : Block(body, new RuntimeCall("PictureKernels.ClearTails", nest["y"], PictureLayout.Of(step.Y), Variable.Rows)),
            $"{step.Filter.Label}, a filter of constants: {step.Filter.Input.Display} to {step.Filter.Output.Display}; its zeros are not here.");
    }

    /// <summary>The taps stand in the code, and nothing else does.</summary>
    private static Statement Unrolled(FixedConvStep step, NestBuilder nest) => Variants.Of(lanes => OverSamples(n => Block(step.Filter.Phases.Select(phase =>
        Over("line", (Number)phase.Rows.Count, 1, RangeRole.Rows, line => Over("column", (Number)phase.Columns.Count, lanes, RangeRole.Vectors, column =>
            Block(Enumerable.Range(0, step.Y.Shape.Channels).SelectMany(channel => Channel(step, nest, phase, lanes, channel, n, line, column)))))))));

    private static IEnumerable<Statement> Channel(FixedConvStep step, NestBuilder nest, FixedPhase phase, int lanes, int channel, Number n, Number line, Number column)
    {
        (Buffer x, Buffer y) = (step.X, step.Y);
        VectorValue sum = VectorValue.Zero;
        foreach (FixedTap tap in phase.Taps.Where(tap => tap.To == channel))
        {
            VectorValue pixels = Load(phase, nest["x"].At((n, x.Stride), (line, (long)phase.Rows.InputStride * x.RowStride), (column, phase.Columns.InputStride), (PlaceOf(x, tap), 1)));
            string name = "sum" + Describe.Int(channel);
            if (sum is VectorLocal)
                yield return new AssignVector(lanes, name, new MultiplyAdd(pixels, new SpreadConstant(tap.Weight), sum));
            else
                yield return new DeclareVectors(lanes, name, tap.Weight == 1 ? pixels : new Times(pixels, new SpreadConstant(tap.Weight)));
            sum = new VectorLocal(name);
        }

        Place place = nest["y"].At((n, y.Stride), (line, (long)phase.Rows.Stride * y.RowStride), (column, phase.Columns.Stride), (PlaceOf(y, phase, channel), 1));
        yield return Store(lanes, phase, sum, phase.Columns.Count, column, place);
    }

    /// <summary>Loops over a table of taps, phase after phase and channel after channel.</summary>
    private static Statement FromTable(FixedConvStep step, NestBuilder nest)
    {
        (Buffer x, Buffer y) = (step.X, step.Y);
        FixedPhase any = step.Filter.Phases[0];
        var rows = new List<double>();
        var taps = new List<FixedTap>();
        foreach (FixedPhase phase in step.Filter.Phases)
        {
            for (int channel = 0; channel < y.Shape.Channels; channel++)
            {
                taps.AddRange(phase.Taps.Where(tap => tap.To == channel));
                rows.AddRange([PlaceOf(y, phase, channel), phase.Rows.Count, phase.Columns.Count, taps.Count]);
            }
        }

        var sums = new Table("sums", "", isFloat: false, rows, columns: 4);
        var places = new Table("places", "", isFloat: false, [.. taps.Select(tap => (double)PlaceOf(x, tap))]);
        var weights = new Table("weights", "", isFloat: true, [.. taps.Select(tap => tap.Weight)]);
        return Block(
            new DeclareTables("Of each output channel and phase where it starts in y, its lines and columns, and the end of its taps.", [sums, places, weights]),
            Variants.Of(lanes => OverSamples(n => Sample(lanes, n))));

        Statement Sample(int lanes, Number n)
        {
            var first = new Variable("first", NumberType.Int);
            var i = new Variable("i", NumberType.Int);
            var columns = new Variable("columns");
            var end = new Variable("end", NumberType.Int);
            return Block(
                new Declare(first, Number.Zero),
                new Loop(new LoopRange(i, Number.Zero, new TableLength(sums), sums.Columns, RangeRole.Phases), Block(
                    new Declare(columns, new Entry(sums, i + 2).As(NumberType.Index)),
                    new Declare(end, new Entry(sums, i + 3)),
                    Over("line", Number.Zero, new Entry(sums, i + 1).As(NumberType.Index), 1, RangeRole.Rows, line => Over("column", columns, lanes, RangeRole.Vectors, column =>
                        Pixels(lanes, n, first, i, columns, end, line, column))),
                    new Assign(first, end))));
        }

        Statement Pixels(int lanes, Number n, Number first, Number i, Number columns, Number end, Number line, Number column)
        {
            var from = new Reference("from", nest["x"].At((n, x.Stride), (line, (long)any.Rows.InputStride * x.RowStride), (column, any.Columns.InputStride)));
            var sum = new VectorLocal("sum");
            var tap = new Variable("tap", NumberType.Int);
            return Block(
                new Refer(from),
                new DeclareVectors(lanes, "sum", VectorValue.Zero),
                new Loop(
                    new LoopRange(tap, first, end, 1, RangeRole.Terms),
                    new AssignVector(lanes, "sum", new MultiplyAdd(Load(any, from.At((new Entry(places, tap), 1))), new SpreadEntry(new Entry(weights, tap)), sum))),
                Store(lanes, any, sum, columns, column, nest["y"].At(
                    (n, y.Stride), (line, (long)any.Rows.Stride * y.RowStride), (column, any.Columns.Stride), (new Entry(sums, i).As(NumberType.Index), 1))));
        }
    }

    private static long PlaceOf(Buffer x, FixedTap tap) => x.Origin + ((long)tap.From * x.ChannelStride) + ((long)tap.Row * x.RowStride) + tap.Column;

    private static long PlaceOf(Buffer y, FixedPhase phase, int channel) => y.Origin + ((long)channel * y.ChannelStride) + ((long)phase.Rows.First * y.RowStride) + phase.Columns.First;

    private static VectorValue Load(FixedPhase phase, Place place) => phase.Columns.InputStride == 1 ? new Load(place) : new LoadStrided(place, phase.Columns.InputStride);

    private static Statement Store(int lanes, FixedPhase phase, VectorValue sum, Number count, Number column, Place place) => phase.Columns.Stride == 1
        ? new Store(lanes, sum, place)
        : new StoreStrided(lanes, sum, place, phase.Columns.Stride, Binary.Of('-', count, column).As(NumberType.Int));
}
