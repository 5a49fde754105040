using System.Collections.Generic;
using System.Linq;
using System.Text;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Emission;

/// <summary>The layer table of a network.</summary>
internal static class Summary
{
    public static string Table(Graph graph)
    {
        var rows = new List<string[]>
        {
            new[] { "layer", "output", "parameters", "multiply-accumulates" },
            new[] { "input", graph.Input.ToString(), "", "" },
        };
        foreach (Node node in graph.Nodes)
        {
            long parameters = node.ParameterCount;
            long macs = node.MultiplyAccumulates;
            string label = $"{node.Key} {node.Op.Display}";
            rows.Add([label, node.Output.ToString(), parameters == 0 ? "" : Text.Grouped(parameters), macs == 0 ? "" : Text.Grouped(macs)]);
        }

        rows.Add(["total", "", Text.Grouped(graph.ParameterCount), Text.Grouped(graph.MultiplyAccumulates)]);
        int[] widths = Enumerable.Range(0, 4).Select(c => rows.Max(row => row[c].Length)).ToArray();
        var text = new StringBuilder();
        string title = graph.Declaration.Name + (graph.Loss is null ? "" : $", {graph.Loss.Kind}");
        text.Append(title).Append('\n');
        for (int i = 0; i < rows.Count; i++)
        {
            string[] row = rows[i];
            if (i == 1 || i == rows.Count - 1)
                text.Append('-', widths.Sum() + 6).Append('\n');
            text.Append((row[0].PadRight(widths[0]) + "  " + row[1].PadRight(widths[1]) + "  " + row[2].PadLeft(widths[2]) + "  " + row[3].PadLeft(widths[3])).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
