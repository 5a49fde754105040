
namespace NetGen.Generator.Compiler.Passes;

/// <summary>Two nodes one behind the other.</summary>
internal static class Chain
{
    /// <summary>The two in the other order. The first keeps types, so the second's result has the type of the pair's.</summary>
    public static GraphPatch Swap(Node first, Node second, GraphView graph)
    {
        var patch = new GraphPatch(graph);
        Value middle = patch.Add(second.Op, first.Inputs, second.Owner);
        patch.Replace(second.Result, patch.Add(first.Op, [middle], first.Owner));
        patch.Drop(first);
        patch.Drop(second);
        return patch;
    }

    /// <summary>The node that reads a node's result, if nothing else does and it reads nothing else.</summary>
    public static Node? Next(this GraphView graph, Node node) => graph.OnlyReader(node.Result) is { Data.Count: 1 } next ? next : null;
}
