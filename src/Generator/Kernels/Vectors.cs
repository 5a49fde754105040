using System.Collections.Generic;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Kernels;

// Code over vectors, for kernels that are more than tiles. A vector of one lane is a float.

internal abstract class VectorValue
{
    public static readonly VectorValue Zero = new VectorZero();

    /// <summary>The values that it is computed from.</summary>
    public virtual IEnumerable<VectorValue> Parts => [];
}

internal sealed class VectorZero : VectorValue;

internal sealed class VectorLocal(string name) : VectorValue
{
    public string Name { get; } = name;
}

/// <summary>Floats side by side; behind the first <paramref name="most"/> of them zeros.</summary>
internal sealed class Load(Place place, Number? index = null, int? most = null) : VectorValue
{
    public Place Place { get; } = place;

    /// <summary>How much further they lie.</summary>
    public Number Index { get; } = index ?? Number.Zero;

    public int? Most { get; } = most;
}

/// <summary>Floats a stride apart.</summary>
internal sealed class LoadStrided(Place place, int stride) : VectorValue
{
    public Place Place { get; } = place;

    public int Stride { get; } = stride;
}

/// <summary>A float in the first lane, zeros behind.</summary>
internal sealed class LoadFirst(Place place) : VectorValue
{
    public Place Place { get; } = place;
}

/// <summary>A float in every lane.</summary>
internal sealed class Spread(Place place) : VectorValue
{
    public Place Place { get; } = place;
}

/// <summary>A constant in every lane.</summary>
internal sealed class SpreadConstant(double value) : VectorValue
{
    public double Value { get; } = value;
}

/// <summary>An entry of a table in every lane.</summary>
internal sealed class SpreadEntry(Entry entry) : VectorValue
{
    public Entry Entry { get; } = entry;
}

/// <summary>A float a lane from anywhere; zero where there is none.</summary>
internal sealed class Gathered(IReadOnlyList<Place?> places) : VectorValue
{
    public IReadOnlyList<Place?> Places { get; } = places;
}

/// <summary>A · B + C, rounded once.</summary>
internal sealed class MultiplyAdd(VectorValue a, VectorValue b, VectorValue c) : VectorValue
{
    public VectorValue A { get; } = a;

    public VectorValue B { get; } = b;

    public VectorValue C { get; } = c;

    public override IEnumerable<VectorValue> Parts => [A, B, C];
}

internal sealed class Times(VectorValue a, VectorValue b) : VectorValue
{
    public VectorValue A { get; } = a;

    public VectorValue B { get; } = b;

    public override IEnumerable<VectorValue> Parts => [A, B];
}

/// <summary>The sum from the first to the last.</summary>
internal sealed class Plus(IReadOnlyList<VectorValue> values) : VectorValue
{
    public IReadOnlyList<VectorValue> Values { get; } = values;

    public override IEnumerable<VectorValue> Parts => Values;
}

/// <summary>A function of each lane, or its derivative from what was saved, which stands as the second factor of a product.</summary>
internal sealed class Activated(ActivationOp activation, VectorValue value, bool isDerivative = false) : VectorValue
{
    public ActivationOp Activation { get; } = activation;

    public VectorValue Value { get; } = value;

    public bool IsDerivative { get; } = isDerivative;

    public override IEnumerable<VectorValue> Parts => [Value];
}

/// <summary>An expression of floats, each a place or a value.</summary>
internal sealed class Evaluated(Expression expression, IReadOnlyList<VectorValue> operands) : VectorValue
{
    public Evaluated(Expression expression, IEnumerable<Place> places)
        : this(expression, [.. System.Linq.Enumerable.Select(places, place => new Load(place))])
    {
    }

    public Expression Expression { get; } = expression;

    public IReadOnlyList<VectorValue> Operands { get; } = operands;

    public override IEnumerable<VectorValue> Parts => Operands;
}

/// <summary>The float in the first lane.</summary>
internal sealed class FirstLane(VectorValue value) : VectorValue
{
    public VectorValue Value { get; } = value;

    public override IEnumerable<VectorValue> Parts => [Value];
}

/// <summary>The sum of 16 lanes of one or several vectors by a fixed tree.</summary>
internal sealed class LaneSum(IReadOnlyList<VectorValue> values) : VectorValue
{
    public IReadOnlyList<VectorValue> Values { get; } = values;

    public override IEnumerable<VectorValue> Parts => Values;
}

// ---- Statements over vectors ----

internal abstract class VectorStatement(int lanes) : Statement
{
    public int Lanes { get; } = lanes;
}

internal sealed class DeclareVectors(int lanes, IReadOnlyList<(string Name, VectorValue Value)> vectors) : VectorStatement(lanes)
{
    public DeclareVectors(int lanes, string name, VectorValue value)
        : this(lanes, [(name, value)])
    {
    }

    public IReadOnlyList<(string Name, VectorValue Value)> Vectors { get; } = vectors;
}

internal enum AssignmentKind { Set, Add }

internal sealed class AssignVector(int lanes, string name, VectorValue value, AssignmentKind kind = AssignmentKind.Set) : VectorStatement(lanes)
{
    public string Name { get; } = name;

    public VectorValue Value { get; } = value;

    public AssignmentKind Kind { get; } = kind;
}

internal sealed class Store(int lanes, VectorValue value, Place place, Number? index = null) : VectorStatement(lanes)
{
    public VectorValue Value { get; } = value;

    public Place Place { get; } = place;

    /// <summary>How much further it is stored.</summary>
    public Number Index { get; } = index ?? Number.Zero;
}

/// <summary>Stores the first <paramref name="count"/> lanes, a stride apart.</summary>
internal sealed class StoreStrided(int lanes, VectorValue value, Place place, int stride, Number count) : VectorStatement(lanes)
{
    public VectorValue Value { get; } = value;

    public Place Place { get; } = place;

    public int Stride { get; } = stride;

    public Number Count { get; } = count;
}
