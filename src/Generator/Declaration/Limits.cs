using System.Globalization;

namespace NetGen.Generator.Compiler;

/// <summary>How large a network may be.</summary>
internal static class Limits
{
    /// <summary>The largest number of packed parameters: a span indexes twice as many.</summary>
    public const int MaxFloats = 1 << 30;

    /// <summary>The largest sum of all values of a sample, with the borders that convolutions need around them.</summary>
    public const int MaxActivations = 1 << 26;

    /// <summary>The largest length in a picture, a kernel or a stride.</summary>
    public const int MaxLength = 1 << 24;

    /// <summary>
    /// The same with channels or rows padded to vectors. A workspace holds of each value at most four buffers (output, input of the activation or mask, or a few rows of statistics,
    /// and their gradients) and copies of them in another order, so its offsets fit an int.
    /// </summary>
    public const int MaxPadded = 1 << 27;

    /// <summary>The most layers, every copy of a block counted.</summary>
    public const int MaxLayers = 4096;

    /// <summary>Too many layers, in words.</summary>
    public static string Layers(long count) => Grouped(count) + " layers, every copy of a block counted";

    public static string Grouped(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
