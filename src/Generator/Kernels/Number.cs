using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>An integer of a nest: known now, a counter, or computed from them when the kernel runs.</summary>
internal abstract class Number
{
    public static readonly Number Zero = new Constant(0);
    public static readonly Number One = new Constant(1);

    /// <summary>Its value where it is known now.</summary>
    public long? Known => this is Constant constant ? constant.Value : null;

    /// <summary>Whether it is known now, and this.</summary>
    public bool Is(long value) => this is Constant constant && constant.Value == value;

    public static implicit operator Number(long value) => value == 0 ? Zero : value == 1 ? One : new Constant(value);

    public static Number operator +(Number a, Number b) => a.Is(0) ? b : b.Is(0) ? a : Binary.Of('+', a, b);

    public static Number operator -(Number a, Number b) => b.Is(0) ? a : Binary.Of('-', a, b);

    public static Number operator *(Number a, Number b) => a.Is(1) ? b : b.Is(1) ? a : Binary.Of('*', a, b);

    public static Number operator %(Number a, Number b) => Binary.Of('%', a, b);

    public static Condition operator <(Number a, Number b) => new Comparison(ComparisonKind.Less, a, b);

    public static Condition operator >(Number a, Number b) => new Comparison(ComparisonKind.Less, b, a);

    public static Condition operator <=(Number a, Number b) => new Comparison(ComparisonKind.LessOrEqual, a, b);

    public static Condition operator >=(Number a, Number b) => new Comparison(ComparisonKind.GreaterOrEqual, a, b);

    public Condition IsEqualTo(Number other) => new Comparison(ComparisonKind.Equal, this, other);

    public static Number If(Condition condition, Number then, Number otherwise) => new Choice(condition, then, otherwise);

    public static Number Least(Number a, Number b) => new Extreme(isMost: false, a, b);

    public static Number Most(Number a, Number b) => new Extreme(isMost: true, a, b);

    public Number As(NumberType type) => new Conversion(type, this);
}

/// <summary>The type that a number is declared with or converted to.</summary>
internal enum NumberType { Index, Int, Long, Float, Double }

internal sealed class Constant(long value) : Number
{
    public long Value { get; } = value;
}

/// <summary>A counter, or a number that is declared.</summary>
internal sealed class Variable(string name, NumberType type = NumberType.Index) : Number
{
    public string Name { get; } = name;

    public NumberType Type { get; } = type;

    /// <summary>The number of samples.</summary>
    public static readonly Variable Rows = new("rows");

    /// <summary>The number of samples of the whole batch, of which a pass may have a piece.</summary>
    public static readonly Variable Batch = new("batch");
}

internal sealed class Binary : Number
{
    private Binary(char kind, Number a, Number b) => (Kind, A, B) = (kind, a, b);

    /// <summary>One of + - * / % &amp;.</summary>
    public char Kind { get; }

    public Number A { get; }

    public Number B { get; }

    public static Number Of(char kind, Number a, Number b) =>
        a.Known is { } x && b.Known is { } y && kind != '/' ? Compute(kind, x, y) : new Binary(kind, a, b);

    public static long Compute(char kind, long a, long b) => kind switch
    {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        '/' => b == 0 ? 0 : a / b,
        _ => b == 0 ? 0 : a % b,
    };
}

/// <summary>The smaller or the larger of two.</summary>
internal sealed class Extreme(bool isMost, Number a, Number b) : Number
{
    public bool IsMost { get; } = isMost;

    public Number A { get; } = a;

    public Number B { get; } = b;
}

internal sealed class Choice(Condition condition, Number then, Number otherwise) : Number
{
    public Condition Condition { get; } = condition;

    public Number Then { get; } = then;

    public Number Otherwise { get; } = otherwise;
}

internal sealed class Conversion(NumberType type, Number value) : Number
{
    public NumberType Type { get; } = type;

    public Number Value { get; } = value;
}

/// <summary>Rounded up to a multiple of 16.</summary>
internal sealed class WholePanels(Number value) : Number
{
    public Number Value { get; } = value;
}

/// <summary>An entry of a table of numbers, or of a row of one.</summary>
internal sealed class Entry(Table table, Number index, TableRow? row = null) : Number
{
    public Table Table { get; } = table;

    public TableRow? Row { get; } = row;

    public Number Index { get; } = index;
}

/// <summary>How many entries a table has.</summary>
internal sealed class TableLength(Table table) : Number
{
    public Table Table { get; } = table;
}

internal enum ComparisonKind { Less, LessOrEqual, GreaterOrEqual, Equal }

internal abstract class Condition
{
    public static readonly Condition Always = new All([]);

    /// <summary>What holds where all of them do.</summary>
    public static Condition AllOf(IReadOnlyList<Condition> conditions) => conditions.Count == 1 ? conditions[0] : conditions.Count == 0 ? Always : new All(conditions);

    public bool IsAlways => this is All { Conditions.Count: 0 };
}

internal sealed class Comparison(ComparisonKind kind, Number a, Number b) : Condition
{
    public ComparisonKind Kind { get; } = kind;

    public Number A { get; } = a;

    public Number B { get; } = b;
}

internal sealed class All(IReadOnlyList<Condition> conditions) : Condition
{
    public IReadOnlyList<Condition> Conditions { get; } = conditions;
}

/// <summary>A condition that is declared, or an argument of the method.</summary>
internal sealed class Flag(string name) : Condition
{
    public string Name { get; } = name;
}
