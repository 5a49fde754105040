using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Windows that do not fit their picture: such in the padding alone, taps that are always there, and places that no window reads.</summary>
internal sealed class WindowsRule : AdviceRule
{
    /// <summary>Behind the last window; more of a picture is not lost by the way.</summary>
    private const double LargestShare = 2.0 / 3;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        CheckRead(network.Graph.Inputs[0], network.View, sink);
        foreach (Node node in network.Graph.Nodes)
        {
            CheckRead(node.Result, network.View, sink);
            if (WindowAxis.Of(node) is { } axes)
                CheckTaps(node, axes, sink);
            if (node.Op is AdaptivePoolOp pool && Picture.Of(node.Input) is var x && (pool.Grid.Height > x.Height || pool.Grid.Width > x.Width))
                sink.At(node, Rules.RepeatingPool, node.Op.Display, node.Input.ToString(), node.Output.ToString(), ((double)node.Output.ElementCount / node.Input.ElementCount).ToString("0.#", CultureInfo.InvariantCulture));
        }
    }

    private static void CheckTaps(Node node, WindowAxis[] axes, AdviceSink sink)
    {
        (WindowAxis rows, WindowAxis columns) = (axes[0], axes[1]);
        Size2 picture = new(rows.Size, columns.Size);
        int dimensions = node.Input.Rank - 1;
        long outputs = (long)rows.Count * columns.Count;
        long inside = (long)(rows.Count - rows.EmptyWindows) * (columns.Count - columns.EmptyWindows);
        if (inside < outputs)
        {
            sink.At(node, Rules.WindowsInPadding, node.Told(), Limits.Grouped(outputs - inside), Limits.Grouped(outputs), node.Op is ConvOp { Bias: true, IsFixed: false } ? "is the bias" : "is 0");
            return;
        }

        long taps = (long)rows.Kernel * columns.Kernel;
        long used = (long)(rows.Kernel - rows.IdleTaps) * (columns.Kernel - columns.IdleTaps);
        if (used < taps)
        {
            sink.At(
                node, Rules.IdleTaps, node.Told(), Limits.Grouped(taps - used), Limits.Grouped(taps), picture.Text(dimensions),
                node.Op is ConvOp { IsFixed: false } ? "their weights are never trained" : "the window is larger than what it sees");
        }
    }

    /// <summary>Whether what reads a value reads all of it.</summary>
    private static void CheckRead(Value value, GraphView view, AdviceSink sink)
    {
        if (value.Shape.Rank is not (2 or 3) || view.IsOutput(value))
            return;
        Node[] readers = [.. view.Readers(value)];
        WindowAxis[][] axes = [.. readers.Select(reader => WindowAxis.Of(reader) ?? [])];
        if (readers.Length == 0 || axes.Any(both => both.Length == 0 || !both.All(axis => axis.CanBeMarked)))
            return;
        Picture picture = Picture.Of(value.Shape);
        (bool[] rows, bool[] columns) = (new bool[picture.Height], new bool[picture.Width]);
        foreach (WindowAxis[] both in axes)
        {
            both[0].MarkRead(rows);
            both[1].MarkRead(columns);
        }

        double share = 1 - ((double)rows.Count(read => read) * columns.Count(read => read) / picture.Pixels);
        if (share == 0)
            return;
        Node node = readers[0];
        WindowAxis[] windows = axes[0];
        bool isSample = windows.All(axis => axis.Kernel == 1);
        bool hasGaps = HasGaps(rows) || HasGaps(columns);
        var size = new Size2(picture.Height, picture.Width);
        int dimensions = value.Shape.Rank - 1;
        string reason = isSample ? "it takes one place of each " + new Size2(windows[0].Stride, windows[1].Stride).Text(dimensions)
            : hasGaps ? $"its windows of {new Size2(windows[0].Kernel, windows[1].Kernel).Text(dimensions)} are {new Size2(windows[0].Stride, windows[1].Stride).Text(dimensions)} apart"
            : string.Join(" and ", new[] { Behind(rows, "row"), Behind(columns, dimensions == 1 ? "place" : "column") }.Where(text => text.Length > 0)) + " behind its last windows";
        sink.At(
            node, !isSample && (hasGaps || share > LargestShare) ? Rules.SkippedPlaces : Rules.UnreadPlaces,
            node.Told(), (100 * share).ToString("0", CultureInfo.InvariantCulture), size.Text(dimensions), reason);
    }

    /// <summary>Whether a place is not read that lies before one that is.</summary>
    private static bool HasGaps(bool[] read) => read.SkipWhile(isRead => isRead).Any(isRead => isRead);

    private static string Behind(bool[] read, string name) => Enumerable.Reverse(read).TakeWhile(isRead => !isRead).Count() switch
    {
        0 => "",
        1 => "1 " + name,
        var count => $"{Limits.Grouped(count)} {name}s",
    };
}
