using System.Collections.Generic;
using System.Linq;
using NetGen.Reports;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What the analyses find, as reports show it.</summary>
internal static class Figures
{
    public static NetworkFigures Of(AnalyzedNetwork network)
    {
        Graph graph = network.Graph;
        NetworkDeclaration declaration = graph.Declaration;
        var places = new Dictionary<int, int> { [Graph.InputId] = -1 };
        foreach (Node node in graph.Nodes)
            places.Add(node.Id, places.Count - 1);
        return new NetworkFigures
        {
            Name = declaration.Name,
            Scope = string.Concat(declaration.ContainingTypes.Select(type => type.Name).Prepend(declaration.Namespace).Where(name => name.Length > 0).Select(name => name + ".")),
            Loss = graph.Loss?.Kind ?? "",
            Input = [.. graph.Input.Sizes],
            Inference = new Memory(0, 0, 1, 0),
            Training = new Memory(0, 0, 1, 0),
            Layers = [.. graph.Nodes.Select(node => Layer(node, [.. node.Sources.Select(source => places[source])]))],
            Steps = [],
        };
    }

    private static LayerFigures Layer(Node node, int[] sources)
    {
        return new LayerFigures
        {
            Key = node.Key,
            Layer = node.Op.Display,
            Output = [.. node.Output.Sizes],
            Sources = sources,
            Parameters = node.ParameterCount,
            Inference = new Pass(node.MultiplyAccumulates, node.MultiplyAccumulates, node.Additions, node.ActivationEvaluations, 0, 0),
        };
    }
}
