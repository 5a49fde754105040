using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Branches of one value that are alike, convolutions with activations and pools between, are one branch of grouped convolutions: the first ones side by
/// side, those between as groups, and where the branches are summed the last ones stacked over their input channels, their biases summed. A sum of n
/// branches is one longer reduction instead of n and n − 1 additions. More channels may give a filter another form, with another order of the same sum:
/// an element moves by at most the rounding of as many sums as it has products.
/// </summary>
internal static class MergeAlikeBranches
{
    public static GraphPatch? Rewrite(Node join, GraphView graph)
    {
        if (join.Op is not (SumOp or ConcatOp))
            return null;
        Node[][] branches = [.. join.Inputs.Select(source => Branch(source, graph))];

        // Of the branches of a join only some may be alike. A concatenation's are merged where they are neighbours.
        for (int first = 0; first < branches.Length; first++)
        {
            List<int> alike = [first];
            for (int i = first + 1; i < branches.Length && (join.Op is SumOp || alike[alike.Count - 1] == i - 1); i++)
            {
                if (AreAlike(branches[first], branches[i]))
                    alike.Add(i);
            }

            if (alike.Count > 1 && CanMerge(branches[first], join.Op is SumOp))
                return Merge(graph, join, alike, [.. alike.Select(i => branches[i])]);
        }

        return null;
    }

    /// <summary>The nodes that lead to a value and that nothing else reads, from the first convolution that can be merged on.</summary>
    private static Node[] Branch(Value value, GraphView graph)
    {
        var nodes = new List<Node>();
        while (graph.Producer(value) is { } node && graph.OnlyReader(value) is not null && IsByChannels(node))
        {
            nodes.Add(node);
            value = node.Inputs[0];
        }

        nodes.Reverse();
        return [.. nodes.SkipWhile(node => node.Op is not ConvOp { Groups: 1 })];
    }

    private static bool IsByChannels(Node node) => node.Data.Count == 1 && !node.IsMerged() && node.Op is ConvOp { IsFixed: false } or ActivationOp or PoolingOp;

    private static bool AreAlike(Node[] a, Node[] b) =>
        a.Length == b.Length && a.Length > 0 && a[0].Inputs[0].Equals(b[0].Inputs[0]) && a.Zip(b, (x, y) => x.Op.Essence.Equals(y.Op.Essence)).All(equal => equal);

    /// <summary>Of a sum, the last layer joins the branches: it must be a convolution of all its channels, and not the first.</summary>
    private static bool CanMerge(Node[] branch, bool isSum) => !isSum || (branch.Length > 1 && branch[branch.Length - 1].Op is ConvOp { Groups: 1 });

    private static GraphPatch Merge(GraphView graph, Node join, List<int> alike, Node[][] branches)
    {
        var patch = new GraphPatch(graph);
        int last = branches[0].Length - 1;
        Value value = branches[0][0].Inputs[0];
        for (int i = 0; i <= last; i++)
            value = Merge(patch, value, [.. branches.Select(branch => branch[i])], isFirst: i == 0, isStacked: join.Op is SumOp && i == last);

        // Of the joined values the merged branch takes the place of its parts.
        Value[] inputs = [.. join.Inputs.Select((input, i) => i == alike[0] ? value : input).Where((_, i) => i == alike[0] || !alike.Contains(i))];
        patch.Replace(join.Result, inputs.Length == 1 ? value : patch.Add(join.Op, inputs, join.Owner));
        patch.Drop(join);
        foreach (Node node in branches.SelectMany(branch => branch))
            patch.Drop(node);
        return patch;
    }

    /// <summary>Adds what alike layers of several branches become.</summary>
    private static Value Merge(GraphPatch patch, Value input, Node[] layers, bool isFirst, bool isStacked)
    {
        Node node = layers[0];
        var owner = node.Owner with { Key = $"{node.Key} to {layers[layers.Length - 1].Key}" };
        if (node.Op is not ConvOp conv)
            return patch.Add(node.Op, [input], owner);
        int count = layers.Length;
        var merged = conv with { Channels = isStacked ? conv.Channels : count * conv.Channels, Groups = isFirst || isStacked ? 1 : conv.Groups * count };
        IEnumerable<Value> parameters = patch.JoinParameters(
            owner.Key, merged, input.Shape, layers, (i, layer) => isStacked ? (0, i * layer.Input.Sizes[0]) : (i * conv.Channels, 0), sumsBiases: isStacked);
        return patch.Add(merged, [input, .. parameters], owner);
    }
}
