using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Emission;

/// <summary>Places in memory as C# text: a reference and a sum of index times stride.</summary>
internal static class Address
{
    /// <summary>The element at a sum of terms, zeros left out and constants added up.</summary>
    public static string Element(string reference, params (string Index, long Stride)[] terms)
    {
        long constant = 0;
        var variable = new List<(string Index, long Stride)>();
        foreach ((string index, long stride) in terms)
        {
            if (long.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                constant += value * stride;
            else if (stride != 0)
                variable.Add((index, stride));
        }

        var parts = variable.Select(t => t.Stride == 1 ? t.Index
            : variable.Count == 1 && constant == 0 ? $"{t.Index} * {Text.Int(t.Stride)}"
            : $"({t.Index} * {Text.Int(t.Stride)})").ToList();
        if (constant != 0)
            parts.Add(Text.Int(constant));
        return parts.Count == 0 ? reference : $"Unsafe.Add(ref {reference}, {string.Join(" + ", parts)})";
    }

    /// <summary>A term of <see cref="Element"/> that is known now.</summary>
    public static (string Index, long Stride) Offset(long offset) => ("1", offset);
}
