using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>An argument's memory while a nest is gone through: of each float the expression that it holds, and how often one was begun there.</summary>
internal sealed class SymbolicMemory(long low, ulong[] values)
{
    public ulong[] Values { get; } = values;

    /// <summary>How often a value was stored that does not go on from what was there.</summary>
    public int[] Begun { get; } = new int[values.Length];

    public bool[] Written { get; } = new bool[values.Length];

    public int Index(long offset) => (int)(offset - low);

    public long Offset(int index) => index + low;
}

/// <summary>What the arguments' memory holds before a nest: elements of their own, and zeros where the layout guarantees them.</summary>
internal sealed class InitialMemory
{
    private readonly Dictionary<Area, (long Low, ulong[] Values)> _areas = [];

    public InitialMemory(Nest nest, long rows)
    {
        foreach (Area area in nest.Areas)
        {
            Interval extent = NestBounds.Extent(area, rows);
            var values = new ulong[extent.High - extent.Low];
            ulong memory = Term.Memory(area.Name);
            for (int i = 0; i < values.Length; i++)
                values[i] = IsZero(area.Buffer, i + extent.Low) ? Term.Zero : Term.Element(memory, i + extent.Low);
            _areas.Add(area, (extent.Low, values));
        }
    }

    public ulong[] this[Area area] => _areas[area].Values;

    public int Index(Area area, long offset) => (int)(offset - _areas[area].Low);

    public ulong Read(Area area, long offset)
    {
        (long low, ulong[] values) = _areas[area];
        return values[offset - low];
    }

    /// <summary>The memory to go through a nest with.</summary>
    public SymbolicMemory Copy(Area area) => new(_areas[area].Low, (ulong[])_areas[area].Values.Clone());

    /// <summary>Whether the layout guarantees a zero: in borders, and behind the rows of planes.</summary>
    private static bool IsZero(Buffer? buffer, long offset)
    {
        if (buffer is null || buffer.Order == BufferOrder.Flat || buffer.Kind != BufferKind.Workspace)
            return false;
        long place = offset + buffer.PartOffset;
        long sample = ((place % buffer.Root.Stride) + buffer.Root.Stride) % buffer.Root.Stride;
        long row = buffer.Order == BufferOrder.Planes ? sample % buffer.ChannelStride / buffer.RowStride : sample / buffer.RowStride;
        long column = buffer.Order == BufferOrder.Planes ? sample % buffer.RowStride : sample % buffer.RowStride / buffer.PixelStride;
        return row < buffer.Border.Top || row >= buffer.Border.Top + buffer.Shape.Height || column < buffer.Border.Left || column >= buffer.Border.Left + buffer.Shape.Width;
    }
}

/// <summary>Goes through all iterations of a nest with expressions for values, and finds what parallel iterations would do to each other.</summary>
internal sealed class NestExecution : NestWalker
{
    private readonly Dictionary<Area, SymbolicMemory> _memory = [];
    private readonly Dictionary<string, ulong[]> _vectors = [];
    private readonly List<(LoopRange Range, long Step, Dictionary<(Area, long), long> Writers)> _parallel = [];

    private readonly InitialMemory _initial;
    private readonly bool _isTraining;

    /// <param name="nest">The nest.</param>
    /// <param name="initial">What memory holds before it.</param>
    /// <param name="lanes">Lanes of a vector.</param>
    /// <param name="rows">The number of samples.</param>
    /// <param name="isTraining">What the method's arguments of yes or no are.</param>
    public NestExecution(Nest nest, InitialMemory initial, int lanes, long rows, bool isTraining)
        : base(nest, lanes, rows, isExhaustive: true)
    {
        (_initial, _isTraining) = (initial, isTraining);
        foreach (Area area in nest.Areas)
            _memory.Add(area, initial.Copy(area));
    }

    public SymbolicMemory this[Area area] => _memory[area];

    protected override bool? Argument(Flag flag) => _isTraining;

    /// <summary>Each worker has scratch of its own.</summary>
    protected override void Begin()
    {
        foreach (Area area in Nest.Areas)
        {
            if (area.Name == "scratch")
                _memory[area] = _initial.Copy(area);
        }
    }

    // ---- Parallel ranges ----

    protected override void Enter(LoopRange range, long step)
    {
        if (!range.IsParallel)
            return;
        if (step == 0)
            _parallel.Add((range, 0, []));
        else
            _parallel[_parallel.Count - 1] = (range, step, _parallel[_parallel.Count - 1].Writers);
    }

    protected override void Leave(LoopRange range)
    {
        if (range.IsParallel)
            _parallel.RemoveAt(_parallel.Count - 1);
    }

    // ---- Memory ----

    private ulong Read(Area area, long offset) => Read(_memory[area], area, offset);

    private ulong Read(SymbolicMemory memory, Area area, long offset)
    {
        int index = memory.Index(offset);
        if (index < 0 || index >= memory.Values.Length)
            throw Broken($"{area.Name} has no float {offset}");
        for (int i = 0; i < _parallel.Count && memory.Written[index]; i++)
        {
            (LoopRange range, long step, Dictionary<(Area, long), long> writers) = _parallel[i];
            if (writers.TryGetValue((area, offset), out long writer) && writer != step)
                throw Broken($"step {step} of the parallel range {range.Counter.Name} reads what step {writer} writes in {area.Name}");
        }

        return memory.Values[index];
    }

    private void Write(Area area, long offset, ulong value, bool begins)
    {
        foreach ((LoopRange range, long step, Dictionary<(Area, long), long> writers) in _parallel)
        {
            // Each worker has scratch of its own.
            if (area.Name != "scratch" && writers.TryGetValue((area, offset), out long writer) && writer != step)
                throw Broken($"steps {writer} and {step} of the parallel range {range.Counter.Name} both write {area.Name} at {offset}");
            writers[(area, offset)] = step;
        }

        SymbolicMemory memory = _memory[area];
        int index = memory.Index(offset);
        if (index < 0 || index >= memory.Values.Length)
            throw Broken($"{area.Name} has no float {offset}");
        memory.Values[index] = value;
        memory.Written[index] = true;
        if (begins)
            memory.Begun[index]++;
    }

    private (Area Area, long Offset) At(Place place)
    {
        (Area area, Interval offset) = Resolve(place);
        return (area, offset.Low);
    }

    private ulong Read(Place place, long further = 0) => At(place) is var (area, offset) ? Read(area, offset + further) : 0;

    // ---- Leaves ----

    protected override void Leaf(Statement statement)
    {
        switch (statement)
        {
            case TileCall s: Tile(s); break;
            case RuntimeCall s: Call(s); break;
            case DeclareVectors s:
                foreach ((string name, VectorValue value) in s.Vectors)
                    _vectors[name] = Evaluate(value, s.Lanes);
                break;
            case AssignVector s:
                ulong[] assigned = Evaluate(s.Value, s.Lanes);
                _vectors[s.Name] = s.Kind == AssignmentKind.Set ? assigned : [.. _vectors[s.Name].Zip(assigned, Term.Add)];
                break;
            case Store s: Store(s.Place, Evaluate(s.Value, s.Lanes), Value(s.Index).Low, 1); break;
            case StoreStrided s: Store(s.Place, [.. Evaluate(s.Value, s.Lanes).Take((int)Value(s.Count).Low)], 0, s.Stride); break;
            default: throw Broken($"{statement.GetType().Name} is not known");
        }
    }

    private void Store(Place place, ulong[] values, long index, long stride)
    {
        (Area area, long offset) = At(place);
        for (int lane = 0; lane < values.Length; lane++)
            Write(area, offset + index + (lane * stride), values[lane], begins: true);
    }

    private ulong[] Evaluate(VectorValue value, int lanes)
    {
        ulong[] All(ulong lane) => Each(_ => lane);
        ulong[] Each(System.Func<int, ulong> of)
        {
            var values = new ulong[lanes];
            for (int lane = 0; lane < lanes; lane++)
                values[lane] = of(lane);
            return values;
        }

        ulong[] Zip(VectorValue first, VectorValue second, System.Func<ulong, ulong, ulong> of)
        {
            (ulong[] a, ulong[] b) = (Evaluate(first, lanes), Evaluate(second, lanes));
            return Each(lane => of(a[lane], b[lane]));
        }

        switch (value)
        {
            case VectorZero: return All(Term.Zero);
            case VectorLocal v: return _vectors[v.Name];
            case Load v: return Each(lane => lane >= (v.Most ?? lanes) ? Term.Zero : Read(v.Place, Value(v.Index).Low + lane));
            case LoadStrided v: return Each(lane => Read(v.Place, lane * v.Stride));
            case LoadFirst v: return Each(lane => lane == 0 ? Read(v.Place) : Term.Zero);
            case Spread v: return All(Read(v.Place));
            case SpreadConstant v: return All(Term.Constant((float)v.Value));
            case SpreadEntry v: return All(Term.Constant((float)v.Entry.Table.Values[(int)Value(v.Entry.Index).Low]));
            case Gathered v: return [.. v.Places.Select(place => place is null ? Term.Zero : Read(place))];
            case MultiplyAdd v:
                (ulong[] a, ulong[] b, ulong[] c) = (Evaluate(v.A, lanes), Evaluate(v.B, lanes), Evaluate(v.C, lanes));
                return Each(lane => Term.MultiplyAdd(a[lane], b[lane], c[lane]));
            case Times v: return Zip(v.A, v.B, Term.Times);
            case Plus v: return v.Values.Select(summand => Evaluate(summand, lanes)).Aggregate((sum, next) => [.. sum.Zip(next, Term.Add)]);
            case Activated v: return [.. Evaluate(v.Value, lanes).Select(x => Term.Activated(v.Activation, x, v.IsDerivative))];
            case Evaluated v:
                ulong[][] operands = [.. v.Operands.Select(operand => Evaluate(operand, lanes))];
                return [.. Enumerable.Range(0, lanes).Select(lane => Term.Evaluated(v.Expression, operand => operands[operand][lane], Rows))];
            case FirstLane v: return [Evaluate(v.Value, Packing.TinyPanel)[0]];
            case LaneSum v: return [Term.LaneSum(v.Values.SelectMany(vector => Evaluate(vector, Lanes)))];
            default: throw Broken($"{value.GetType().Name} is not known");
        }
    }

    private void Tile(TileCall call)
    {
        (TileStrides s, ProductTile tile, TileProduct product) = (call.Product.Strides, call.Tile, call.Product);
        (long outer, long middle, long inner) = (Value(call.Outer).Low, Value(call.Middle).Low, Value(call.Inner).Low);
        bool isFirst = Holds(call.IsFirst) ?? throw Broken("whether a sum starts is not known");
        bool isLast = Holds(call.IsLast) ?? throw Broken("whether a sum ends is not known");
        ((Area a, long aStart), (Area b, long bStart), (Area c, long cStart)) = (At(call.A), At(call.B), At(call.C));
        (SymbolicMemory aMemory, SymbolicMemory bMemory) = (_memory[a], _memory[b]);
        bool isStrided = tile.Kind is TileKind.Strided or TileKind.StridedDot;
        int columns = tile.Kind is TileKind.Scalar ? 1 : tile.Kind is TileKind.Short ? Packing.TinyPanel : tile.Panels * Packing.Panel;
        if (tile.IsDot)
            columns = tile.Panels;
        for (int row = 0; row < tile.Rows; row++)
        {
            (int i, int j) = (row / tile.Width, row % tile.Width);
            for (int column = 0; column < columns; column++)
            {
                (int panel, int lane) = tile.IsDot ? (column, 0) : (column / Packing.Panel, column % Packing.Panel);
                long aPlace = aStart + (i * s.ARow) + (j * s.AColumn) + (tile.Kind == TileKind.Elementwise ? lane : 0);
                long bPlace = bStart + (panel * s.BPanel) + (lane * (isStrided ? s.BLane : 1));
                long cell = (i * s.CRow) + (j * s.CColumn) + (panel * s.CPanel) + lane;
                long Side(long r, long q, long p) => (i * r) + (j * q) + (panel * p) + lane;
                if (tile.IsDot)
                {
                    ulong dot = Term.LaneSum(Enumerable.Range(0, Packing.Panel).Select(l => Chain(Term.Zero, aPlace + l, bPlace + (l * (isStrided ? s.BLane : 1)))));
                    Write(c, cStart + cell, isFirst ? dot : Term.Add(Read(c, cStart + cell), dot), isFirst);
                    continue;
                }

                ulong sum = !isFirst || product.Bias == TileBias.None ? Term.Zero : Read(call.Bias!, product.Bias == TileBias.OneARow ? row : column);
                if (product.Starts && isFirst)
                    sum = Term.Add(sum, Read(call.Start!, Side(s.StartRow, s.StartColumn, s.StartPanel)));
                sum = Chain(sum, aPlace, bPlace);
                if (!isFirst)
                    sum = Term.Add(sum, Read(c, cStart + cell));
                if (product.Finishes && isLast)
                    sum = Finish(call, sum, Side(s.SavedRow, s.SavedColumn, s.SavedPanel), Side(s.AddRow, s.AddColumn, s.AddPanel));
                Write(c, cStart + cell, sum, isFirst);
            }
        }

        ulong Chain(ulong sum, long aPlace, long bPlace)
        {
            for (long o = outer; o > 0; o--, aPlace += s.AOuter, bPlace += s.BOuter)
            {
                for (long m = middle; m > 0; m--, aPlace += s.AMiddle, bPlace += s.BMiddle)
                {
                    for (long k = inner; k > 0; k--, aPlace += s.AInner, bPlace += s.BInner)
                        sum = Term.MultiplyAdd(Read(aMemory, a, aPlace), Read(bMemory, b, bPlace), sum);
                }
            }

            return sum;
        }
    }

    private ulong Finish(TileCall call, ulong sum, long saved, long addend)
    {
        TileProduct product = call.Product;
        void Keep(ulong value)
        {
            (Area area, long offset) = At(call.Saved!);
            Write(area, offset + saved, value, begins: true);
        }

        if (product.KeepsInput)
            Keep(sum);
        if (product.Scale is { } row)
        {
            (ulong mean, ulong scale, ulong shift) = (Read(call.Saved!, saved), Read(call.Saved!, saved + row), Read(call.Saved!, saved + (2 * row)));
            sum = Term.MultiplyAdd(Term.Subtract(sum, mean), scale, shift);
        }

        if (product.Gradient is { } gradient)
            sum = Term.Times(sum, Term.Activated(gradient, Read(call.Saved!, saved), isDerivative: true));
        if (product.Activation is { } first && !product.ActivatesLast)
            sum = Term.Activated(first, sum, isDerivative: false);
        if (product.KeepsOutput)
            Keep(sum);
        if (call.Addend is not null)
            sum = Term.Add(sum, Read(call.Addend, addend));
        return product.ActivatesLast ? Term.Activated(product.Activation!, sum, isDerivative: false) : sum;
    }

    // ---- Functions of the runtime ----

    private void Call(RuntimeCall call)
    {
        long Number(int argument) => Value(((NumberArgument)call.Arguments[argument]).Number).Low;
        Place Place(int argument) => ((PlaceArgument)call.Arguments[argument]).Place;
        IReadOnlyList<Region> regions = Region.Of(call, number => Value(number).Low);
        switch (call.Function)
        {
            case "RowKernels.Copy":
                Move(Place(0), Place(2), Number(5), (row, lane) => (row * Number(1)) + lane, (row, lane) => (row * Number(3)) + lane, (int)Number(4), (int)System.Math.Max(Number(4), Number(3)));
                break;
            case "RowKernels.Transpose":
                Move(Place(0), Place(2), Number(5), (row, lane) => (row * Number(1)) + lane, (row, lane) => (lane * Number(3)) + row, (int)Number(4), (int)Number(4));
                break;
            case "RowKernels.Fill": Store(Place(0), [.. Enumerable.Repeat(Term.Constant(((FloatArgument)call.Arguments[2]).Value), (int)Number(1))], 0, 1); break;
            case "RowKernels.Sum":
                Store(Place(3), [.. Enumerable.Range(0, (int)Number(1)).Select(i => Enumerable.Range(0, (int)Number(2)).Aggregate(Term.Zero, (sum, row) => Term.Add(sum, Read(Place(0), (row * Number(1)) + i))))], 0, 1);
                break;
            case "WeightPanels.Transpose": Transpose(Place(0), Place(5), Number(1), Number(2), Number(3), Number(4)); break;
            case "WeightPanels.Repack": Repack(call, Number); break;
            case "PictureKernels.Copy":
                long[] from = [.. regions[0].Offsets()];
                long[] to = [.. regions[1].Offsets()];
                for (int i = 0; i < to.Length; i++)
                    Write(At(regions[1].Place).Area, At(regions[1].Place).Offset + to[i], Read(regions[0].Place, from[i]), begins: true);
                break;
            case "PictureKernels.ClearTails": Clear(regions[0], regions[0].Offsets(), begins: false); break;
            case "PictureKernels.ClearBorder":
                PictureLayout layout = ((LayoutArgument)call.Arguments[1]).Layout;
                IEnumerable<long> elements = Region.OfPicture(Place(0), layout, Number(2), isWritten: false).Offsets().Select(offset => offset + layout.Origin);
                Clear(regions[0], regions[0].Offsets().Except(elements), begins: true);
                break;
            default: Compute(call, regions); break;
        }
    }

    private void Clear(Region region, IEnumerable<long> offsets, bool begins)
    {
        (Area area, long start) = At(region.Place);
        foreach (long offset in offsets)
            Write(area, start + offset, Term.Zero, begins);
    }

    /// <summary>Every number that is written is one of what is computed from all that is read.</summary>
    private void Compute(RuntimeCall call, IReadOnlyList<Region> regions)
    {
        IEnumerable<ulong> read = regions.Where(region => !region.IsWritten).SelectMany(region => region.Offsets().Select(offset => Read(region.Place, offset)));
        ulong computed = Term.Call(call.Function, read.Concat(call.Arguments.OfType<FloatArgument>().Select(argument => Term.Constant(argument.Value))));
        int number = 0;
        foreach (Region region in regions.Where(region => region.IsWritten))
        {
            (Area area, long start) = At(region.Place);
            foreach (long offset in region.Offsets())
                Write(area, start + offset, Term.Result(computed, number++), begins: true);
        }
    }

    private void Move(Place from, Place to, long rows, System.Func<long, long, long> source, System.Func<long, long, long> target, int width, int padded)
    {
        (Area area, long start) = At(to);
        for (long row = 0; row < rows; row++)
        {
            for (int lane = 0; lane < (rows == 1 ? width : padded); lane++)
                Write(area, start + target(row, lane), lane < width ? Read(from, source(row, lane)) : Term.Zero, begins: true);
        }
    }

    private void Transpose(Place weight, Place target, long inputs, long outputs, long column, long panels)
    {
        (Area area, long start) = At(target);
        for (long p = 0; p < panels; p++)
        {
            for (long o = 0; o < outputs; o++)
            {
                for (long lane = 0; lane < Packing.Panel; lane++)
                {
                    long input = column + (p * Packing.Panel) + lane;
                    ulong value = input < inputs ? Read(weight, (o / Packing.Panel * Packing.Panel * inputs) + (input * Packing.Panel) + (o % Packing.Panel)) : Term.Zero;
                    Write(area, start + (((p * outputs) + o) * Packing.Panel) + lane, value, begins: true);
                }
            }
        }
    }

    private void Repack(RuntimeCall call, System.Func<int, long> number)
    {
        (ConvForm from, ConvForm to) = (((FormArgument)call.Arguments[1]).Form, ((FormArgument)call.Arguments[3]).Form);
        (long outputs, long inputs) = (number(4) / number(6), number(5) / number(6));
        (long rows, long columns) = (number(11), number(14));
        (Area area, long start) = At(((PlaceArgument)call.Arguments[2]).Place);
        foreach (long offset in Region.Of(call, value => Value(value).Low)[0].Offsets())
            Write(area, start + offset, Term.Zero, begins: true);
        for (long g = 0; g < number(6); g++)
        {
            for (long tap = 0; tap < rows * columns; tap++)
            {
                long source = ((number(9) + (tap / columns * number(10))) * number(8)) + number(12) + (tap % columns * number(13));
                for (long i = 0; i < inputs; i++)
                {
                    for (long o = 0; o < outputs; o++)
                    {
                        Write(
                            area, start + FilterPlace.Of(to, (g * inputs) + i, o, outputs, tap, rows * columns),
                            Read(((PlaceArgument)call.Arguments[0]).Place, FilterPlace.Of(from, (g * outputs) + o, i, inputs, source, number(7) * number(8))), begins: true);
                    }
                }
            }
        }
    }
}

/// <summary>Where an element of a packed filter lies.</summary>
internal static class FilterPlace
{
    public static long Of(ConvForm form, long output, long input, long groupInputs, long tap, long taps) => form switch
    {
        ConvForm.Panels => (output / Packing.Panel * taps * groupInputs * Packing.Panel) + (((tap * groupInputs) + input) * Packing.Panel) + (output % Packing.Panel),
        ConvForm.Rows => (((output * groupInputs) + input) * taps) + tap,
        _ => (output / Packing.Panel * taps * Packing.Panel) + (tap * Packing.Panel) + (output % Packing.Panel),
    };
}
