using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using Plotly.NET;

namespace NetGen.Charts;

/// <summary>Lines of texts below headings; the first column is names.</summary>
internal sealed record ReportTable(IReadOnlyList<string> Headings, IReadOnlyList<string[]> Rows);

/// <summary>One page that needs nothing beside itself: a table and charts with the library that draws them.</summary>
internal static class ReportPage
{
    private const string Style = """
        :root{color-scheme:light}
        body{font:14px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;margin:0 auto;padding:24px;max-width:1700px;color:#1f2328;background:#fff}
        h1{font-size:22px;margin:0 0 16px}h2{font-size:14px;margin:0;padding:10px 16px 0}
        .scroll{overflow-x:auto;margin-bottom:24px}table{border-collapse:collapse;font-size:13px}
        th,td{padding:3px 12px;text-align:right;white-space:nowrap;border-bottom:1px solid #eff2f5;font-variant-numeric:tabular-nums}
        th{font-weight:600;border-bottom:1px solid #d1d9e0}th:first-child,td:first-child{text-align:left}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,520px),1fr));gap:16px}
        figure{margin:0;border:1px solid #d1d9e0;border-radius:6px;min-width:0}figure>div{height:340px}
        """;

    private const string Script = """
        for (const place of document.querySelectorAll('figure>div')) {
          const figure = JSON.parse(place.nextElementSibling.textContent), layout = figure.layout;
          layout.margin = { l: 56, r: 16, t: 32, b: 44 };
          layout.font = { family: "system-ui,-apple-system,'Segoe UI',sans-serif", size: 12, color: '#1f2328' };
          for (const axis of [layout.xaxis, layout.yaxis]) axis.automargin = true;
          if (layout.yaxis.type === 'log') Object.assign(layout.yaxis, { dtick: 1, exponentformat: 'e' });
          Plotly.newPlot(place, figure.data, layout, { responsive: true, displayModeBar: false });
        }
        """;

    // Whatever the library may want: the page loads nothing.
    private const string Policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

    public static string Of(string title, IEnumerable<Panel?> panels, ReportTable table)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"").Append(Policy)
            .Append("\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>").Append(Escaped(title)).Append("</title>\n<style>\n").Append(Lines(Style))
            .Append("</style>\n</head>\n<body>\n<h1>").Append(Escaped(title)).Append("</h1>\n<div class=\"scroll\"><table>\n<thead><tr>").AppendJoin("", table.Headings.Select(text => $"<th>{Escaped(text)}</th>"))
            .Append("</tr></thead>\n<tbody>\n").AppendJoin("", table.Rows.Select(row => $"<tr>{string.Concat(row.Select(text => $"<td>{Escaped(text)}</td>"))}</tr>\n"))
            .Append("</tbody>\n</table></div>\n<div class=\"charts\">\n");
        foreach (Panel panel in panels.OfType<Panel>())
        {
            page.Append("<figure><h2>").Append(Escaped(panel.Title)).Append("</h2><div></div><script type=\"application/json\">")
                .Append(panel.Figure.Replace("<", "\\u003c", StringComparison.Ordinal)).Append("</script></figure>\n");
        }

        return page.Append("</div>\n<script>\n").Append(Library()).Append("\n</script>\n<script>\n").Append(Lines(Script)).Append("</script>\n</body>\n</html>\n").ToString();
    }

    /// <summary>The library in JavaScript, which the package that makes the charts carries.</summary>
    private static string Library()
    {
        string name = typeof(GenericChart).Assembly.GetManifestResourceNames().Single(name => name.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(typeof(GenericChart).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    // The lines end as those of this file, which may come out of version control with others.
    private static string Lines(string text) => text.Replace("\r", "", StringComparison.Ordinal) + "\n";
}
