using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What a place of a layer's output sees of the network's input, all channels together. A flat output is one place.</summary>
/// <param name="Axes">Along each dimension of the input but for channels; none where the input is flat.</param>
internal sealed record ReceptiveField(EquatableArray<FieldAxis> Axes)
{
    /// <summary>As people read it: <c>5x5</c>; empty where the input is flat.</summary>
    public string Size => Text(axis => axis.Size.ToString(CultureInfo.InvariantCulture));

    /// <summary>The distance of what neighbouring places see; empty where all places see the same.</summary>
    public string Stride => IsGlobal ? "" : Text(axis => axis.Stride.ToString("0.##", CultureInfo.InvariantCulture));

    /// <summary>The first index that place 0 sees; empty where all places see the same.</summary>
    public string Start => IsGlobal ? "" : string.Join(", ", Axes.Select(axis => axis.Start.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Whether all places see the same.</summary>
    public bool IsGlobal => Axes.All(axis => axis.IsGlobal);

    private string Text(Func<FieldAxis, string> text) => string.Join("x", Axes.Select(text));
}

/// <summary>
/// What places see along one dimension: place i sees <paramref name="Size"/> indices from <paramref name="Start"/> + i · <paramref name="Stride"/> on, those of them
/// that lie inside of the input. The numbers are integers, but where windows are not evenly spaced, behind an adaptive pool for instance: then the size is the largest,
/// and the stride the mean distance.
/// </summary>
internal readonly record struct FieldAxis(int Size, double Stride, int Start)
{
    /// <summary>The network's input: each place sees itself.</summary>
    public static FieldAxis Input => new(1, 1, 0);

    /// <summary>Whether all places see the same.</summary>
    public bool IsGlobal => Stride == 0;

    /// <summary>The first index that a place sees, and the one behind its last; the whole of the window where it reaches beyond the input.</summary>
    public (double First, double End) Window(int place) => (Start + (place * Stride), Start + (place * Stride) + Size);

    /// <summary>Of windows over this.</summary>
    /// <param name="length">Places from the first to the last of a window.</param>
    /// <param name="stride">Distance of two windows.</param>
    /// <param name="first">The first place of window 0.</param>
    public FieldAxis Windows(int length, double stride, int first) => Of(Start + (first * Stride), Size + ((length - 1.0) * Stride), Stride * stride);

    /// <summary>What all places together see of the input.</summary>
    /// <param name="places">How many there are.</param>
    /// <param name="input">The input's size.</param>
    public FieldAxis Whole(int places, int input)
    {
        double first = Math.Max(0, Start);
        return Of(first, Math.Max(0, Math.Min(input, Window(places - 1).End) - first), 0);
    }

    /// <summary>What is seen by this or by another, which has as many places.</summary>
    public FieldAxis Union(FieldAxis other, int places)
    {
        // The ends of affine windows are affine; where strides differ their minimum is concave and their maximum convex, so the outermost places decide.
        (var front, var back) = (Both(this, other, 0), Both(this, other, places - 1));
        double stride = places == 1 ? Math.Max(Stride, other.Stride) : (back.First - front.First) / (places - 1);
        return Of(front.First, Math.Max(front.End - front.First, back.End - back.First), stride);

        static (double First, double End) Both(FieldAxis a, FieldAxis b, int place) =>
            (Math.Min(a.Window(place).First, b.Window(place).First), Math.Max(a.Window(place).End, b.Window(place).End));
    }

    /// <summary>Windows of one place may be as far apart as they like; the numbers stay those of an int.</summary>
    private static FieldAxis Of(double start, double size, double stride) => new(Bounded(Math.Ceiling(size)), Math.Min(stride, int.MaxValue), Bounded(Math.Floor(start)));

    private static int Bounded(double value) => (int)Math.Max(int.MinValue, Math.Min(int.MaxValue, value));
}

/// <summary>The places of a node along a dimension of the network's input.</summary>
/// <param name="Node">The node.</param>
/// <param name="Axis">The dimension, channels not counted.</param>
/// <param name="Input">The size of the network's input along it.</param>
internal readonly record struct FieldPlaces(Node Node, int Axis, int Input)
{
    /// <summary>The places of what the node reads.</summary>
    public int OfInput => Count(Node.Input);

    /// <summary>Of what an op has for each dimension. Layers of one dimension have width alone, and the axis is that.</summary>
    public int Of(Size2 size) => Axis == Node.Input.Rank - 2 ? size.Width : size.Height;

    /// <summary>Whether it is one of so many last dimensions, or none are named.</summary>
    public bool IsAmongLast(int count) => count == 0 || Axis + 1 >= Node.Input.Rank - count;

    /// <summary>What all places of the node's input see together.</summary>
    public FieldAxis Whole(FieldAxis x) => x.Whole(OfInput, Input);

    /// <summary>What is seen by any of the values that the node reads.</summary>
    public FieldAxis Union(IReadOnlyList<FieldAxis> sources)
    {
        int places = Count(Node.Output);
        return sources.Aggregate((all, other) => all.Union(other, places));
    }

    private int Count(Shape shape) => shape.IsFlat ? 1 : shape.Sizes[Axis + 1];
}
