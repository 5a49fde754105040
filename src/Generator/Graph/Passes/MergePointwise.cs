using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// 1x1 convolutions of one value are one, with their outputs side by side, so that the value is read once. Each has whole panels of channels, so that what
/// reads them reads parts. Those whose outputs go to a concatenation stay, for they write their places there. Keeps the bits of the forward pass; the value's gradient is one reduction instead of a sum of several.
/// </summary>
internal static class MergePointwise
{
    public static Graph Run(Graph graph)
    {
        ILookup<int, Node> consumers = graph.Consumers();
        foreach (IGrouping<(int, ConvOp), Node> group in graph.Nodes
            .Where(node => IsPointwise(node) && !EndsInConcat(node, consumers))
            .GroupBy(node => (node.Sources[0], (ConvOp)((ConvOp)node.Op with { Channels = 0 }).Essence))
            .Where(group => group.Count() > 1).ToList())
        {
            graph = Merge(graph, [.. group]);
        }

        return graph;
    }

    private static bool IsPointwise(Node node) =>
        node.Merged.Count == 0 && node.Op is ConvOp { IsFixed: false, Groups: 1, Padding: { Height: 0, Width: 0 } } conv && conv.Kernel == Size2.Of(1)
        && conv.Channels % Packing.Panel == 0;

    private static bool EndsInConcat(Node node, ILookup<int, Node> consumers)
    {
        Node[] readers = [.. consumers[node.Id]];
        return readers.Any(reader => reader.Op is ConcatOp or SliceOp || (reader.Op is ActivationOp && consumers[reader.Id].Any(next => next.Op is ConcatOp)));
    }

    private static Graph Merge(Graph graph, Node[] layers)
    {
        Node first = layers[0];
        int channels = layers.Sum(layer => layer.Output.Sizes[0]);
        int id = graph.Nodes.Max(node => node.Id) + 1;
        var parts = new List<MergedLayer>();
        var slices = new List<Node>();
        int place = 0;
        foreach (Node layer in layers)
        {
            int count = layer.Output.Sizes[0];
            parts.Add(new MergedLayer(layer, place, 0));
            slices.Add(layer with { Op = new SliceOp(place, count), Sources = EquatableArray.Of(id), Inputs = EquatableArray.Of(WithChannels(first.Output, channels)) });
            place += count;
        }

        Node merged = first with
        {
            Key = $"{first.Key} to {layers[layers.Length - 1].Key}",
            Id = id,
            Op = (ConvOp)first.Op with { Channels = channels },
            Output = WithChannels(first.Output, channels),
            Stem = first.Stem + "Merged",
            Merged = parts.ToEquatableArray(),
        };
        // Alike activations behind all of them are one too.
        ILookup<int, Node> consumers = graph.Consumers();
        Node[] ends = [.. layers.Select(layer => consumers[layer.Id].Count() == 1 && consumers[layer.Id].First() is { Op: ActivationOp } activation ? activation : layer)];
        Node[] chain = [merged];
        if (ends.All(end => end.Op is ActivationOp activation && activation.Code == (ends[0].Op as ActivationOp)?.Code))
        {
            chain = [merged, ends[0] with { Id = id + 1, Sources = EquatableArray.Of(id), Inputs = EquatableArray.Of(merged.Output), Output = merged.Output, Stem = ends[0].Stem + "Merged" }];
            slices = slices.Zip(ends, (slice, end) => slice with { Id = end.Id, Sources = EquatableArray.Of(id + 1) }).ToList();
        }

        var ids = new HashSet<int>(layers.Concat(chain.Length > 1 ? ends : []).Select(layer => layer.Id));
        return graph with
        {
            Nodes = graph.Nodes.SelectMany(node => node.Id == first.Id ? chain.Concat(slices) : ids.Contains(node.Id) ? [] : new[] { node }).ToEquatableArray(),
        };
    }

    private static Shape WithChannels(Shape shape, int channels) => new(shape.Sizes.Select((size, i) => i == 0 ? channels : size).ToEquatableArray());
}
