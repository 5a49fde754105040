using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>
/// Lets several workers share a kernel's tiles, or the lines or channels of a function of the runtime: of a range whose steps stand for themselves, each takes a part. Which tiles there are and what is summed in them stays the same, and so do the bits.
/// What a kernel prepares in scratch each worker prepares for itself: all of it, or where it is prepared by a range, what its own steps of that range read.
/// </summary>
internal sealed class TileSplit
{
    /// <summary>Of so many parts, <see cref="Parts"/>, the one that is a worker's.</summary>
    public static readonly Variable Part = new("part");

    public static readonly Variable Parts = new("parts");

    /// <summary>Another range is shared where that is so much more even: what the first one prepares is then prepared by each worker.</summary>
    private const double MoreEven = 1.05;

    private readonly HashSet<string> _results;
    private int _ends;

    private TileSplit(Nest nest) => _results = [.. nest.Step.Operands
        .Where(operand => operand.IsWritten || operand.Role is OperandRole.ParameterGradient or OperandRole.State)
        .Select(operand => operand.Name)];

    /// <summary>The kernel for a part of its tiles; null where they cannot be shared, or there is one.</summary>
    public static Nest? Of(Nest nest)
    {
        Statement? body = nest.Body switch
        {
            RuntimeCall call => call.Units > 1 ? new RuntimeCall(call.Function, [.. call.Arguments]) { IsPart = true, Divisor = call.Divisor } : null,
            _ => nest.Body.All().Any(statement => statement is TileCall) ? new TileSplit(nest).Split(nest.Body, []) : null,
        };
        return body is null ? null : new Nest { Step = nest.Step, Description = nest.Description, Areas = nest.Areas, Body = body, Constants = nest.Constants, Scratch = nest.Scratch, IsSplit = true };
    }

    /// <summary>The statement for a part; null where it cannot be split.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="prepared">Ranges by which something was prepared before it, of which a part has its own.</param>
    private Statement? Split(Statement statement, HashSet<RangeKey?> prepared)
    {
        switch (statement)
        {
            case Scope s: return Split(s.Body, prepared) is { } inner ? new Scope(inner) : null;
            case Variants s:
                List<(int Lanes, Statement? Body)> bodies = [.. s.Bodies.Select(variant => (variant.Lanes, Split(variant.Body, prepared)))];
                return bodies.TrueForAll(variant => variant.Body is not null) ? new Variants([.. bodies.Select(variant => (variant.Lanes, variant.Body!))]) : null;
            case Sequence s: return Split(s, [.. prepared, .. Prepared(s)]);
            case Loop s when prepared.Contains(Key(s)): return Share(s);
            case Loop s when !CanSplit(s) || s.All().OfType<Loop>().Any(loop => prepared.Contains(Key(loop))): return Split(s.Body, prepared) is { } body ? new Loop(s.Range, body) : null;
            case Loop s: return Evenness(s.Body) > MoreEven * Evenness(Count(s)) && Split(s.Body, prepared) is { } finer ? new Loop(s.Range, finer) : Share(s);
            default: return null;
        }
    }

    /// <summary>What writes results is split, or done by one worker where that is little beside what is split.</summary>
    private Sequence? Split(Sequence sequence, HashSet<RangeKey?> prepared)
    {
        bool isSplit = false;
        var statements = new List<Statement>();
        foreach (Statement statement in sequence.Statements)
        {
            if (!statement.All().Any(Writes))
            {
                statements.Add(statement is Loop loop && prepared.Contains(Key(loop)) ? Share(loop) : statement);
            }
            else if (Split(statement, prepared) is { } split)
            {
                isSplit |= Evenness(statement) > 0;
                statements.Add(split);
            }
            else if (statement.All().All(part => part is TileCall or TileRun or Loop or Scope or Sequence or Refer or Declare))
            {
                statements.Add(new Branch(Part.IsEqualTo(Number.Zero), statement, Statement.Nothing));
            }
            else
            {
                return null;
            }
        }

        return isSplit ? new Sequence(statements) : null;
    }

    /// <summary>The ranges by which something is prepared step by step for tiles of the same range, none in another, where sharing them is as even as any other.</summary>
    private IEnumerable<RangeKey?> Prepared(Sequence sequence)
    {
        Statement[] tiles = [.. sequence.Statements.Where(statement => statement.All().Any(Writes))];
        Loop[] loops = [.. tiles.SelectMany(statement => statement.All()).OfType<Loop>()];
        HashSet<RangeKey?> read = [.. loops.Where(CanSplit).Select(Key)];
        Loop[] prepared = [.. sequence.Statements.Except(tiles).OfType<Loop>().Where(loop => Key(loop) is { } key && read.Contains(key))];
        HashSet<RangeKey?> keys = [.. prepared.Select(Key)];
        bool areApart = !loops.Any(loop => keys.Contains(Key(loop)) && loop.Body.All().OfType<Loop>().Any(inner => keys.Contains(Key(inner))));
        return areApart && prepared.Length > 0 && tiles.Max(Evenness) <= MoreEven * prepared.Max(loop => Evenness(Count(loop))) ? keys : [];
    }

    /// <summary>What tells a range from others; null where its ends are known at run time only.</summary>
    private static RangeKey? Key(Loop loop) =>
        loop.Range is { From.Known: { } from, To.Known: { } to } range ? new RangeKey(range.Counter.Name, from, to, range.Step) : null;

    /// <summary>The steps from one part of a range's to the next.</summary>
    private Sequence Share(Loop loop)
    {
        LoopRange range = loop.Range;
        Number from = range.From!;
        Number count = Known(loop) ?? Binary.Of('/', range.To - from + (range.Step - 1), range.Step);
        Number At(Number part) => from + (Binary.Of('/', count * part, Parts) * range.Step);
        var end = new Variable(range.Counter.Name + "End" + Describe.Int(_ends++));
        return new Sequence([
            new Declare(end, At(Part + 1)),
            new Loop(new LoopRange(range.Counter, At(Part), end, range.Step, range.Role) { Grain = range.Grain, Shared = Count(loop) }, loop.Body),
        ]);
    }

    private static bool CanSplit(Loop loop) =>
        loop.Range is { IsParallel: true, From: not null, Counter.Type: NumberType.Index, Role: RangeRole.Rows or RangeRole.Columns or RangeRole.Groups } && Known(loop) is not 1;

    private static long? Known(Loop loop) =>
        loop.Range is { From.Known: { } from, To.Known: { } to, Step: { } step } ? (to - from + step - 1) / step : null;

    /// <summary>The steps of a range; what is known at run time only is few, rows that fill no tile.</summary>
    private static long Count(Loop loop) => Known(loop) ?? 0;

    private static double Evenness(Statement statement) => statement.All().OfType<Loop>().Where(CanSplit).Select(loop => Evenness(Count(loop))).DefaultIfEmpty(0).Max();

    /// <summary>How busy 2, 4, 8 and 16 workers are that share so many steps, the fewer the more often.</summary>
    private static double Evenness(long count)
    {
        double Share(long workers) => count == 0 ? 0 : (double)count / ((count + workers - 1) / workers * workers);
        return ((4 * Share(2)) + (2 * Share(4)) + Share(8) + Share(16)) / 8;
    }

    private bool Writes(Statement statement) => statement switch
    {
        TileCall s => IsResult(s.C),
        Store or StoreStrided => true,
        RuntimeCall s => s.Arguments.OfType<PlaceArgument>().Any(argument => IsResult(argument.Place)),
        _ => false,
    };

    private bool IsResult(Place place)
    {
        while (place.Memory is Reference reference)
            place = reference.Place;
        return _results.Contains(place.Memory.Name);
    }

    private sealed record RangeKey(string Counter, long From, long To, long Step);
}
