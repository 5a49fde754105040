using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace NetGen.Benchmarks;

/// <summary>A layer as a network's summary shows it.</summary>
/// <param name="Key">Its name, or its place in the sequence.</param>
/// <param name="Kind">Its attribute's name.</param>
/// <param name="Input">The shape of a sample before it.</param>
/// <param name="Output">The shape of a sample after it.</param>
/// <param name="MultiplyAccumulates">Of one sample.</param>
internal sealed record LayerRow(string Key, string Kind, int[] Input, int[] Output, long MultiplyAccumulates)
{
    /// <summary>The start of its generated methods' names.</summary>
    public string Stem => char.IsAsciiDigit(Key[0]) ? Kind + Key : char.ToUpperInvariant(Key[0]) + Key[1..];
}

/// <summary>Reads the table of <c>Summary</c>: the one place at run time where the shapes inside a network stand.</summary>
internal static partial class LayerTable
{
    private const int FirstRow = 3;

    /// <summary>The layers, in order.</summary>
    public static LayerRow[] Parse(string summary)
    {
        string[][] rows = [.. summary.TrimEnd('\n').Split('\n').Skip(FirstRow).Where(line => !line.StartsWith("---", StringComparison.Ordinal)).Select(line => Gap().Split(line))];
        if (rows.Length < 2 || rows[0][0] != "input" || rows[^1][0] != "total")
            throw new FormatException($"Expected a table of layers between 'input' and 'total', got:\n{summary}");

        return [.. rows.Skip(1).Take(rows.Length - 2).Select((row, i) => Row(row, Sizes(rows[i][1])))];
    }

    private static LayerRow Row(string[] cells, int[] input)
    {
        string[] label = cells[0].Split([' ', '('], 3);
        long multiplyAccumulates = cells.Length > 2 ? long.Parse(cells[^1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 0;
        return new LayerRow(label[0], label[1], input, Sizes(cells[1]), multiplyAccumulates);
    }

    private static int[] Sizes(string shape) => [.. shape.Split('x').Select(size => int.Parse(size, NumberStyles.AllowThousands, CultureInfo.InvariantCulture))];

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();
}
