using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What the compiler makes of several layers one of, in words: those that a pass of the graph merges or shares, and normalisations that become part of the layer before them.</summary>
internal static class Rewrites
{
    public static IReadOnlyList<string> Of(Graph graph)
    {
        var found = new List<string>();
        Graph rewritten = graph;
        foreach ((_, Graph next) in PassPipeline.Rewrites(graph))
        {
            found.AddRange(Shared(rewritten, next));
            rewritten = next;
        }

        found.AddRange(rewritten.Nodes.Where(node => node.IsMerged()).Select(node => $"{node.Key} are one {node.Op.Kind}"));
        if (Folded(new GraphView(rewritten)) is { Length: > 0 } folded)
            found.Add($"{string.Join(", ", folded)} {(folded.Length == 1 ? "is a part" : "are parts")} of the layers before in evaluation");
        return found;
    }

    /// <summary>Layers that are not there any more because another computes the same.</summary>
    private static IEnumerable<string> Shared(Graph before, Graph after)
    {
        var left = new HashSet<int>(after.Nodes.Select(node => node.Id));
        ILookup<(Op, EquatableArray<Value>), Node> same = before.Nodes.Where(node => node.Inputs.Count == node.Data.Count).ToLookup(node => (node.Op.Essence, node.Inputs));
        return same.Where(nodes => nodes.Count() > 1 && nodes.Count(node => left.Contains(node.Id)) == 1)
            .Select(nodes => $"{string.Join(", ", nodes.Select(node => node.Key))} are one {nodes.First().Op.Kind}");
    }

    /// <summary>Batch normalisations right behind what they can become a part of.</summary>
    private static string[] Folded(GraphView graph) => [.. graph.Graph.Nodes
        .Where(node => node.Op is BatchNormOp && graph.Producer(node.Inputs[0]) is { } layer && CanScale(layer) && graph.OnlyReader(layer.Result) is not null).Select(node => node.Key)];

    private static bool CanScale(Node layer) => layer.Op switch
    {
        ConvOp conv => !conv.IsFixed,
        LinearOp linear => Packing.Form(linear.Units, layer.Input.ElementCount) == LinearForm.Panels,
        _ => false,
    };
}
