using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// 1x1 convolutions of one value are one, with their outputs side by side, so that the value is read once. Each has whole panels of channels, so that what
/// reads them reads parts. Those whose outputs go to a concatenation stay, for they write their places there; so do those before a batch normalisation, which becomes part of their store. Keeps the bits of the forward pass; the value's gradient is one reduction instead of a sum of several.
/// </summary>
internal static class MergePointwise
{
    public static GraphPatch? Rewrite(Node node, GraphView graph)
    {
        if (!CanMerge(node, graph))
            return null;
        Op alike = WithoutChannels(node);
        Node[] layers = [.. graph.Readers(node.Inputs[0]).Where(other => CanMerge(other, graph) && WithoutChannels(other).Equals(alike))];
        return layers.Length > 1 ? Merge(layers, graph) : null;
    }

    private static bool CanMerge(Node node, GraphView graph) =>
        node.Op is ConvOp { IsFixed: false, Groups: 1, Padding: { Height: 0, Width: 0 } } conv && conv.Kernel == Size2.Of(1)
        && conv.Channels % Packing.Panel == 0 && !node.IsMerged() && !EndsInConcat(node, graph) && graph.Next(node) is not { Op: BatchNormOp };

    private static Op WithoutChannels(Node node) => ((ConvOp)node.Op with { Channels = 0 }).Essence;

    private static bool EndsInConcat(Node node, GraphView graph) => graph.Readers(node.Result).Any(reader =>
        reader.Op is ConcatOp or SliceOp || (reader.Op is ActivationOp && graph.Readers(reader.Result).Any(next => next.Op is ConcatOp)));

    private static GraphPatch Merge(Node[] layers, GraphView graph)
    {
        var patch = new GraphPatch(graph);
        Node first = layers[0];
        var op = (ConvOp)first.Op with { Channels = layers.Sum(layer => layer.Output.Sizes[0]) };
        int[] places = [.. layers.Select((_, i) => layers.Take(i).Sum(layer => layer.Output.Sizes[0]))];
        var owner = first.Owner with { Key = $"{first.Key} to {layers[layers.Length - 1].Key}", Stem = first.Stem + "Merged" };
        Value whole = patch.Add(op, [first.Inputs[0], .. patch.JoinParameters(owner.Key, op, first.Input, layers, (i, _) => new(places[i], 0))], owner);

        // Alike activations behind all of them are one too.
        Node[] ends = [.. layers.Select(layer => graph.Next(layer) is { Op: ActivationOp } activation ? activation : layer)];
        if (ends[0].Op is ActivationOp function && ends.All(end => end.Op is ActivationOp activation && activation.Code == function.Code))
            whole = patch.Add(function, [whole], ends[0].Owner with { Stem = ends[0].Stem + "Merged" });
        else
            ends = layers;
        for (int i = 0; i < layers.Length; i++)
            patch.Replace(ends[i].Result, patch.Add(new SliceOp(places[i], layers[i].Output.Sizes[0]), [whole], layers[i].Owner));
        foreach (Node node in layers.Union(ends))
            patch.Drop(node);
        return patch;
    }
}
