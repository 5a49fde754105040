using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>
/// A kernel's loops as a value: which ranges it goes through in which order, and which places its leaves touch there.
/// It decides all that a kernel has to decide; printing decides nothing.
/// </summary>
internal sealed class Nest
{
    /// <summary>The first of the steps whose kernel it is.</summary>
    public required Step Step { get; init; }

    /// <summary>The method's name.</summary>
    public string Method => Step.Method;

    /// <summary>What it is for people, a line each.</summary>
    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>The memory that it works on, by name.</summary>
    public required IReadOnlyList<Area> Areas { get; init; }

    public required Statement Body { get; init; }

    /// <summary>Constants beside the method: products, phases, windows.</summary>
    public IReadOnlyList<NestConstant> Constants { get; init; } = [];

    /// <summary>Floats that a worker needs for itself.</summary>
    public long Scratch { get; init; }

    /// <summary>Whether workers can share its tiles, or the lines or channels of what it calls: its method then takes the part that is a worker's.</summary>
    public bool IsSplit { get; init; }

    /// <summary>How many tiles, lines or channels they share, at the widest vectors; 0 where they share none, or as many as the batch has samples.</summary>
    public long Tiles => Shared(Body);

    private static long Shared(Statement statement) => statement switch
    {
        Variants s => Shared(s.Bodies[0].Body),
        RuntimeCall { IsPart: true } s => s.Units,
        Loop { Range.Shared: > 0 } s => s.Range.Shared,
        _ => statement.Parts.Select(Shared).DefaultIfEmpty(0).Max(),
    };
}

/// <summary>A constant of the generated class that belongs to a nest.</summary>
internal abstract class NestConstant(string name)
{
    public string Name { get; } = name;
}

// ---- Memory ----

/// <summary>What places are told from.</summary>
internal abstract class Memory(string name)
{
    public string Name { get; } = name;

    /// <summary>The place at a sum of indices times strides; what is known now is one number.</summary>
    public Place At(params (Number Index, long Stride)[] terms)
    {
        long constant = 0;
        var variable = new List<(Number Index, long Stride)>(terms.Length);
        foreach ((Number index, long stride) in terms)
        {
            if (index.Known is { } value)
                constant += value * stride;
            else if (stride != 0)
                variable.Add((index, stride));
        }

        return new Place(this, variable, constant);
    }

    public Place At(long offset) => new(this, [], offset);

    public Place Start => At(0);
}

/// <summary>An argument of the method: a buffer's samples, parameters, scratch or what is the caller's.</summary>
internal sealed class Area(string name, Buffer? buffer = null, long length = 0) : Memory(name)
{
    /// <summary>The buffer, of which there is a sample a row.</summary>
    public Buffer? Buffer { get; } = buffer;

    /// <summary>Floats of what is no buffer.</summary>
    public long Length { get; } = length;
}

/// <summary>A place with a name, declared by <see cref="Refer"/>.</summary>
internal sealed class Reference(string name, Place place) : Memory(name)
{
    public Place Place { get; } = place;
}

/// <summary>An affine address: where memory starts, and how far from there.</summary>
internal sealed class Place(Memory memory, IReadOnlyList<(Number Index, long Stride)> terms, long constant)
{
    public Memory Memory { get; } = memory;

    public IReadOnlyList<(Number Index, long Stride)> Terms { get; } = terms;

    public long Constant { get; } = constant;

    /// <summary>The place further on.</summary>
    public Place At(params (Number Index, long Stride)[] terms)
    {
        Place further = Memory.At(terms);
        return new Place(Memory, [.. Terms, .. further.Terms], Constant + further.Constant);
    }
}

/// <summary>A table of constants, whole numbers or floats, in rows of <paramref name="columns"/>.</summary>
internal sealed class Table(string name, string comment, bool isFloat, IReadOnlyList<double> values, int columns = 1) : NestConstant(name)
{
    /// <summary>What it holds, for people.</summary>
    public string Comment { get; } = comment;

    public bool IsFloat { get; } = isFloat;

    public IReadOnlyList<double> Values { get; } = values;

    public int Columns { get; } = columns;
}

// ---- Blocks ----

internal abstract class Statement
{
    public static readonly Statement Nothing = new Sequence([]);

    /// <summary>The statements directly in it.</summary>
    public virtual IEnumerable<Statement> Parts => [];

    /// <summary>It and all statements in it, in order.</summary>
    public IEnumerable<Statement> All() => Parts.SelectMany(part => part.All()).Prepend(this);
}

/// <summary>Statements in their order.</summary>
internal sealed class Sequence(IReadOnlyList<Statement> statements) : Statement
{
    public IReadOnlyList<Statement> Statements { get; } = statements;

    public override IEnumerable<Statement> Parts => Statements;
}

/// <summary>Statements whose declarations end with them.</summary>
internal sealed class Scope(Statement body) : Statement
{
    public Statement Body { get; } = body;

    public override IEnumerable<Statement> Parts => [Body];
}

/// <summary>What a range counts, and so what may be done with it.</summary>
internal enum RangeRole
{
    /// <summary>Samples of the batch, one after the other or in blocks.</summary>
    Samples,

    /// <summary>Rows of a result: samples, pixels, taps or channels, of which a tile has some.</summary>
    Rows,

    /// <summary>Columns of a result in panels.</summary>
    Columns,

    /// <summary>Groups of channels, which do not meet.</summary>
    Groups,

    /// <summary>Pixels whose taps are the same.</summary>
    Phases,

    /// <summary>Chunks of a reduction, added in order.</summary>
    Chunks,

    /// <summary>Terms of a reduction.</summary>
    Terms,

    /// <summary>Vectors of elements that stand for themselves.</summary>
    Vectors,
}

/// <summary>A counter that goes from a number to another in steps.</summary>
internal sealed class LoopRange(Variable counter, Number? from, Number to, long step, RangeRole role)
{
    public Variable Counter { get; } = counter;

    /// <summary>Where it starts; null: where its counter, declared before, stands. Then only whole steps are made, and the counter stands behind them.</summary>
    public Number? From { get; } = from;

    public Number To { get; } = to;

    public long Step { get; } = step;

    public RangeRole Role { get; } = role;

    /// <summary>Steps that one worker takes at least where several share the range; 0: they may not.</summary>
    public long Grain { get; init; }

    public bool IsParallel => Grain > 0;

    /// <summary>Steps of the whole range, of which this is a worker's part; 0 where it is all of it, or they are known at run time only.</summary>
    public long Shared { get; init; }

    public bool IsReduction => Role is RangeRole.Chunks or RangeRole.Terms;
}

internal sealed class Loop(LoopRange range, Statement body) : Statement
{
    public LoopRange Range { get; } = range;

    public Statement Body { get; } = body;

    public override IEnumerable<Statement> Parts => [Body];
}

/// <summary>A body for each vector width, the widest first; a machine runs the first that it has.</summary>
internal sealed class Variants(IReadOnlyList<(int Lanes, Statement Body)> bodies) : Statement
{
    public IReadOnlyList<(int Lanes, Statement Body)> Bodies { get; } = bodies;

    public override IEnumerable<Statement> Parts => Bodies.Select(variant => variant.Body);

    public static Variants Of(Func<int, Statement> body) => new([.. VectorWidths.Lanes.Select(lanes => (lanes, body(lanes)))]);
}

internal sealed class Branch(Condition condition, Statement then, Statement otherwise) : Statement
{
    public Condition Condition { get; } = condition;

    public Statement Then { get; } = then;

    public Statement Otherwise { get; } = otherwise;

    public override IEnumerable<Statement> Parts => [Then, Otherwise];
}

// ---- Declarations ----

internal sealed class Declare(Variable variable, Number value) : Statement
{
    public Variable Variable { get; } = variable;

    public Number Value { get; } = value;
}

/// <summary>Gives a declared number another value.</summary>
internal sealed class Assign(Variable variable, Number value) : Statement
{
    public Variable Variable { get; } = variable;

    public Number Value { get; } = value;
}

internal sealed class DeclareFlag(Flag flag, Condition value) : Statement
{
    public Flag Flag { get; } = flag;

    public Condition Value { get; } = value;
}

internal sealed class Refer(Reference reference) : Statement
{
    public Reference Reference { get; } = reference;
}

/// <summary>An argument stands for another place from here on.</summary>
internal sealed class Rebind(Area area, Place place) : Statement
{
    public Area Area { get; } = area;

    public Place Place { get; } = place;
}

/// <summary>A row of a table with a name.</summary>
internal sealed class TableRow(string name, Table table, Number first) : Statement
{
    public string Name { get; } = name;

    public Table Table { get; } = table;

    public Number First { get; } = first;

    public Entry this[int index] => new(Table, index, this);
}

/// <summary>Tables that stand in the method.</summary>
internal sealed class DeclareTables(string comment, IReadOnlyList<Table> tables) : Statement
{
    public string Comment { get; } = comment;

    public IReadOnlyList<Table> Tables { get; } = tables;
}

// ---- Leaves ----

/// <summary>A register tile: the sums of its cells over three loops, and what becomes of them.</summary>
internal sealed class TileCall : Statement
{
    public required ProductTile Tile { get; init; }

    public required TileProduct Product { get; init; }

    public required Place A { get; init; }

    public required Place B { get; init; }

    public required Place C { get; init; }

    /// <summary>Where the product's bias starts; null without.</summary>
    public Place? Bias { get; init; }

    /// <summary>What is kept or was saved; null without.</summary>
    public Place? Saved { get; init; }

    /// <summary>What starts the sums; null without.</summary>
    public Place? Start { get; init; }

    /// <summary>What is added to the finished sums; null without.</summary>
    public Place? Addend { get; init; }

    public Number Outer { get; init; } = Number.One;

    public Number Middle { get; init; } = Number.One;

    public required Number Inner { get; init; }

    /// <summary>Whether the sums start here; otherwise they go on from what C holds.</summary>
    public Condition IsFirst { get; init; } = Condition.Always;

    /// <summary>Whether they end here.</summary>
    public Condition IsLast { get; init; } = Condition.Always;

    /// <summary>The same with what is given in its place.</summary>
    public TileCall With(
        ProductTile? tile = null, TileProduct? product = null, Place? a = null, Place? b = null, Place? c = null, Place? bias = null, Place? saved = null, Place? start = null, Place? addend = null, Number? inner = null) => new()
        {
            Tile = tile ?? Tile,
            Product = product ?? Product,
            A = a ?? A,
            B = b ?? B,
            C = c ?? C,
            Bias = bias ?? Bias,
            Saved = saved ?? Saved,
            Start = start ?? Start,
            Addend = addend ?? Addend,
            Outer = Outer,
            Middle = Middle,
            Inner = inner ?? Inner,
            IsFirst = IsFirst,
            IsLast = IsLast,
        };

    /// <summary>The tile of another height some rows further down, by the product's strides of columns. It is one line, whose bias, if any, is one a column.</summary>
    public TileCall Down(Number rows, int height)
    {
        TileStrides strides = Product.Strides;
        return With(
            tile: Tile with { Width = height },
            a: A.At((rows, strides.AColumn)),
            c: C.At((rows, strides.CColumn)),
            saved: Saved?.At((rows, strides.SavedColumn)),
            start: Start?.At((rows, strides.StartColumn)),
            addend: Addend?.At((rows, strides.AddColumn)));
    }
}

/// <summary>Rows of a product, the tallest tiles first. The runtime has it as one function, for the tiles of <see cref="Tiling.SharedRuns"/>.</summary>
internal sealed class TileRun : Statement
{
    /// <param name="first">The tile at the first row, of any height.</param>
    /// <param name="rows">How many rows there are.</param>
    public TileRun(TileCall first, Number rows)
    {
        (First, Rows) = (first, rows);
        EquatableArray<int> heights = Tiling.Heights(first.Tile.Kind, first.Tile.Lanes);
        var tiles = new List<Statement>();
        if (rows.Known is { } known)
        {
            long row = 0;
            foreach (int height in heights)
            {
                for (; row + height <= known; row += height)
                    tiles.Add(first.Down(row, height));
            }
        }
        else
        {
            var row = new Variable("row");
            tiles.Add(new Declare(row, Number.Zero));
            tiles.AddRange(heights.Select(height => new Loop(new LoopRange(row, null, rows, height, RangeRole.Rows), first.Down(row, height))));
        }

        Tiles = new Sequence(tiles);
    }

    public TileCall First { get; }

    public Number Rows { get; }

    /// <summary>Its tiles one by one.</summary>
    public Statement Tiles { get; }

    public override IEnumerable<Statement> Parts => [Tiles];
}

/// <summary>A function of the runtime; what it reads and writes follows from its name and arguments.</summary>
internal sealed class RuntimeCall(string function, params Argument[] arguments) : Statement
{
    /// <summary>Class and method.</summary>
    public string Function { get; } = function;

    public IReadOnlyList<Argument> Arguments { get; } = arguments;

    /// <summary>Of how many units workers can do some each: lines of a picture, channels or panels of them; 1 where the function has no such form.</summary>
    public long Units => Function switch
    {
        "PictureKernels.Copy" => Layout(1).Height,
        "PictureKernels.BiasGradient" or "NormKernels.BatchNormStatistics" or "NormKernels.BatchNormSums" => Layout(1) is { IsPlanes: true } planes ? planes.Channels : Tiling.Panels(Layout(1).Channels),
        _ => 1,
    };

    /// <summary>Whether it does the units that are a worker's part.</summary>
    public bool IsPart { get; init; }

    /// <summary>What the result is divided by before the kernel returns it; null where there is none.</summary>
    public Number? Divisor { get; init; }

    private PictureLayout Layout(int argument) => ((LayoutArgument)Arguments[argument]).Layout;
}

internal abstract class Argument
{
    public static implicit operator Argument(Place place) => new PlaceArgument(place);

    public static implicit operator Argument(Memory memory) => new PlaceArgument(memory.Start);

    public static implicit operator Argument(Number number) => new NumberArgument(number);

    public static implicit operator Argument(long number) => new NumberArgument(number);

    public static implicit operator Argument(bool value) => new BoolArgument(value);

    public static implicit operator Argument(Condition condition) => new ConditionArgument(condition);

    public static implicit operator Argument(double value) => new FloatArgument(value);

    public static implicit operator Argument(NestConstant constant) => new ConstantArgument(constant);

    public static implicit operator Argument(PictureLayout layout) => new LayoutArgument(layout);

    public static implicit operator Argument(ConvForm form) => new FormArgument(form);
}

internal sealed class PlaceArgument(Place place) : Argument
{
    public Place Place { get; } = place;
}

internal sealed class NumberArgument(Number number) : Argument
{
    public Number Number { get; } = number;
}

internal sealed class BoolArgument(bool value) : Argument
{
    public bool Value { get; } = value;
}

internal sealed class ConditionArgument(Condition condition) : Argument
{
    public Condition Condition { get; } = condition;
}

internal sealed class FloatArgument(double value) : Argument
{
    public double Value { get; } = value;
}

internal sealed class ConstantArgument(NestConstant constant) : Argument
{
    public NestConstant Constant { get; } = constant;
}

internal sealed class LayoutArgument(PictureLayout layout) : Argument
{
    public PictureLayout Layout { get; } = layout;
}

internal sealed class FormArgument(ConvForm form) : Argument
{
    public ConvForm Form { get; } = form;
}
