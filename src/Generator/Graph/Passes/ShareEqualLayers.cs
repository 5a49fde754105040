using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Layers without parameters that compute the same of the same values are one: pools or activations at the start of branches. Dropout is drawn for each
/// layer. The gradients of those that read the value are summed before the layer's own instead of behind it, which may round differently.
/// </summary>
internal static class ShareEqualLayers
{
    public static GraphPatch? Rewrite(Node node, GraphView graph)
    {
        if (!CanShare(node, graph))
            return null;
        Op essence = node.Op.Essence;
        Node[] equal = [.. graph.Readers(node.Inputs[0])
            .Where(other => other.Id != node.Id && CanShare(other, graph) && other.Inputs.SequenceEqual(node.Inputs) && other.Op.Essence.Equals(essence))
            .GroupBy(other => other.Id).Select(readings => readings.First())];
        if (equal.Length == 0)
            return null;
        var patch = new GraphPatch(graph);
        foreach (Node other in equal)
        {
            patch.Replace(other.Result, node.Result);
            patch.Drop(other);
        }

        return patch;
    }

    private static bool CanShare(Node node, GraphView graph) => node.Op is not DropoutOp && node.Data.Count == node.Inputs.Count && !graph.IsOutput(node.Result);
}
