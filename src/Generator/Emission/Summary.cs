using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Runtime;

namespace NetGen.Generator.Emission;

/// <summary>The layer table of a network, as the runtime writes it.</summary>
internal static class Summary
{
    public static string Title(Graph graph) => graph.Declaration.Name + (graph.Loss is null ? "" : $", {graph.Loss.Kind}");

    public static string Table(Graph graph) => SummaryText.Of(
        Title(graph),
        SummaryText.Shape(graph.Input.Sizes),
        [.. graph.Nodes.Select(node => ($"{node.Key} {node.Op.Display}", SummaryText.Shape(node.Output.Sizes), node.ParameterCount, node.MultiplyAccumulates))]);
}
