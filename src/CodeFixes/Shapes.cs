using System.Globalization;
using System.Linq;

namespace NetGen.CodeFixes;

/// <summary>Shapes as messages have them: <c>3x32x32</c>.</summary>
internal static class Shapes
{
    /// <summary>The sizes; none where it is no shape.</summary>
    public static int[] Parse(string shape)
    {
        string[] sizes = shape.Split('x');
        return sizes.All(size => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out _)) ? [.. sizes.Select(size => int.Parse(size, CultureInfo.InvariantCulture))] : [];
    }

    /// <summary>
    /// The smallest stride, of all dimensions alike or else of each, at which windows of one element go from some lengths to others; null where there is none.
    /// </summary>
    public static int[]? Strides(int[] from, int[] to)
    {
        bool Leads(int i, int stride) => ((from[i] - 1) / stride) + 1 == to[i];
        int[] dimensions = [.. Enumerable.Range(0, from.Length)];
        if (Enumerable.Range(1, from.Max()).FirstOrDefault(stride => dimensions.All(i => Leads(i, stride))) is > 0 and int common)
            return [common];
        int[] strides = [.. dimensions.Select(i => Enumerable.Range(1, from[i]).FirstOrDefault(stride => Leads(i, stride)))];
        return strides.All(stride => stride > 0) ? strides : null;
    }
}
