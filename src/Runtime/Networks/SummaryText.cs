using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NetGen.Runtime;

/// <summary>The layer table as text; the generator, which puts it into the documentation of a network, compiles this file too.</summary>
internal static class SummaryText
{
    /// <summary>As people read it: <c>1x28x28</c>.</summary>
    public static string Shape(IEnumerable<int> sizes) => string.Join("x", sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The table.</summary>
    /// <param name="title">Its first line.</param>
    /// <param name="input">The shape of a sample.</param>
    /// <param name="layers">The rows between that of the input and the totals.</param>
    public static string Of(string title, string input, IReadOnlyList<(string Label, string Output, long Parameters, long MultiplyAccumulates)> layers)
    {
        var rows = new List<string[]> { new[] { "layer", "output", "parameters", "multiply-accumulates" }, new[] { "input", input, "", "" } };
        rows.AddRange(layers.Select(layer => new[] { layer.Label, layer.Output, OrNothing(layer.Parameters), OrNothing(layer.MultiplyAccumulates) }));
        rows.Add(new[] { "total", "", Grouped(layers.Sum(layer => layer.Parameters)), Grouped(layers.Sum(layer => layer.MultiplyAccumulates)) });
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder(title).Append('\n');
        for (int i = 0; i < rows.Count; i++)
        {
            string[] row = rows[i];
            if (i == 1 || i == rows.Count - 1)
                text.Append('-', widths.Sum() + 6).Append('\n');
            text.Append((row[0].PadRight(widths[0]) + "  " + row[1].PadRight(widths[1]) + "  " + row[2].PadLeft(widths[2]) + "  " + row[3].PadLeft(widths[3])).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string OrNothing(long value) => value == 0 ? "" : Grouped(value);

    private static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
