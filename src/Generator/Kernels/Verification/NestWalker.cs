using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Whole numbers from one to another.</summary>
internal readonly struct Interval(long low, long high)
{
    public long Low { get; } = low;

    public long High { get; } = high;

    public bool IsPoint => Low == High;

    /// <summary>Any number that a nest could have.</summary>
    public static Interval Any { get; } = new(-(1L << 40), 1L << 40);

    public static implicit operator Interval(long value) => new(value, value);

    public static Interval operator +(Interval a, Interval b) => new(a.Low + b.Low, a.High + b.High);

    public static Interval operator -(Interval a, Interval b) => new(a.Low - b.High, a.High - b.Low);

    public static Interval operator *(Interval a, long factor) => factor < 0 ? new(a.High * factor, a.Low * factor) : new(a.Low * factor, a.High * factor);

    public Interval Union(Interval other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>What a number of steps adds.</summary>
    public Interval Over(long count, long stride) => this + (stride < 0 ? new Interval((count - 1) * stride, 0) : new Interval(0, (count - 1) * stride));
}

/// <summary>
/// Goes through a nest at one vector width and a number of samples. A counter on which nothing but addresses depends can be taken as the interval of all
/// its values, whose ends are reached; where more depends on it, each of its values is gone through.
/// </summary>
internal abstract class NestWalker(Nest nest, int lanes, long rows, bool isExhaustive)
{
    private readonly Dictionary<Variable, Interval> _numbers = new() { [Variable.Rows] = rows, [Variable.Batch] = rows };
    private readonly Dictionary<Flag, bool?> _flags = [];
    private readonly Dictionary<Memory, (Area Area, Interval Offset)> _references = [];
    private readonly Dictionary<TableRow, Interval> _tableRows = [];
    private readonly Dictionary<Loop, bool> _bends = [];
    private readonly Dictionary<Statement, Variable[]> _carried = [];

    protected Nest Nest { get; } = nest;

    protected int Lanes { get; } = lanes;

    protected long Rows { get; } = rows;

    /// <summary>How often the statement is gone through that is looked at once: the steps of the ranges whose counters are intervals.</summary>
    protected long Repeats { get; private set; } = 1;

    /// <summary>Goes through it.</summary>
    /// <param name="parts">Of a nest whose tiles are shared, in so many parts, the last one first.</param>
    public void Walk(int parts = 1)
    {
        _numbers[TileSplit.Parts] = parts;
        for (int part = parts - 1; part >= 0; part--)
        {
            _numbers[TileSplit.Part] = part;
            _references.Clear();
            Begin();
            Walk(Nest.Body);
        }
    }

    protected InvalidOperationException Broken(string what) => new($"The nest of {Nest.Method} is broken at {Lanes * 32} bits and {Rows} rows: {what}.");

    protected abstract void Leaf(Statement statement);

    /// <summary>Before a part.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>Whether an argument of the method holds; null: it may and it may not.</summary>
    protected virtual bool? Argument(Flag flag) => null;

    /// <summary>Around one step of a range.</summary>
    protected virtual void Enter(LoopRange range, long step)
    {
    }

    protected virtual void Leave(LoopRange range)
    {
    }

    // ---- Blocks ----

    protected void Walk(Statement statement)
    {
        switch (statement)
        {
            case Sequence s:
                foreach (Statement item in s.Statements)
                    Walk(item);
                break;
            case Scope s: Walk(s.Body); break;
            case Variants s: Walk(s.Bodies.Single(variant => variant.Lanes == Lanes).Body); break;
            case Branch s:
                bool? holds = Holds(s.Condition);
                if (holds != false)
                    Walk(s.Then);
                if (holds != true)
                    Walk(s.Otherwise);
                if (holds is null)
                    Forget(s);
                break;
            case Loop s: Walk(s); break;
            case TileRun s: Walk(s.Tiles); break;
            case Declare s: _numbers[s.Variable] = Value(s.Value); break;
            case Assign s: _numbers[s.Variable] = Value(s.Value); break;
            case DeclareFlag s: _flags[s.Flag] = Holds(s.Value); break;
            case Refer s: _references[s.Reference] = Resolve(s.Reference.Place); break;
            case Rebind s: _references[s.Area] = Resolve(s.Place); break;
            case TableRow s: _tableRows[s] = Value(s.First); break;
            case DeclareTables: break;
            default: Leaf(statement); break;
        }
    }

    private void Walk(Loop loop)
    {
        LoopRange range = loop.Range;
        Interval from = range.From is null ? _numbers[range.Counter] : Value(range.From);
        Interval to = Value(range.To);
        bool bends = isExhaustive || Bends(loop);
        if (!from.IsPoint || !to.IsPoint)
            throw Broken($"the ends of {range.Counter.Name} are not known");
        long room = to.Low - from.Low;
        long count = Math.Max(0, range.From is null ? room / range.Step : (room + range.Step - 1) / range.Step);
        if (count > 0 && !bends)
        {
            _numbers[range.Counter] = from.Over(count, range.Step);
            Forget(loop.Body);
            Repeats *= count;
            Walk(loop.Body);
            Repeats /= count;
            Forget(loop.Body);
        }

        for (long step = 0; step < count && bends; step++)
        {
            _numbers[range.Counter] = from.Low + (step * range.Step);
            Enter(range, step);
            Walk(loop.Body);
        }

        if (count > 0 && bends)
            Leave(range);
        _numbers[range.Counter] = from.Low + (count * range.Step);
    }

    /// <summary>What a statement gives other values, in some steps or in one of its arms, can be any number.</summary>
    private void Forget(Statement statement)
    {
        if (!_carried.TryGetValue(statement, out Variable[] carried))
        {
            Statement[] all = [.. statement.All()];
            HashSet<Variable> own = new(all.OfType<Declare>().Select(declare => declare.Variable));
            _carried.Add(statement, carried = [.. all.OfType<Assign>().Select(assign => assign.Variable).Where(variable => !own.Contains(variable))]);
        }

        foreach (Variable variable in carried)
            _numbers[variable] = Interval.Any;
    }

    /// <summary>Whether more than addresses depends on a loop's counter.</summary>
    private bool Bends(Loop loop)
    {
        if (!_bends.TryGetValue(loop, out bool bends))
            _bends.Add(loop, bends = loop.Body.All().Any(statement => Numbers(statement).Any(number => Uses(number, loop.Range.Counter))));
        return bends;
    }

    private static IEnumerable<Number> Numbers(Statement statement) => statement switch
    {
        Declare s => [s.Value],
        Assign s => [s.Value],
        TableRow s => [s.First],
        Loop { Range: { From: { } from } range } => [from, range.To],
        Loop { Range: { } range } => [range.To, range.Counter],
        TileCall s => [s.Outer, s.Middle, s.Inner],
        RuntimeCall s => s.Arguments.OfType<NumberArgument>().Select(argument => argument.Number),
        StoreStrided s => [s.Count],
        _ => [],
    };

    private static bool Uses(Number number, Variable variable) => number switch
    {
        Variable n => n == variable,
        Binary n => Uses(n.A, variable) || Uses(n.B, variable),
        Extreme n => Uses(n.A, variable) || Uses(n.B, variable),
        Choice n => Uses(n.Then, variable) || Uses(n.Otherwise, variable),
        Conversion n => Uses(n.Value, variable),
        WholePanels n => Uses(n.Value, variable),
        Entry n => Uses(n.Index, variable),
        _ => false,
    };

    // ---- Numbers ----

    protected Interval Value(Number number)
    {
        switch (number)
        {
            case Constant n: return n.Value;
            case Variable n: return _numbers.TryGetValue(n, out Interval known) ? known : 0;
            case Binary n: return Compute(n.Kind, Value(n.A), Value(n.B));
            case Extreme n:
                (Interval a, Interval b) = (Value(n.A), Value(n.B));
                return n.IsMost ? new Interval(Math.Max(a.Low, b.Low), Math.Max(a.High, b.High)) : new Interval(Math.Min(a.Low, b.Low), Math.Min(a.High, b.High));
            case Choice n: return Holds(n.Condition) is { } holds ? Value(holds ? n.Then : n.Otherwise) : Value(n.Then).Union(Value(n.Otherwise));
            case Conversion n: return Value(n.Value);
            case WholePanels n:
                Interval whole = Value(n.Value);
                return new Interval(Packing.PadToPanel(whole.Low), Packing.PadToPanel(whole.High));
            case TableLength n: return n.Table.Values.Count;
            case Entry n:
                Interval index = Value(n.Index) + (n.Row is null ? 0 : _tableRows[n.Row]);
                if (index.Low < 0 || index.High >= n.Table.Values.Count)
                    throw Broken($"{n.Table.Name} has no entry {index.High}");
                IEnumerable<double> entries = n.Table.Values.Skip((int)index.Low).Take((int)(index.High - index.Low + 1));
                return new Interval((long)entries.Min(), (long)entries.Max());
            default: throw Broken("a number is of an unknown kind");
        }
    }

    private Interval Compute(char kind, Interval a, Interval b)
    {
        if (kind == '+')
            return a + b;
        if (kind == '-')
            return a - b;
        if (kind == '*' && b.IsPoint)
            return a * b.Low;
        if (kind == '*' && a.IsPoint)
            return b * a.Low;
        return a.IsPoint && b.IsPoint ? Binary.Compute(kind, a.Low, b.Low) : throw Broken("a number cannot be bounded");
    }

    protected bool? Holds(Condition condition)
    {
        switch (condition)
        {
            case Flag c: return _flags.TryGetValue(c, out bool? known) ? known : Argument(c);
            case Comparison c:
                (Interval a, Interval b) = (Value(c.A), Value(c.B));
                return c.Kind switch
                {
                    ComparisonKind.Less => a.High < b.Low ? true : a.Low >= b.High ? false : null,
                    ComparisonKind.LessOrEqual => a.High <= b.Low ? true : a.Low > b.High ? false : null,
                    ComparisonKind.GreaterOrEqual => a.Low >= b.High ? true : a.High < b.Low ? false : null,
                    _ => a.IsPoint && b.IsPoint ? a.Low == b.Low : null,
                };
            default:
                bool?[] all = [.. ((All)condition).Conditions.Select(Holds)];
                return all.Contains(false) ? false : all.Contains(null) ? null : true;
        }
    }

    // ---- Places ----

    /// <summary>The argument that a place is in, and how far from where it starts.</summary>
    protected (Area Area, Interval Offset) Resolve(Place place)
    {
        (Area area, Interval offset) = _references.TryGetValue(place.Memory, out (Area, Interval) known) ? known
            : place.Memory is Area own ? (own, (Interval)0)
            : throw Broken($"{place.Memory.Name} is not declared");
        offset += place.Constant;
        foreach ((Number index, long stride) in place.Terms)
            offset += Value(index) * stride;
        return (area, offset);
    }
}
