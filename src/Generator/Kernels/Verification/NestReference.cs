using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>What a kernel must leave in its results, from the step alone: the terms of each sum in the documented order and chunks.</summary>
internal sealed class NestReference(Nest nest, Step step, InitialMemory initial, long rows)
{
    private readonly Dictionary<string, Area> _areas = [];

    /// <summary>A float of a result and the expression that it must hold; null: any, so long as it is stored once.</summary>
    public readonly record struct Result(Area Area, long Offset, ulong? Value, bool IsOnce = true);

    private Area this[string name]
    {
        get
        {
            if (!_areas.TryGetValue(name, out Area? area))
                _areas.Add(name, area = nest.Areas.Single(one => one.Name == name));
            return area;
        }
    }

    private ulong Read(string name, long offset) => initial.Read(this[name], offset);

    public IEnumerable<Result> Results() => step switch
    {
        LinearForwardStep s => Forward(s),
        LinearDataGradientStep s => DataGradient(s),
        LinearWeightGradientStep s => WeightGradient(s),
        LinearBiasGradientStep s when s.DY.Stride % Packing.Panel != 0 => BiasGradient(s),
        ConvForwardStep s => Forward(s),
        ConvDataGradientStep s => DataGradient(s),
        ConvWeightGradientStep s => WeightGradient(s),
        FixedConvStep s => Fixed(s),
        ActivationForwardStep s => Each("y", s.Y, place => Term.Activated(s.Activation, Read("x", place(s.X)), isDerivative: false)),
        ActivationBackwardStep s => Each("dx", s.DX, place => Term.Times(Read("dy", place(s.DY)), Term.Activated(s.Activation, Read("saved", place(s.Saved)), isDerivative: true))),
        SumStep s => Each("y", s.Y, place => s.Xs.Select((x, i) => Read("x" + Describe.Int(i), place(x))).Aggregate(Term.Add)),
        DropoutBackwardStep s => Each("dx", s.DX, place => Term.Times(Read("dy", place(s.DY)), Read("mask", place(s.Mask)))),
        DropoutForwardStep s => Each("y", s.Y, null).Concat(Each("mask", s.Mask, null)),
        MapStep s => Map(s),
        ReduceStep s => Reduce(s),

        // Targets can stand where their gradients will be.
        LossStep s => Each("dy", s.DY, null).Select(result => result with { IsOnce = false }),
        ClearBorderStep => [],
        _ => CalledKernel.Of(step) is { } kernel ? Called(kernel)
            : step.Operands.Where(operand => operand.IsWritten || operand.Role is OperandRole.ParameterGradient or OperandRole.State)
                .SelectMany(operand => Elements(operand.Name).Select(offset => new Result(this[operand.Name], offset, null))),
    };

    private static long Place(Buffer buffer, long n, long channel, long row, long column) =>
        (n * buffer.Stride) + buffer.Origin + (channel * buffer.ChannelStride) + (row * buffer.RowStride) + (column * buffer.PixelStride);

    /// <summary>The places of an operand's elements in their order; of what is no buffer, all.</summary>
    private IEnumerable<long> Elements(string name) => this[name].Buffer is { } buffer
        ? Each(name, buffer, null).Select(result => result.Offset)
        : Enumerable.Range(0, (int)this[name].Length).Select(offset => (long)offset);

    /// <summary>Every element of a result from the elements at its place.</summary>
    private IEnumerable<Result> Each(string name, Buffer result, Func<Func<Buffer, long>, ulong>? value)
    {
        Picture shape = result.Shape;
        long samples = step.Operands.Find(name)?.Need is { IsShared: true } ? 1 : rows;
        for (long n = 0; n < samples; n++)
        {
            for (int i = 0; i < shape.Count; i++)
            {
                (long c, long y, long x) = (i / shape.Pixels, i % shape.Pixels / shape.Width, i % shape.Width);
                yield return new Result(this[name], Place(result, n, c, y, x), value?.Invoke(buffer => Place(buffer, n, c, y, x)));
            }
        }
    }

    // ---- Kernels of the runtime ----

    private IEnumerable<Result> Called(CalledKernel kernel)
    {
        IEnumerable<long> Places(Slice slice) => slice.Count is { } count ? Enumerable.Range(slice.From, count).Select(place => (long)place) : Elements(slice.Operand);
        IEnumerable<(string Name, long Offset)> All(Slice[] slices) =>
            slices.Where(slice => step.Operands.Find(slice.Operand) is not null).SelectMany(slice => Places(slice).Select(offset => (slice.Operand, offset)));
        ulong call = Term.Call(kernel.Function, All(kernel.Given).Select(place => Read(place.Name, place.Offset)).Concat(kernel.Numbers.Select(Term.Constant)));

        // What a worker's part is computed from is that part.
        return All(kernel.Results).Select((place, number) => new Result(this[place.Name], place.Offset, nest.IsSplit ? null : Term.Result(call, number)));
    }

    // ---- Maps and reductions ----

    /// <summary>All places along axes, as the index on each; the first axis is the slowest.</summary>
    private static IEnumerable<Dictionary<string, long>> Places(IEnumerable<(string Name, long Size)> axes) => axes.Aggregate(
        (IEnumerable<Dictionary<string, long>>)[[]],
        (places, axis) => places.SelectMany(place => Enumerable.Range(0, (int)axis.Size).Select(i => new Dictionary<string, long>(place) { [axis.Name] = i })));

    private IEnumerable<(string Name, long Size)> Axes(TensorType type, Func<string, bool> takes) =>
        type.Axes.Select(axis => (axis.Name, (long)axis.Size)).Prepend((Name: TensorType.Batch, rows)).Where(axis => takes(axis.Name) && (type.IsPerSample || axis.Name != TensorType.Batch));

    /// <summary>Where an operand has its element of a place: elements are numbered over the axes of its type, those that it lacks are the same.</summary>
    private long Element(MapOperand operand, Dictionary<string, long> place)
    {
        long number = operand.Type.Axes.Aggregate(0L, (number, axis) => (number * axis.Size) + place[axis.Name]);
        if (this[operand.Operand.Name].Buffer is not { Shape: var shape } buffer)
            return number;
        return Place(buffer, operand.Type.IsPerSample ? place[TensorType.Batch] : 0, number / shape.Pixels, number % shape.Pixels / shape.Width, number % shape.Width);
    }

    private ulong Value(MapOperand operand, Dictionary<string, long> place) => Read(operand.Operand.Name, Element(operand, place));

    private IEnumerable<Result> Map(MapStep s) =>
        Filled(s.Output, place => Term.Evaluated(s.Expression, i => Value(s.Inputs[i], place), rows));

    private IEnumerable<Result> Reduce(ReduceStep s)
    {
        List<(string Name, long Size)> reduced = [.. Axes(s.Input.Type, s.Reduce.Axes.Contains)];
        return Filled(s.Output, place =>
        {
            ulong[] terms = [.. Places(reduced).Select(at => Value(s.Input, place.Concat(at).ToDictionary(index => index.Key, index => index.Value)))];
            ulong sum = Chunks(Term.Zero, terms.Length, Tiling.ReductionChunk, i => (Term.One, terms[i]));
            return s.Reduce.Function == ReduceKind.Sum ? sum : Term.Over(sum, Term.Evaluated(s.Reduce.Count(s.Input.Type), _ => Term.Zero, rows));
        });
    }

    /// <summary>A result's elements, and in the workspace zeros beside them.</summary>
    private IEnumerable<Result> Filled(MapOperand output, Func<Dictionary<string, long>, ulong> value)
    {
        Area area = this[output.Operand.Name];
        Result[] elements = [.. Places(Axes(output.Type, _ => true)).Select(place => new Result(area, Element(output, place), value(place)))];
        if (area.Buffer is not { Kind: BufferKind.Workspace } buffer)
            return elements;
        IEnumerable<long> all = Enumerable.Range(0, buffer.Stride * (output.Type.IsPerSample ? (int)rows : 1)).Select(place => (long)place);
        return elements.Concat(all.Except(elements.Select(element => element.Offset)).Select(place => new Result(area, place, Term.Zero)));
    }

    // ---- Sums ----

    private static ulong Chain(ulong start, IEnumerable<(ulong A, ulong B)> terms) => terms.Aggregate(start, (sum, term) => Term.MultiplyAdd(term.A, term.B, sum));

    private static ulong Chunks(ulong start, IEnumerable<IEnumerable<(ulong A, ulong B)>> chunks)
    {
        bool isFirst = true;
        ulong total = start;
        foreach (IEnumerable<(ulong, ulong)> chunk in chunks)
        {
            total = isFirst ? Chain(start, chunk) : Term.Add(total, Chain(Term.Zero, chunk));
            isFirst = false;
        }

        return total;
    }

    /// <summary>Terms by number, cut every so many.</summary>
    private static ulong Chunks(ulong start, int count, int chunk, Func<int, (ulong, ulong)> term) =>
        Chunks(start, Enumerable.Range(0, (count + chunk - 1) / chunk).Select(i => Enumerable.Range(i * chunk, Math.Min(chunk, count - (i * chunk))).Select(term)));

    /// <summary>What becomes of a sum: the results that it ends in.</summary>
    private IEnumerable<Result> Finished(ProductStep s, ulong sum, long n, long channel, Func<Buffer, long, long> place)
    {
        if (s.Z is not null)
            yield return new Result(this["z"], place(s.Z, n), sum);
        if (s.Scale is not null)
        {
            int row = s.Scale.Width / 3;
            sum = Term.MultiplyAdd(Term.Subtract(sum, Read("scale", channel)), Read("scale", row + channel), Read("scale", (2 * row) + channel));
        }

        if (s.Activation is not null && !s.ActivatesLast)
            sum = Term.Activated(s.Activation, sum, isDerivative: false);
        if (s.Kept is not null)
            yield return new Result(this["kept"], place(s.Kept, n), sum);
        if (s.Addend is not null)
            sum = Term.Add(sum, Read("addend", place(s.Addend, n)));
        if (s.ActivatesLast)
            sum = Term.Activated(s.Activation!, sum, isDerivative: false);
        yield return new Result(this["y"], place(s.Y, n), sum);
    }

    private Result Finished(DataGradientStep s, ulong sum, long n, Func<Buffer, long, long> place) => new(
        this["dx"], place(s.DX, n), s.Activation is null ? sum : Term.Times(sum, Term.Activated(s.Activation, Read("saved", place(s.Saved!, n)), isDerivative: true)));

    private ulong Started(FusedStep s, ulong bias, long n, Func<Buffer, long, long> place) => s.Start is null ? bias : Term.Add(bias, Read("start", place(s.Start, n)));

    // ---- Linear ----

    private static long Weight(LinearKernel k, long output, long input) => k.Form switch
    {
        LinearForm.Narrow => (output * Packing.PadToPanel(k.Inputs)) + input,
        LinearForm.Tiny => (input * Packing.TinyPanel) + output,
        _ => (output / Packing.Panel * k.Inputs * Packing.Panel) + (input * Packing.Panel) + (output % Packing.Panel),
    };

    private IEnumerable<Result> Forward(LinearForwardStep s)
    {
        LinearKernel k = s.Linear;
        for (long n = 0; n < rows; n++)
        {
            for (int o = 0; o < k.Outputs; o++)
            {
                ulong bias = k.HasBias ? Read("bias", o) : Term.Zero;
                long Place(Buffer buffer, long sample) => (sample * buffer.Stride) + o;
                (ulong, ulong) Of(int i) => (Read("x", (n * s.X.Stride) + i), Read("weight", Weight(k, o, i)));
                ulong sum = k.Form == LinearForm.Narrow
                    ? Term.Add(Lanes(k.Inputs, Of), bias)
                    : Chunks(Started(s, bias, n, Place), k.Inputs, Tiling.ReductionChunk, Of);
                foreach (Result result in Finished(s, sum, n, o, Place))
                    yield return result;
            }
        }

        // Term i goes to lane i mod 16.
        static ulong Lanes(int count, Func<int, (ulong, ulong)> term) =>
            Term.LaneSum(Enumerable.Range(0, Packing.Panel).Select(lane => Chain(Term.Zero, Enumerable.Range(0, count).Where(i => i % Packing.Panel == lane).Select(term))));
    }

    private IEnumerable<Result> DataGradient(LinearDataGradientStep s)
    {
        LinearKernel k = s.Linear;
        for (long n = 0; n < rows; n++)
        {
            for (int i = 0; i < k.Inputs; i++)
            {
                long Place(Buffer buffer, long sample) => (sample * buffer.Stride) + i;
                ulong sum = Chunks(Started(s, Term.Zero, n, Place), k.Outputs, Tiling.ReductionChunk, o => (Read("dy", (n * s.DY.Stride) + o), Read("weight", Weight(k, o, i))));
                yield return Finished(s, sum, n, Place);
            }
        }
    }

    private IEnumerable<Result> WeightGradient(LinearWeightGradientStep s)
    {
        LinearKernel k = s.Linear;
        for (int o = 0; o < k.Outputs; o++)
        {
            for (int i = 0; i < k.Inputs; i++)
                yield return new Result(this["dw"], Weight(k, o, i), Chunks(Term.Zero, (int)rows, Tiling.BatchChunk, n => (Read("x", (n * s.X.Stride) + i), Read("dy", (n * s.DY.Stride) + o))));

            // What stands in the padding of x is no input.
            for (int i = k.Inputs; k.Form == LinearForm.Narrow && i < Packing.PadToPanel(k.Inputs); i++)
                yield return new Result(this["dw"], Weight(k, o, i), Term.Zero, IsOnce: false);
        }
    }

    private IEnumerable<Result> BiasGradient(LinearBiasGradientStep s) => Enumerable.Range(0, s.Linear.Outputs).Select(o =>
        new Result(this["db"], o, Chunks(Term.Zero, (int)rows, Tiling.BatchChunk, n => (Term.One, Read("dy", (n * s.DY.Stride) + o)))));

    // ---- Convolutions ----

    /// <summary>Where a filter's terms lie along rows and columns of taps: the pixel that a tap meets, and the tap's number in the filter.</summary>
    private sealed record Taps(int Rows, int Columns, Func<int, (long Pixel, long Tap)> Row, Func<int, (long Pixel, long Tap)> Column);

    /// <summary>The terms of a pixel's sum in their order: rows of taps, then taps and channels, the innermost those that lie side by side; of planes channels first.</summary>
    private static IEnumerable<IEnumerable<(int Row, int Column, int Channel)>> Order(ConvForm form, Buffer x, int tapRows, int tapColumns, int channels)
    {
        if (tapRows * tapColumns == 0)
            return [];
        TapChunks chunks = form == ConvForm.Rows ? PlaneChunks(tapRows, tapColumns, channels) : TapChunks.Of(tapRows, tapColumns, channels);
        IEnumerable<(int From, int To)> Cut(int total, int size) => Enumerable.Range(0, (total + size - 1) / size).Select(i => (i * size, Math.Min(total, (i + 1) * size)));
        return Cut(tapRows, chunks.Rows).SelectMany(r => Cut(tapColumns, chunks.Columns).SelectMany(q => Cut(channels, chunks.Channels).Select(c =>
        {
            IEnumerable<int> Each((int From, int To) range) => Enumerable.Range(range.From, range.To - range.From);
            return form == ConvForm.Rows ? Each(c).SelectMany(channel => Each(r).SelectMany(row => Each(q).Select(column => (row, column, channel))))
                : x.ChannelStride == 1 ? Each(r).SelectMany(row => Each(q).SelectMany(column => Each(c).Select(channel => (row, column, channel))))
                : Each(r).SelectMany(row => Each(c).SelectMany(channel => Each(q).Select(column => (row, column, channel))));
        })));
    }

    private static TapChunks PlaneChunks(int rows, int columns, int channels)
    {
        const int Length = Tiling.ReductionChunk;
        int taps = rows * columns;
        return taps > 2 * Length ? TapChunks.OfPlane(rows, columns) : new TapChunks(rows, columns, (long)channels * taps <= 2 * Length ? channels : Math.Max(1, Length / taps));
    }

    /// <summary>A pixel outside a picture is zero.</summary>
    private ulong Pixel(string name, Buffer buffer, long n, long channel, long row, long column) =>
        row < 0 || row >= buffer.Shape.Height || column < 0 || column >= buffer.Shape.Width ? Term.Zero : Read(name, Place(buffer, n, channel, row, column));

    private IEnumerable<Result> Forward(ConvForwardStep s)
    {
        ConvKernel k = s.Conv;
        ConvOp op = k.Op;
        int biases = (int)Packing.PadToPanel(k.Output.Channels);
        foreach ((long n, int c, int y, int x) in Pixels(k.Output))
        {
            long At(Buffer buffer, long sample) => Place(buffer, sample, c, y, x);
            ulong bias = !k.HasBias ? Term.Zero : Enumerable.Range(0, k.Biases).Select(i => Read("bias", (i * biases) + c)).Aggregate(Term.Add);
            int group = c / k.Outputs;
            ulong sum = Chunks(Started(s, bias, n, At), Order(k.Form, s.X, op.Kernel.Height, op.Kernel.Width, k.Inputs).Select(chunk => chunk.Select(t => (
                Pixel("x", s.X, n, (group * k.Inputs) + t.Channel, (y * op.Stride.Height) - op.Pads.Top + (t.Row * op.Dilation.Height), (x * op.Stride.Width) - op.Pads.Left + (t.Column * op.Dilation.Width)),
                Read("weight", FilterPlace.Of(k.Form, c, t.Channel, k.Inputs, (t.Row * op.Kernel.Width) + t.Column, k.Taps))))));
            foreach (Result result in Finished(s, sum, n, s.ScaleLanes == 1 ? c : (c * s.ScaleLanes) + (x % s.ScaleLanes), At))
                yield return result;
        }
    }

    private IEnumerable<Result> DataGradient(ConvDataGradientStep s)
    {
        ConvKernel k = s.Conv;
        ConvForm form = s.DX.Order == BufferOrder.Planes ? ConvForm.Rows : k.Form == ConvForm.Depthwise ? ConvForm.Depthwise : ConvForm.Panels;
        (IReadOnlyList<GradientPhase> allRows, IReadOnlyList<GradientPhase> allColumns) = (k.RowPhases(), k.ColumnPhases());
        foreach ((long n, int c, int y, int x) in Pixels(k.Input))
        {
            long At(Buffer buffer, long sample) => Place(buffer, sample, c, y, x);
            (int group, int input) = (c / k.Inputs, c % k.Inputs);
            GradientPhase r = allRows[y % k.Op.Stride.Height];
            GradientPhase q = allColumns[x % k.Op.Stride.Width];
            (int firstRow, int firstColumn) = ((y / k.Op.Stride.Height) + r.First, (x / k.Op.Stride.Width) + q.First);
            ulong sum = Chunks(Started(s, Term.Zero, n, At), Order(form, s.DY, r.TapCount, q.TapCount, k.Outputs).Select(chunk => chunk.Select(t =>
            {
                int output = (group * k.Outputs) + t.Channel;
                int tap = ((r.FirstTap + (t.Row * r.TapStep)) * k.Op.Kernel.Width) + q.FirstTap + (t.Column * q.TapStep);
                return (Pixel("dy", s.DY, n, output, firstRow + (t.Row * r.Step), firstColumn + (t.Column * q.Step)), Read("weight", FilterPlace.Of(k.Form, output, input, k.Inputs, tap, k.Taps)));
            })));
            yield return Finished(s, sum, n, At);
        }
    }

    private IEnumerable<Result> WeightGradient(ConvWeightGradientStep s)
    {
        ConvKernel k = s.Conv;
        bool isDot = k.Form == ConvForm.Rows;
        OuterGradientPlan? plan = isDot ? null : OuterGradientPlan.Create(k, s.X, s.DY);
        (int samples, int lines) = plan is null ? ConvSchedule.PixelChunk(k.Output, Tiling.ReductionChunk * Packing.Panel) : (plan.Samples, plan.Rows);
        List<List<(int N, int Y)>> chunks = [.. Enumerable.Range(0, (int)rows).SelectMany(n => Enumerable.Range(0, k.Output.Height).Select(y => (N: n, Y: y)))
            .GroupBy(line => lines < k.Output.Height ? (line.N, line.Y / lines) : (line.N / samples, 0)).Select(chunk => chunk.ToList())];
        for (int c = 0; c < k.Output.Channels; c++)
        {
            for (int i = 0; i < k.Inputs; i++)
            {
                for (int tap = 0; tap < k.Taps; tap++)
                {
                    ulong value = chunks.Select((chunk, number) => Chunk(s, chunk, c, i, tap, isDot)).Aggregate(Term.Add);
                    yield return new Result(this["dw"], FilterPlace.Of(k.Form, c, i, k.Inputs, tap, k.Taps), value);
                }
            }
        }
    }

    private ulong Chunk(ConvWeightGradientStep s, List<(int N, int Y)> lines, int output, int input, int tap, bool isDot)
    {
        (ConvKernel k, ConvOp op) = (s.Conv, s.Conv.Op);
        int channel = (output / k.Outputs * k.Inputs) + input;
        (ulong, ulong) Of((int N, int Y) line, int x) => (
            Pixel("x", s.X, line.N, channel, (line.Y * op.Stride.Height) - op.Pads.Top + (tap / op.Kernel.Width * op.Dilation.Height), (x * op.Stride.Width) - op.Pads.Left + (tap % op.Kernel.Width * op.Dilation.Width)),
            Pixel("dy", s.DY, line.N, output, line.Y, x));
        IEnumerable<(ulong, ulong)> All(Func<int, bool> takes) => lines.SelectMany(line => Enumerable.Range(0, k.Output.Width).Where(takes).Select(x => Of(line, x)));
        return isDot ? Term.LaneSum(Enumerable.Range(0, Packing.Panel).Select(lane => Chain(Term.Zero, All(x => x % Packing.Panel == lane)))) : Chain(Term.Zero, All(_ => true));
    }

    private IEnumerable<Result> Fixed(FixedConvStep s)
    {
        foreach (FixedPhase phase in s.Filter.Phases)
        {
            foreach ((long n, int c, int y, int x) in Pixels(new Picture(s.Filter.Output.Channels, phase.Rows.Count, phase.Columns.Count)))
            {
                ulong value = Chain(Term.Zero, phase.Taps.Where(tap => tap.To == c).Select(tap => (
                    Pixel("x", s.X, n, tap.From, (y * phase.Rows.InputStride) + tap.Row, (x * phase.Columns.InputStride) + tap.Column), Term.Constant((float)tap.Weight))));
                yield return new Result(this["y"], Place(s.Y, n, c, phase.Rows.First + (y * phase.Rows.Stride), phase.Columns.First + (x * phase.Columns.Stride)), value);
            }
        }
    }

    private IEnumerable<(long N, int Channel, int Row, int Column)> Pixels(Picture picture)
    {
        for (long n = 0; n < rows; n++)
        {
            for (int c = 0; c < picture.Channels; c++)
            {
                for (int y = 0; y < picture.Height; y++)
                {
                    for (int x = 0; x < picture.Width; x++)
                        yield return (n, c, y, x);
                }
            }
        }
    }
}
