using System;
using NetGen.Reports;

namespace NetGen;

/// <summary>
/// What is known of a network since it was built: its layers, what they cost and see, and whether signals and gradients survive them. The build writes the same with
/// <c>NetGenReport</c>. Figures of bytes are for a batch, and what binds a layer is for a machine; both are stated, never measured.
/// </summary>
public sealed class NetworkReport
{
    private readonly ReportOptions _options;
    private string? _text;

    internal NetworkReport(NetworkFigures figures, ReportOptions options)
    {
        Figures = figures;
        _options = options;
    }

    internal NetworkFigures Figures { get; }

    /// <summary>The report for another batch and another machine; that of a network is for 64 samples and 10 operations to a byte.</summary>
    /// <param name="batch">The samples of a batch.</param>
    /// <param name="balance">The floating-point operations that the machine does in the time in which it moves a byte.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not positive.</exception>
    public NetworkReport For(int batch, double balance = ReportOptions.DefaultBalance)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        if (!(balance > 0) || double.IsInfinity(balance))
            throw new ArgumentOutOfRangeException(nameof(balance), balance, "A machine does some operations while it moves a byte.");
        return new NetworkReport(Figures, new ReportOptions(batch, balance));
    }

    /// <summary>The table of layers for a terminal; of a network also its <c>Summary</c>.</summary>
    public override string ToString() => _text ??= ReportTable.Text(Figures, _options);

    /// <summary>The table of layers in Markdown.</summary>
    public string ToMarkdown() => ReportTable.Markdown(Figures, _options);

    /// <summary>All figures for other programs.</summary>
    public string ToJson() => ReportJson.Of(Figures, _options);

    /// <summary>The network as a picture: branches side by side, shapes on the lines, width by cost, colour by signal.</summary>
    public string ToSvg() => SvgDrawing.Of(Figures);

    /// <summary>One page with all of it, which needs nothing beside itself.</summary>
    public string ToHtml() => ReportHtml.Of(Figures, _options);
}
