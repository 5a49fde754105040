using System.Collections.Generic;
using System.Linq;
using System.Net;
using Plotly.NET;
using Plotly.NET.CSharp;
using Chart = Plotly.NET.CSharp.Chart;

namespace NetGen.Charts;

/// <summary>A line of a panel.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points; those that are not finite are left out.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A chart with its heading.</summary>
internal sealed class Panel
{
    // Of a wider range the small values would lie on the axis.
    private const double LogarithmicRange = 30;
    private const int MarkedPoints = 30;

    private Panel(string title, GenericChart chart) => (Title, Figure) = (title, GenericChart.toFigureJson(chart));

    public string Title { get; }

    /// <summary>Data and layout, as Plotly reads them.</summary>
    public string Figure { get; }

    /// <summary>Lines; null where there is nothing to be drawn.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="horizontal">What the horizontal axis is.</param>
    /// <param name="curves">The lines.</param>
    /// <param name="isRatioScaled">Whether it is ratios that matter: where they are large, the axis is logarithmic.</param>
    public static Panel? Lines(string title, string horizontal, IEnumerable<Curve> curves, bool isRatioScaled = false)
    {
        Curve[] drawn = [.. curves.Select(curve => curve with { Points = [.. curve.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))] }).Where(curve => curve.Points.Count > 0)];
        if (drawn.Length == 0)
            return null;
        double[] values = [.. drawn.SelectMany(curve => curve.Points).Select(point => point.Y)];
        bool isLogarithmic = isRatioScaled && values.Min() > 0 && values.Max() > LogarithmicRange * values.Min();
        GenericChart chart = Chart.Combine(drawn.Select(curve => Chart.Line<double, double, string>(
            x: curve.Points.Select(point => point.X).ToArray(), y: curve.Points.Select(point => point.Y).ToArray(),
            Name: Text(curve.Name), ShowLegend: drawn.Length > 1, ShowMarkers: curve.Points.Count <= MarkedPoints, UseDefaults: false)));
        return new Panel(title, Styled(chart, horizontal, isLogarithmic));
    }

    /// <summary>Columns, a group for each name; values that are not finite are left out. Null where there is nothing to be drawn.</summary>
    public static Panel? Columns(string title, IReadOnlyList<string> names, IEnumerable<(string Name, double[] Values)> series)
    {
        (string Name, (string Key, double Value)[] Columns)[] drawn =
            [.. series.Select(one => (one.Name, names.Zip(one.Values, (name, value) => (Text(name), value)).Where(column => double.IsFinite(column.value)).ToArray()))];
        if (drawn.All(one => one.Columns.Length == 0))
            return null;
        GenericChart chart = Chart.Combine(drawn.Select(one => Chart.Column<double, string, string>(
            values: one.Columns.Select(column => column.Value).ToArray(), Keys: new(one.Columns.Select(column => column.Key).ToArray(), true), Name: Text(one.Name), UseDefaults: false)));

        // Otherwise a name that the first series does not have would come behind those that it has.
        chart = chart.WithXAxisStyle<double, double, string>(CategoryOrder: StyleParam.CategoryOrder.Array, CategoryArray: names.Select(Text).ToArray());
        return new Panel(title, Styled(chart, "", isLogarithmic: false));
    }

    private static GenericChart Styled(GenericChart chart, string horizontal, bool isLogarithmic)
    {
        Color line = Color.fromHex("#eff2f5");
        return chart
            .WithXAxisStyle<double, double, string>(TitleText: horizontal, GridColor: line, ZeroLine: false)
            .WithYAxisStyle<double, double, string>(GridColor: line, ZeroLine: false, AxisType: isLogarithmic ? StyleParam.AxisType.Log : StyleParam.AxisType.Auto)
            .WithLegendStyle(Orientation: StyleParam.Orientation.Horizontal, X: 0, XAnchor: StyleParam.XAnchorPosition.Left, Y: 1.02, YAnchor: StyleParam.YAnchorPosition.Bottom);
    }

    // Plotly reads tags and entities in texts.
    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
