using System;
using System.Globalization;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>What a value is to the network.</summary>
internal enum ValueRole
{
    /// <summary>Given by the caller or computed from that.</summary>
    Data,

    /// <summary>A parameter that training changes.</summary>
    Trained,

    /// <summary>What training updates beside the parameters, and evaluation reads.</summary>
    State,

    /// <summary>The same in every network of this declaration.</summary>
    Constant,

    /// <summary>Computed from parameters once they changed.</summary>
    Prepared,

    /// <summary>The gradient of another value, or a summand of it.</summary>
    Gradient,
}

/// <summary>A parameter in PyTorch's shape, with what its initialiser needs.</summary>
internal sealed record ParameterSpec(string Suffix, EquatableArray<int> Shape, Initializer Initializer, int FanIn, int FanOut)
{
    /// <summary>The names of its axes; none: those of a weight.</summary>
    public EquatableArray<string> Axes { get; init; }

    /// <summary>Trained, or state.</summary>
    public ValueRole Role { get; init; } = ValueRole.Trained;

    /// <summary>The type of its elements.</summary>
    public ElementType Element { get; init; }

    public long Count
    {
        get
        {
            long count = 1;
            foreach (int size in Shape)
                count *= size;
            return count;
        }
    }
}

/// <summary>A declared parameter as a part of a larger one.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="FirstOutput">Its first output among the larger one's.</param>
/// <param name="FirstInput">Its first input among those of the larger one's group.</param>
internal sealed record ParameterPart(Value Parameter, int FirstOutput, int FirstInput);

/// <summary>
/// A value: given to the network, a parameter of it, or computed by one of its nodes. Values that say the same are equal, so that equal declarations have
/// equal graphs; in a graph each has a number of its own.
/// </summary>
/// <param name="id">The number; of a computed value not negative.</param>
/// <param name="type">Its type.</param>
internal sealed class Value(int id, TensorType type) : IEquatable<Value>
{
    public int Id { get; } = id;

    public TensorType Type { get; } = type;

    public ValueRole Role { get; init; }

    /// <summary>The name of what is not computed: <c>input</c>, <c>conv1.weight</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What a parameter is declared as.</summary>
    public ParameterSpec? Spec { get; init; }

    /// <summary>The declared parameters that a larger one is made of; empty of a declared one.</summary>
    public EquatableArray<ParameterPart> Parts { get; init; }

    /// <summary>Whether the parts, all as large as this, are summed; otherwise they lie side by side.</summary>
    public bool SumsParts { get; init; }

    /// <summary>The value whose gradient this is, or a summand of it.</summary>
    public Value? GradientOf { get; init; }

    /// <summary>The shape of one sample's.</summary>
    public Shape Shape { get; } = type.Shape;

    public bool IsParameter => Role is ValueRole.Trained or ValueRole.State or ValueRole.Constant or ValueRole.Prepared;

    public bool Equals(Value? other) => ReferenceEquals(this, other)
        || (other is not null && Id == other.Id && Type == other.Type && Role == other.Role && Name == other.Name && Spec == other.Spec
            && Parts.Equals(other.Parts) && SumsParts == other.SumsParts && Equals(GradientOf, other.GradientOf));

    public override bool Equals(object? obj) => Equals(obj as Value);

    public override int GetHashCode() => Id;

    /// <summary>As the graph's text names it.</summary>
    public override string ToString() => IsParameter ? Name! : "%" + (Name ?? Id.ToString(CultureInfo.InvariantCulture));
}
