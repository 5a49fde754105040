using System;
using System.Globalization;
using System.Linq;
using System.Text;

// Places in a picture, which are rounded, may differ in their last bits.
#pragma warning disable RS0030

namespace NetGen.Reports;

/// <summary>
/// The roofline of a training step: how many operations a layer does for each byte that it moves, and the share of the machine's peak that this allows. Below the roof are the
/// layers that take the longest by it, a line each.
/// </summary>
internal static class Roofline
{
    private const int MostLayers = 24;
    private const double Left = 250;
    private const double Width = 420;
    private const double Top = 22;
    private const double Roof = 110;
    private const double Row = 17;
    private const int LongestLabel = 36;

    /// <returns>Empty where no layer moves anything.</returns>
    public static string Of(NetworkFigures network, ReportOptions options)
    {
        (LayerFigures Layer, int Index, double PerByte)[] rows =
        [
            .. network.Layers.Select((layer, i) => (Layer: layer, Index: i, PerByte: layer.Step.PerByte(options.Batch))).Where(row => row.PerByte > 0)
                .OrderByDescending(row => Math.Max(row.Layer.Step.Flops * options.Batch / options.Balance, row.Layer.Step.Bytes(options.Batch))).Take(MostLayers).OrderBy(row => row.Index),
        ];
        if (rows.Length == 0)
            return "";
        double low = Math.Floor(Math.Log10(Math.Min(rows.Min(row => row.PerByte), options.Balance / 2)));
        double high = Math.Ceiling(Math.Log10(Math.Max(rows.Max(row => row.PerByte), options.Balance * 2)));
        double X(double perByte) => Left + (Width * (Math.Log10(perByte) - low) / (high - low));
        double depth = Math.Max(2, Math.Ceiling(Math.Log10(options.Balance / rows.Min(row => row.PerByte))));
        double Y(double share) => Top + (Roof * -Math.Log10(share) / depth);
        double bottom = Top + Roof + 14 + (rows.Length * Row);
        var text = new StringBuilder($"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"roofline\" viewBox=\"0 0 {N(Left + Width + 60)} {N(bottom + 30)}\" width=\"{N(Left + Width + 60)}\" height=\"{N(bottom + 30)}\" role=\"img\">\n<title>Roofline</title>\n");
        for (double decade = low; decade <= high; decade++)
        {
            string x = N(X(Math.Pow(10, decade)));
            text.Append($"<path d=\"M{x} {N(Top)}V{N(bottom)}\" class=\"grid\"/><text x=\"{x}\" y=\"{N(bottom + 14)}\" text-anchor=\"middle\" class=\"s\">{Wording.Rounded(Math.Pow(10, decade))}</text>\n");
        }

        text.Append($"<text x=\"{N(Left + (Width / 2))}\" y=\"{N(bottom + 27)}\" text-anchor=\"middle\" class=\"s\">FLOP a byte</text>\n");
        for (double share = 1; Y(share) < Top + Roof + 1; share /= 10)
            text.Append($"<text x=\"{N(Left - 8)}\" y=\"{N(Y(share) + 4)}\" text-anchor=\"end\" class=\"s\">{Wording.Rounded(share * 100)} % of the peak</text>\n");

        // The slope leaves the picture at its left side or at its floor.
        double start = Math.Max(Math.Pow(10, low), options.Balance * Math.Pow(10, -depth));
        string balance = N(X(options.Balance));
        text.Append($"<path class=\"roof\" d=\"M{N(X(start))} {N(Y(start / options.Balance))}L{balance} {N(Top)}H{N(Left + Width)}\"/>\n");
        text.Append($"<path class=\"balance\" d=\"M{balance} {N(Top)}V{N(bottom)}\"/><text x=\"{balance}\" y=\"{N(Top - 8)}\" text-anchor=\"middle\" class=\"s\">memory | compute</text>\n");
        for (int i = 0; i < rows.Length; i++)
            Layer(text, rows[i].Layer, rows[i].Index, (X(rows[i].PerByte), Y(Math.Min(1, rows[i].PerByte / options.Balance)), Top + Roof + 24 + (i * Row)), options);
        return text.Append("</svg>\n").ToString();
    }

    private static void Layer(StringBuilder text, LayerFigures layer, int index, (double X, double Roof, double Row) place, ReportOptions options)
    {
        string label = layer.Label.Length > LongestLabel ? layer.Label.Substring(0, LongestLabel - 1) + "\u2026" : layer.Label;
        string bound = layer.Step.BoundBy(options);
        text.Append($"<g class=\"layer\" data-layer=\"{Wording.Integer(index)}\"><title>{SvgDrawing.Escaped(layer.Label + "\n" + Wording.Roofline(layer.Step, options))}</title>")
            .Append($"<rect x=\"0\" y=\"{N(place.Row - 8)}\" width=\"{N(Left + Width + 60)}\" height=\"{N(Row)}\" fill=\"none\" pointer-events=\"all\"/>")
            .Append($"<circle class=\"{bound}\" cx=\"{N(place.X)}\" cy=\"{N(place.Roof)}\" r=\"4\"/><text x=\"{N(Left - 8)}\" y=\"{N(place.Row + 4)}\" text-anchor=\"end\">{SvgDrawing.Escaped(label)}</text>")
            .Append($"<path class=\"stem\" d=\"M{N(Left)} {N(place.Row)}H{N(place.X)}\"/><circle class=\"{bound}\" cx=\"{N(place.X)}\" cy=\"{N(place.Row)}\" r=\"4\"/>")
            .Append($"<text x=\"{N(place.X + 8)}\" y=\"{N(place.Row + 4)}\" class=\"s\">{Wording.Rounded(layer.Step.PerByte(options.Batch))}</text></g>\n");
    }

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);
}
