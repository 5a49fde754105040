using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace NetGen.Reports;

/// <summary>The table of layers, as text and as Markdown. A column in which nothing stands is left out.</summary>
internal static class ReportTable
{
    /// <summary>The columns: a heading, what stands there of a layer, and of all; numbers stand to the right.</summary>
    private static IEnumerable<Column> Columns(ReportOptions options)
    {
        yield return new("layer", layer => layer.Label, _ => "total", IsNumber: false);
        yield return new("output", layer => Wording.Shape(layer.Output), _ => "", IsNumber: false);
        yield return new("parameters", layer => Wording.OrNothing(layer.Parameters), network => Wording.Grouped(network.Parameters));
        yield return new("multiply-accumulates", layer => Wording.OrNothing(layer.Inference.MultiplyAccumulates), network => Wording.Grouped(network.Sum(layer => layer.Inference).MultiplyAccumulates));
        yield return new("backward", layer => Wording.OrNothing(layer.Backward.MultiplyAccumulates), network => Wording.OrNothing(network.Sum(layer => layer.Backward).MultiplyAccumulates));
        yield return new("sees", Wording.Field, _ => "");
        yield return new("deviation", Wording.Deviation, _ => "");
        yield return new("gradient", Wording.Gradient, _ => "");
        yield return new("path", Wording.Path, _ => "", IsNumber: false);
        yield return new("bound by", layer => layer.Step.BoundBy(options), _ => "", IsNumber: false);
    }

    /// <summary>For people at a terminal or over a class.</summary>
    public static string Text(NetworkFigures network, ReportOptions options)
    {
        var text = new StringBuilder(network.Title).Append('\n');
        (Column[] columns, List<string[]> rows) = Rows(network, options);
        int[] widths = [.. columns.Select((_, column) => rows.Max(row => row[column].Length))];
        for (int i = 0; i < rows.Count; i++)
        {
            if (i == 1 || i == rows.Count - 1)
                text.Append('-', widths.Sum() + (2 * (widths.Length - 1))).Append('\n');
            text.Append(string.Join("  ", rows[i].Select((cell, column) => columns[column].IsNumber ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        (string Name, string Text)[] totals = [.. Wording.Totals(network, options)];
        int longest = totals.Max(total => total.Name.Length);
        foreach ((string name, string said) in totals)
            text.Append((name + ":").PadRight(longest + 2)).Append(said).Append('\n');
        return text.ToString();
    }

    /// <summary>For a repository or a comment of continuous integration.</summary>
    public static string Markdown(NetworkFigures network, ReportOptions options)
    {
        var text = new StringBuilder("# ").Append(Escaped(network.Title)).Append("\n\n");
        (Column[] columns, List<string[]> rows) = Rows(network, options);
        Row(rows[0]);
        text.Append('|').Append(string.Concat(columns.Select(column => column.IsNumber ? "---:|" : "---|"))).Append('\n');
        foreach (string[] row in rows.Skip(1))
            Row(row);
        text.Append('\n');
        foreach ((string name, string said) in Wording.Totals(network, options))
            text.Append("- ").Append(Escaped(name)).Append(": ").Append(Escaped(said)).Append('\n');
        return text.ToString();

        void Row(string[] cells) => text.Append("| ").Append(string.Join(" | ", cells.Select(Escaped))).Append(" |\n");
    }

    /// <summary>For a page; a row says which layer it is.</summary>
    public static string Html(NetworkFigures network, ReportOptions options)
    {
        var text = new StringBuilder("<table>\n");
        (Column[] columns, List<string[]> rows) = Rows(network, options);
        for (int i = 0; i < rows.Count; i++)
        {
            string part = i == 0 ? "thead" : i == 1 ? "tbody" : i == rows.Count - 1 ? "tfoot" : "";
            if (part.Length > 0)
                text.Append(i == 0 ? "" : i == 1 ? "</thead>" : "</tbody>").Append('<').Append(part).Append(">\n");
            text.Append(part is "thead" or "tfoot" ? "<tr>" : $"<tr data-layer=\"{Wording.Integer(i - 2)}\">");
            string cell = i == 0 ? "th" : "td";
            for (int column = 0; column < columns.Length; column++)
                text.Append('<').Append(cell).Append(columns[column].IsNumber ? " class=\"n\">" : ">").Append(SvgDrawing.Escaped(rows[i][column])).Append("</").Append(cell).Append('>');
            text.Append("</tr>\n");
        }

        return text.Append("</tfoot></table>\n").ToString();
    }

    // Keys of layers have underscores, and blocks are generic.
    private static string Escaped(string text) => text.Replace("|", "\\|").Replace("_", "\\_").Replace("*", "\\*").Replace("<", "&lt;");

    private static (Column[] Columns, List<string[]> Rows) Rows(NetworkFigures network, ReportOptions options)
    {
        Column[] columns = [.. Columns(options).Where((column, i) => i < 4 || network.Layers.Any(layer => column.Of(layer).Length > 0))];
        List<string[]> rows =
        [
            [.. columns.Select(column => column.Heading)],
            [.. columns.Select((_, i) => i == 0 ? "input" : i == 1 ? Wording.Shape(network.Input) : "")],
            .. network.Layers.Select(layer => columns.Select(column => column.Of(layer)).ToArray()),
            [.. columns.Select(column => column.OfAll(network))],
        ];
        return (columns, rows);
    }

    private sealed record Column(string Heading, Func<LayerFigures, string> Of, Func<NetworkFigures, string> OfAll, bool IsNumber = true);
}
