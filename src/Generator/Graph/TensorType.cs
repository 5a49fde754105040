using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler;

internal enum ElementType { F32, I32, I64 }

/// <summary>A dimension with its meaning: <c>C</c> channels or features, <c>H</c> and <c>W</c> rows and columns, <c>L</c> places of a sequence, <c>O</c> and <c>I</c> a weight's outputs and inputs.</summary>
internal readonly record struct Axis(string Name, int Size)
{
    public override string ToString() => Name + " " + Size.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The type of a value: its elements and its axes, the batch left out.</summary>
/// <param name="Element">The type of an element.</param>
/// <param name="Axes">From the slowest to the fastest.</param>
/// <param name="IsPerSample">Whether each sample has one; otherwise there is one for all.</param>
internal sealed record TensorType(ElementType Element, EquatableArray<Axis> Axes, bool IsPerSample = true)
{
    /// <summary>The name of the batch among axes; it is in no type.</summary>
    public const string Batch = "N";

    public Shape Shape => new(Axes.Select(axis => axis.Size).ToEquatableArray());

    /// <summary>A sample's value of this shape.</summary>
    public static TensorType Of(Shape shape, ElementType element = ElementType.F32) => new(element, Named(shape.Sizes, AxesOf(shape.Rank)));

    /// <summary>A parameter's type.</summary>
    public static TensorType Of(ParameterSpec spec) => new(spec.Element, Named(spec.Shape, spec.Axes.Count > 0 ? spec.Axes : WeightAxes(spec.Shape.Count)), IsPerSample: false);

    /// <summary>As people read it: <c>f32[C 32, H 8, W 8]</c>.</summary>
    public override string ToString() => Element.ToString().ToLowerInvariant() + "[" + string.Join(", ", Axes) + "]";

    private static EquatableArray<Axis> Named(EquatableArray<int> sizes, IReadOnlyList<string> names) => sizes.Select((size, i) => new Axis(names[i], size)).ToEquatableArray();

    private static IReadOnlyList<string> AxesOf(int rank) => rank switch
    {
        1 => ["C"],
        2 => ["C", "L"],
        3 => ["C", "H", "W"],
        4 => ["C", "D", "H", "W"],
        _ => [.. Enumerable.Range(0, rank).Select(i => i == 0 ? "C" : "D" + i.ToString(CultureInfo.InvariantCulture))],
    };

    private static IReadOnlyList<string> WeightAxes(int rank) => rank switch
    {
        1 => ["C"],
        2 => ["O", "I"],
        3 => ["O", "I", "L"],
        _ => ["O", "I", "H", "W"],
    };
}
