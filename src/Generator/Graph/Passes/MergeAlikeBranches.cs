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
    public static Graph Run(Graph graph)
    {
        ILookup<int, Node> consumers = graph.Consumers();
        var byId = graph.Nodes.ToDictionary(node => node.Id);
        foreach (int join in graph.Nodes.Where(node => node.Op is SumOp or ConcatOp).Select(node => node.Id).ToList())
        {
            // Of the branches of a join only some may be alike.
            while (byId[join].Op is SumOp or ConcatOp && Merge(graph, byId[join], byId, consumers) is { } merged)
            {
                graph = merged;
                consumers = graph.Consumers();
                byId = graph.Nodes.ToDictionary(node => node.Id);
            }
        }

        return graph;
    }

    /// <summary>The graph with branches of a join merged; null where none are alike.</summary>
    private static Graph? Merge(Graph graph, Node join, Dictionary<int, Node> byId, ILookup<int, Node> consumers)
    {
        Node[][] branches = [.. join.Sources.Select(source => Branch(source, byId, consumers))];

        // A concatenation's branches are merged where they are neighbours.
        for (int first = 0; first < branches.Length; first++)
        {
            List<int> alike = [first];
            for (int i = first + 1; i < branches.Length && (join.Op is SumOp || alike[alike.Count - 1] == i - 1); i++)
            {
                if (AreAlike(branches[first], branches[i]))
                    alike.Add(i);
            }

            if (alike.Count > 1 && CanMerge(branches[first], join.Op is SumOp))
                return Replace(graph, join, alike, [.. alike.Select(i => branches[i])]);
        }

        return null;
    }

    /// <summary>The nodes that lead to a value and that nothing else reads, from the first convolution that can be merged on.</summary>
    private static Node[] Branch(int value, Dictionary<int, Node> byId, ILookup<int, Node> consumers)
    {
        var nodes = new List<Node>();
        while (byId.TryGetValue(value, out Node node) && consumers[value].Count() == 1 && IsByChannels(node))
        {
            nodes.Add(node);
            value = node.Sources[0];
        }

        nodes.Reverse();
        return [.. nodes.SkipWhile(node => node.Op is not ConvOp { Groups: 1 })];
    }

    private static bool IsByChannels(Node node) => node.Sources.Count == 1 && node.Merged.Count == 0 && node.Op is ConvOp { IsFixed: false } or ActivationOp or PoolOp or AdaptiveAvgPoolOp;

    private static bool AreAlike(Node[] a, Node[] b) =>
        a.Length == b.Length && a.Length > 0 && a[0].Sources[0] == b[0].Sources[0] && a.Zip(b, (x, y) => x.Op.Essence.Equals(y.Op.Essence)).All(equal => equal);

    /// <summary>Of a sum, the last layer joins the branches: it must be a convolution of all its channels, and not the first.</summary>
    private static bool CanMerge(Node[] branch, bool isSum) => !isSum || (branch.Length > 1 && branch[branch.Length - 1].Op is ConvOp { Groups: 1 });

    private static Graph Replace(Graph graph, Node join, List<int> alike, Node[][] branches)
    {
        int count = branches.Length;
        bool isSum = join.Op is SumOp;
        int last = branches[0].Length - 1;
        var merged = new List<Node>();
        for (int i = 0; i <= last; i++)
        {
            Node node = branches[0][i];
            Node[] own = [.. branches.Select(branch => branch[i])];
            bool isStacked = isSum && i == last;
            Shape input = i == 0 ? node.Input : Times(node.Input, count);
            Shape output = isStacked ? node.Output : Times(node.Output, count);
            var conv = node.Op as ConvOp;
            merged.Add(node with
            {
                Key = $"{node.Key} to {own[count - 1].Key}",
                Op = conv is null ? node.Op : conv with { Channels = output.Sizes[0], Groups = i == 0 || isStacked ? 1 : conv.Groups * count },
                Sources = i == 0 ? node.Sources : EquatableArray.Of(merged[i - 1].Id),
                Inputs = EquatableArray.Of(input),
                Output = output,
                Merged = conv is null ? default : own.Select((layer, j) => new MergedLayer(layer, isStacked ? 0 : j * conv.Channels, isStacked ? j * node.Input.Sizes[0] : 0)).ToEquatableArray(),
                SumsBiases = isStacked && conv!.Bias,
            });
        }

        // The merged branch stands where the first was; of the joined values it takes the place of its parts.
        var removed = new HashSet<int>(branches.SelectMany(branch => branch).Select(node => node.Id));
        int[] sources = [.. join.Sources.Where((_, i) => i == alike[0] || !alike.Contains(i))];
        Shape[] inputs = [.. join.Inputs.Select((shape, i) => i == alike[0] ? merged[last].Output : shape).Where((_, i) => i == alike[0] || !alike.Contains(i))];
        bool isWhole = sources.Length == 1;
        var nodes = new List<Node>();
        foreach (Node node in graph.Nodes)
        {
            if (node.Id == branches[0][0].Id)
                nodes.AddRange(isWhole ? merged.Take(last).Append(merged[last] with { Id = join.Id }) : merged);
            else if (node.Id == join.Id)
                nodes.AddRange(isWhole ? [] : new[] { join with { Sources = sources.ToEquatableArray(), Inputs = inputs.ToEquatableArray() } });
            else if (!removed.Contains(node.Id))
                nodes.Add(node);
        }

        return graph with { Nodes = Order(nodes, graph.OutputId).ToEquatableArray() };
    }

    /// <summary>The node of the output stands last.</summary>
    private static IEnumerable<Node> Order(List<Node> nodes, int output) => nodes.Where(node => node.Id != output).Concat(nodes.Where(node => node.Id == output));

    private static Shape Times(Shape shape, int count) => new(shape.Sizes.Select((size, i) => i == 0 ? size * count : size).ToEquatableArray());
}
