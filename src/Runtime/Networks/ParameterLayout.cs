using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace NetGen.Runtime;

/// <summary>
/// One parameter of a generated network: its name, its shape in PyTorch's order and where its elements lie in the packed buffer.
/// Seen as a matrix [rows, inner], the first dimension by the product of the others, the element (o, i) is at
/// <c>Offset + (o / Panel) * PanelStride + i' * InnerStride + o % Panel</c>. An inner index i of channels and then <c>minor</c> taps or pixels
/// is stored taps first: i' = (i % minor) * (inner / minor) + i / minor. A parameter that is a part of a larger matrix has o + firstRow for o, and
/// minorStride for inner / minor.
/// </summary>
/// <param name="name">The name, such as <c>fc1.weight</c>.</param>
/// <param name="shape">The shape; none: a scalar.</param>
/// <param name="offset">The place of the first float in the packed buffer.</param>
/// <param name="panel">Rows that stand side by side in memory.</param>
/// <param name="panelStride">Floats from one panel to the next.</param>
/// <param name="innerStride">Floats from one inner index to the next.</param>
/// <param name="minor">Taps of a filter, or pixels whose channels a linear layer reads side by side; 1 where the inner index is stored as it is.</param>
/// <param name="init">How it is initialised.</param>
/// <param name="scale">The parameter of <paramref name="init"/>; not a number for its default.</param>
/// <param name="fanIn">The layer's <c>fan_in</c>.</param>
/// <param name="fanOut">The layer's <c>fan_out</c>.</param>
/// <param name="firstRow">The first row of a part.</param>
/// <param name="minorStride">Channels of the matrix that it is a part of; 0: its own.</param>
/// <param name="isPart">Whether other parameters lie between its elements.</param>
/// <param name="paddingRows">Rows of padding behind a part's own.</param>
/// <param name="isInt64">Whether it is a 64-bit integer, a scalar in the place of the first two floats.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ParameterLayout(string name, int[] shape, int offset, int panel, int panelStride, int innerStride, int minor, Init init, double scale, int fanIn, int fanOut, int firstRow = 0, int minorStride = 0, bool isPart = false, int paddingRows = 0, bool isInt64 = false)
{
    /// <summary>One number a channel or feature, side by side.</summary>
    /// <param name="name">The name.</param>
    /// <param name="length">How many.</param>
    /// <param name="offset">The place of the first float in the packed buffer.</param>
    /// <param name="init">How they are initialised.</param>
    /// <param name="scale">The parameter of <paramref name="init"/>; not a number for its default.</param>
    /// <param name="fanIn">The layer's <c>fan_in</c>.</param>
    /// <param name="fanOut">The layer's <c>fan_out</c>.</param>
    public static ParameterLayout Vector(string name, int length, int offset, Init init, double scale, int fanIn = 1, int fanOut = 1) =>
        new(name, [length], offset, (length + 15) & ~15, (length + 15) & ~15, 0, 1, init, scale, fanIn, fanOut);

    /// <summary>A 64-bit integer that starts at 0.</summary>
    /// <param name="name">The name.</param>
    /// <param name="offset">The place of the first of its two floats in the packed buffer.</param>
    public static ParameterLayout Counter(string name, int offset) => new(name, [], offset, 16, 16, 0, 1, Init.Constant, 0, 1, 1, isInt64: true);

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The number of elements, padding not counted.</summary>
    public int Length { get; } = Product(shape);

    internal int[] Shape { get; } = shape;

    internal int Rows => Shape is [int rows, ..] ? rows : 1;

    internal int Inner => Length / Rows;

    internal bool IsInt64 => isInt64;

    /// <summary>Whether it is the weight of a normalisation, which is no matrix: one number an element, without a fan.</summary>
    internal bool IsNormWeight => Shape.Length == 1 || (FanIn == 1 && FanOut == 1 && Init == Init.Constant && Length > 1);

    /// <summary>Floats from the first element to where the next parameter may start: the end of the last panel's cache line. Of a part 0.</summary>
    internal int PackedLength => isPart ? 0 : (((Rows + panel - 1) / panel * panelStride) + 15) & ~15;

    /// <summary>The place of the first element in the packed buffer.</summary>
    internal int Offset => offset;

    /// <summary>Rows behind the last that are nobody's.</summary>
    internal int PaddingRows => paddingRows;

    internal Init Init { get; } = init;

    internal double Scale { get; } = scale;

    internal int FanIn { get; } = fanIn;

    internal int FanOut { get; } = fanOut;

    /// <summary>The place of the element (row, column) in the packed buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int PackedIndex(int row, int column)
    {
        if (minor > 1)
            column = (column % minor * (minorStride > 0 ? minorStride : Inner / minor)) + (column / minor);
        row += firstRow;
        return offset + (row / panel * panelStride) + (column * innerStride) + (row % panel);
    }

    private static int Product(int[] shape)
    {
        int product = 1;
        foreach (int size in shape)
            product = checked(product * size);
        return product;
    }
}
