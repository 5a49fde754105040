using System;
using System.Globalization;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>A height and a width. Layers of one dimension have height 1.</summary>
internal readonly record struct Size2(int Height, int Width)
{
    public int Count => Height * Width;

    public static Size2 Of(int both) => new(both, both);

    /// <summary>As constructor arguments: <c>3</c>, or <c>3, 5</c>.</summary>
    public string Argument(int dimensions) => string.Format(CultureInfo.InvariantCulture, dimensions == 1 || Height == Width ? "{1}" : "{0}, {1}", Height, Width);

    /// <summary>As a named option behind other arguments: <c>, Stride = 2</c>, or <c>, StrideHW = [2, 1]</c>.</summary>
    public string Option(string name, int dimensions) =>
        string.Format(CultureInfo.InvariantCulture, dimensions == 1 || Height == Width ? ", {0} = {2}" : ", {0}HW = [{1}, {2}]", name, Height, Width);

    /// <summary>As a size in a message: <c>3x5</c>, of one dimension <c>5</c>.</summary>
    public string Text(int dimensions) => dimensions == 1 ? Width.ToString(CultureInfo.InvariantCulture) : ToString();

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0}x{1}", Height, Width);
}

/// <summary>Rows and columns of zeros around a picture.</summary>
internal readonly record struct Border(int Top, int Left, int Bottom, int Right)
{
    public bool IsEmpty => this == default;

    public Border Union(Border other) => new(
        Math.Max(Top, other.Top), Math.Max(Left, other.Left), Math.Max(Bottom, other.Bottom), Math.Max(Right, other.Right));
}

/// <summary>A sample as channels of a picture: <c>[c, h, w]</c>, <c>[c, l]</c> and what has more dimensions as height 1, flat <c>[n]</c> as n channels of one pixel.</summary>
internal readonly record struct Picture(int Channels, int Height, int Width)
{
    public int Pixels => Height * Width;

    public long Count => (long)Channels * Height * Width;

    public static Picture Of(Shape shape) => shape.Rank switch
    {
        1 => new Picture(shape.Sizes[0], 1, 1),
        2 => new Picture(shape.Sizes[0], 1, shape.Sizes[1]),
        3 => new Picture(shape.Sizes[0], shape.Sizes[1], shape.Sizes[2]),
        _ => new Picture(shape.Sizes[0], 1, (int)(shape.ElementCount / shape.Sizes[0])),
    };

    /// <summary>As people read it: <c>96x23x23</c>.</summary>
    public string Display => string.Format(CultureInfo.InvariantCulture, "{0}x{1}x{2}", Channels, Height, Width);

    /// <summary>The shape with this layer's number of dimensions.</summary>
    public Shape ToShape(int dimensions) => dimensions == 1
        ? new Shape(EquatableArray.Of(Channels, Width))
        : new Shape(EquatableArray.Of(Channels, Height, Width));
}
