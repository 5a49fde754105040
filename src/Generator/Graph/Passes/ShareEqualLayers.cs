using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Layers without parameters that compute the same of the same values are one: pools or activations at the start of branches. Dropout is drawn for each
/// layer. The gradients of those that read the value are summed before the layer's own instead of behind it, which may round differently.
/// </summary>
internal static class ShareEqualLayers
{
    public static Graph Run(Graph graph)
    {
        var values = new Dictionary<(LayerOp, EquatableArray<int>), int>();
        var same = new Dictionary<int, int>();
        var nodes = new List<Node>();
        foreach (Node declared in graph.Nodes)
        {
            Node node = declared with { Sources = declared.Sources.Select(source => same.TryGetValue(source, out int first) ? first : source).ToEquatableArray() };
            (LayerOp, EquatableArray<int>) key = (node.Op.Essence, node.Sources);
            if (node.Op is DropoutOp || node.Parameters.Count > 0 || node.Id == graph.OutputId)
                nodes.Add(node);
            else if (values.TryGetValue(key, out int other))
                same.Add(node.Id, other);
            else
            {
                values.Add(key, node.Id);
                nodes.Add(node);
            }
        }

        return graph with { Nodes = nodes.ToEquatableArray() };
    }
}
