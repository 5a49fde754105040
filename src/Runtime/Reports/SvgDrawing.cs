using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

// Colours and places in a picture, which are rounded, may differ in their last bits.
#pragma warning disable RS0030

namespace NetGen.Reports;

/// <summary>
/// A network as a picture: layers from above to below, branches side by side, shapes on the lines. A box is the wider the more multiply-accumulates it has, and its colour is
/// the deviation of its outputs at initialisation. A long network goes on in the next column.
/// </summary>
internal sealed class SvgDrawing
{
    // The letters are of one width, so what fits is known without measuring: 0.602 of the size in the widest fonts of the list.
    private const double LetterWidth = 6.63;
    private const double SmallLetterWidth = 6.03;
    private const int LongestLabel = 38;
    private const double BoxHeight = 22;
    private const double ShortLine = 9;
    private const double LabelledLine = 23;
    private const double Bus = 12;
    private const double LaneGap = 22;
    private const double CostWidth = 110;
    private const double FrameGap = 9;
    private const double FrameHead = 17;
    private const double ColumnGap = 56;
    private const double Margin = 16;
    private const double LegendHeight = 44;

    /// <summary>Columns are added until the picture is no more than so many times as high as wide.</summary>
    private const double Slenderness = 1.25;

    private const string Style =
        "text{font:11px ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328}.s{font-size:10px;fill:#59636e}"
        + ".l{fill:none;stroke:#818b98;stroke-width:1.2}.b{stroke:#59636e;stroke-width:.8}.f{fill:none;stroke:#818b98;stroke-dasharray:3 3}.layer{cursor:default}";

    private readonly NetworkFigures _network;
    private readonly StringBuilder _text = new();
    private readonly Dictionary<int, double> _least = [];
    private readonly double _mostCost;

    private SvgDrawing(NetworkFigures network)
    {
        _network = network;
        _mostCost = Math.Max(1, network.Layers.Max(layer => (double)layer.Inference.MultiplyAccumulates));
    }

    public static string Of(NetworkFigures network) => new SvgDrawing(network).Draw();

    private string Draw()
    {
        IReadOnlyList<DrawingPart> parts = Drawing.Of(_network);
        Measure(parts);
        List<List<DrawingPart>> columns = Columns(parts);
        double[] widths = [.. columns.Select(Width)];
        double top = Margin + BoxHeight;
        double height = columns.Max(Height);
        double x = Margin;
        for (int i = 0; i < columns.Count; i++)
        {
            double centre = x + (widths[i] / 2);
            double end = Sequence(columns[i], centre, top + (i == 0 ? 0 : ShortLine));
            if (i + 1 < columns.Count)
            {
                double gutter = x + widths[i] + (ColumnGap / 2);
                double next = x + widths[i] + ColumnGap + (widths[i + 1] / 2);
                Line($"M{N(centre)} {N(end)}V{N(end + ShortLine)}H{N(gutter)}V{N(top - ShortLine)}H{N(next)}V{N(top + ShortLine)}");
            }

            x += widths[i] + ColumnGap;
        }

        double width = Math.Max(x - ColumnGap + Margin, Math.Max((_network.Title.Length * LetterWidth * 1.2) + (2 * Margin), _network.HasSignal ? 572 : 280));
        double bottom = top + height + (2 * ShortLine);
        Legend(bottom);
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {N(width)} {N(bottom + LegendHeight)}\" width=\"{N(width)}\" height=\"{N(bottom + LegendHeight)}\" role=\"img\">\n"
            + $"<title>{Escaped(_network.Title)}</title>\n<style>{Style}</style>\n<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#fff\"/>\n"
            + $"<text x=\"{N(Margin)}\" y=\"{N(Margin + 4)}\" style=\"font-size:13px;font-weight:600\">{Escaped(_network.Title)}</text>\n{_text}</svg>\n";
    }

    /// <summary>Boxes of a row are at least so wide that the longest of its own texts fits.</summary>
    private void Measure(IReadOnlyList<DrawingPart> parts)
    {
        int[] row = [.. parts.OfType<DrawnLayer>().Select(part => part.Layer)];
        double least = row.Select(layer => Math.Max((Label(layer).Length * LetterWidth) + 20, (Wording.Shape(Output(layer)).Length * 2 * SmallLetterWidth) + 10)).DefaultIfEmpty(0).Max();
        foreach (int layer in row)
            _least[layer] = least;
        foreach (DrawnBranch branch in parts.OfType<DrawnFork>().SelectMany(fork => fork.Branches))
            Measure(branch.Parts);
    }

    /// <summary>Cuts a long row where it stands alone, into columns of about the same height.</summary>
    private List<List<DrawingPart>> Columns(IReadOnlyList<DrawingPart> parts)
    {
        double width = Width(parts) + ColumnGap, height = Height(parts);
        int count = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(height / (width * Slenderness)) - 0.2));
        var columns = new List<List<DrawingPart>> { new() };
        double most = height / count, used = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            double own = Height([parts[i]]);
            bool isBehindLayer = i > 0 && parts[i - 1] is DrawnLayer;
            if (columns.Count < count && used + (own / 2) > most && isBehindLayer)
            {
                columns.Add([]);
                used = 0;
            }

            columns[columns.Count - 1].Add(parts[i]);
            used += own;
        }

        return columns;
    }

    private double Width(IEnumerable<DrawingPart> parts) => parts.Select(part => part is DrawnFork fork
        ? fork.Branches.Sum(Width) + (LaneGap * (fork.Branches.Count - 1))
        : BoxWidth(((DrawnLayer)part).Layer)).DefaultIfEmpty(0).Max();

    private double Width(DrawnBranch branch) => branch.Parts.Count == 0
        ? (2 * 8) + (Wording.Shape(Output(branch.Source)).Length * SmallLetterWidth * 2)
        : Width(branch.Parts) + (branch.Copies > 1 ? 2 * FrameGap : 0);

    /// <summary>With the line behind each part.</summary>
    private double Height(IEnumerable<DrawingPart> parts) => parts.Sum(part => part is DrawnFork fork
        ? (2 * Bus) + fork.Branches.Max(Height)
        : BoxHeight + LineBehind(((DrawnLayer)part).Layer));

    private double Height(DrawnBranch branch) => branch.Parts.Count == 0 ? LabelledLine : Height(branch.Parts) + (branch.Copies > 1 ? FrameHead + FrameGap : 0);

    private double BoxWidth(int layer) => _least[layer] + (layer < 0 ? 0 : CostWidth * Math.Sqrt(_network.Layers[layer].Inference.MultiplyAccumulates / _mostCost));

    private double LineBehind(int layer) => ChangesShape(layer) ? LabelledLine : ShortLine;

    private bool ChangesShape(int layer) => layer < 0 || !Enumerable.SequenceEqual(_network.Layers[layer].Output, Output(_network.Layers[layer].Sources[0]));

    private IReadOnlyList<int> Output(int layer) => layer < 0 ? _network.Input : _network.Layers[layer].Output;

    /// <summary>Draws parts one below the other.</summary>
    /// <returns>Where the line behind the last ends.</returns>
    private double Sequence(IReadOnlyList<DrawingPart> parts, double centre, double y)
    {
        foreach (DrawingPart part in parts)
            y = part is DrawnFork fork ? Fork(fork, centre, y) : Box(((DrawnLayer)part).Layer, centre, y);
        return y;
    }

    private double Fork(DrawnFork fork, double centre, double y)
    {
        double inner = fork.Branches.Max(Height);
        double end = y + (2 * Bus) + inner;
        double x = centre - (Width([fork]) / 2);
        foreach (DrawnBranch branch in fork.Branches)
        {
            double width = Width(branch), lane = x + (width / 2);
            Line($"M{N(centre)} {N(y)}H{N(lane)}V{N(y + Bus)}");
            double behind = y + Bus;
            if (branch.Copies > 1)
            {
                _text.Append($"<rect class=\"f\" x=\"{N(x)}\" y=\"{N(behind)}\" width=\"{N(width)}\" height=\"{N(Height(branch))}\" rx=\"5\"/>\n");
                Text(x + 7, behind + 12, $"{Wording.Integer(branch.Copies)} \u00d7", "", bold: true);
                Line($"M{N(lane)} {N(behind)}V{N(behind + FrameHead)}");
                behind = Sequence(branch.Parts, lane, behind + FrameHead);
            }
            else if (branch.Parts.Count == 0)
            {
                Text(lane + 5, y + Bus + (inner / 2) + 3, Wording.Shape(Output(branch.Source)), "s");
            }
            else
            {
                behind = Sequence(branch.Parts, lane, behind);
            }

            Line($"M{N(lane)} {N(behind)}V{N(end - Bus)}H{N(centre)}V{N(end)}");
            x += width + LaneGap;
        }

        return end;
    }

    private double Box(int layer, double centre, double y)
    {
        double width = BoxWidth(layer);
        LayerFigures? figures = layer < 0 ? null : _network.Layers[layer];
        _text.Append($"<g class=\"layer\" data-layer=\"{Wording.Integer(layer)}\"><title>{Escaped(Tip(layer))}</title>");
        _text.Append($"<rect class=\"b\" x=\"{N(centre - (width / 2))}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(BoxHeight)}\" rx=\"4\" fill=\"{(layer < 0 ? "#fff" : Colour(figures!.Signal?.Deviation))}\"/>");
        if (figures?.Signal is { } signal && !double.IsNaN(signal.Gradient))
            _text.Append($"<rect x=\"{N(centre + (width / 2) - 6)}\" y=\"{N(y + 3)}\" width=\"3\" height=\"{N(BoxHeight - 6)}\" fill=\"{Colour(signal.Gradient, isStrong: true)}\"/>");
        _text.Append($"<text x=\"{N(centre)}\" y=\"{N(y + 15)}\" text-anchor=\"middle\">{Escaped(Label(layer))}</text></g>\n");
        double end = y + BoxHeight + LineBehind(layer);
        Line($"M{N(centre)} {N(y + BoxHeight)}V{N(end)}");
        if (ChangesShape(layer))
            Text(centre + 5, y + BoxHeight + 15, Wording.Shape(Output(layer)), "s");
        return end;
    }

    /// <summary>The name where the user gave one, and the layer.</summary>
    private string Label(int layer)
    {
        if (layer < 0)
            return "input";
        LayerFigures figures = _network.Layers[layer];
        string name = figures.Key.Substring(figures.Key.LastIndexOf('.') + 1);
        string label = char.IsDigit(name[0]) ? figures.Layer : name + " " + figures.Layer;
        return label.Length > LongestLabel ? label.Substring(0, LongestLabel - 1) + "\u2026" : label;
    }

    private string Tip(int layer)
    {
        if (layer < 0)
            return "input " + Wording.Shape(_network.Input);
        LayerFigures figures = _network.Layers[layer];
        string tip = $"{figures.Label}\n{Wording.Shape(figures.Output)}";
        if (figures.Parameters > 0)
            tip += $"\n{Wording.Grouped(figures.Parameters)} parameters";
        if (figures.Inference.MultiplyAccumulates > 0)
            tip += $"\n{Wording.Grouped(figures.Inference.MultiplyAccumulates)} multiply-accumulates";
        if (figures.Field.Count > 0)
            tip += $"\nsees {Wording.Field(figures)} of the input";
        return figures.Signal is { } signal ? tip + $"\ndeviation {Wording.Rounded(signal.Deviation)}, deviation of the gradient {Wording.Rounded(signal.Gradient)}" : tip;
    }

    private void Legend(double y)
    {
        Text(Margin, y + 12, "width: root of the multiply-accumulates", "s");
        if (!_network.HasSignal)
            return;
        double x = Margin;
        Text(x, y + 30, "deviation at initialisation: 0.01", "s");
        x += (33 * SmallLetterWidth) + 4;
        for (int i = 0; i < 9; i++, x += 12)
            _text.Append($"<rect x=\"{N(x)}\" y=\"{N(y + 21)}\" width=\"12\" height=\"11\" fill=\"{Colour(Math.Pow(10, (i - 4) / 2.0))}\"/>\n");
        Text(x + 4, y + 30, "100; strip: deviation of the gradient", "s");
    }

    /// <summary>From blue, where it vanishes, over green to red, where it explodes; by its logarithm.</summary>
    private static string Colour(double? deviation, bool isStrong = false)
    {
        if (deviation is not { } value || double.IsNaN(value))
            return "#f3f4f6";
        double place = value <= 0 ? -1 : Math.Max(-1, Math.Min(1, Math.Log10(value) / 2));
        (double R, double G, double B) middle = isStrong ? (60, 160, 90) : (220, 240, 220);
        (double R, double G, double B) end = (place < 0, isStrong) switch
        {
            (true, false) => (122, 168, 222),
            (true, true) => (30, 80, 190),
            (false, false) => (238, 132, 118),
            _ => (200, 30, 30),
        };
        double share = Math.Abs(place);
        return "#" + string.Concat(new[] { (middle.R, end.R), (middle.G, end.G), (middle.B, end.B) }
            .Select(channel => ((int)Math.Round(channel.Item1 + (share * (channel.Item2 - channel.Item1)))).ToString("x2", CultureInfo.InvariantCulture)));
    }

    private void Line(string path) => _text.Append($"<path class=\"l\" d=\"{path}\"/>\n");

    private void Text(double x, double y, string text, string style, bool bold = false) =>
        _text.Append($"<text x=\"{N(x)}\" y=\"{N(y)}\"{(style.Length > 0 ? $" class=\"{style}\"" : "")}{(bold ? " font-weight=\"600\"" : "")}>{Escaped(text)}</text>\n");

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    public static string Escaped(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;");
}
