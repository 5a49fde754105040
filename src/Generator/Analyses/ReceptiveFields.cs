using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What each layer of a network sees of its input.</summary>
internal static class ReceptiveFields
{
    /// <summary>By the numbers of the graph's nodes, and of its input.</summary>
    public static IReadOnlyDictionary<int, ReceptiveField> Of(Graph graph)
    {
        var fields = new Dictionary<int, ReceptiveField> { [Graph.InputId] = new(Sizes(graph.Input).Select(_ => FieldAxis.Input).ToEquatableArray()) };
        int[] input = Sizes(graph.Input);
        foreach (Node node in graph.Nodes)
            fields.Add(node.Id, new ReceptiveField(input.Select((size, axis) => Axis(node, [.. node.Sources.Select(source => fields[source].Axes[axis])], axis, size)).ToEquatableArray()));
        return fields;
    }

    /// <summary>What a node's places see along a dimension of the network's input.</summary>
    /// <param name="node">The node.</param>
    /// <param name="sources">What those of its sources see.</param>
    /// <param name="axis">The dimension, channels not counted.</param>
    /// <param name="input">The input's size.</param>
    private static FieldAxis Axis(Node node, FieldAxis[] sources, int axis, int input)
    {
        FieldAxis x = sources[0];
        return node.Op switch
        {
            ConvOp conv => x.Windows((Along(conv.Kernel) - 1) * Along(conv.Dilation) + 1, Along(conv.Stride), -Along(new Size2(conv.Pads.Top, conv.Pads.Left))),
            PoolOp pool => x.Windows(Along(pool.Kernel), Along(pool.Stride), -Along(pool.Padding)),
            AdaptivePoolOp pool => Along(pool.Grid) == 1 ? Whole() : x.Windows(LargestWindow(Places(node.Input), Along(pool.Grid)), Places(node.Input) / (double)Along(pool.Grid), 0),
            LinearOp or FlattenOp or LogSumExpOp => Whole(),
            LayerNormOp norm => IsNormalized(norm.NormalizedShape) ? Whole() : x,
            RMSNormOp norm => IsNormalized(norm.NormalizedShape) ? Whole() : x,
            JoinOp => sources.Aggregate((all, other) => all.Union(other, Places(node.Output))),

            // Element by element, or the channels of each place.
            _ => x,
        };

        // Layers of one dimension have width alone, and the axis is that.
        int Along(Size2 size) => axis == node.Input.Rank - 2 ? size.Width : size.Height;
        int Places(Shape shape) => shape.IsFlat ? 1 : shape.Sizes[axis + 1];
        FieldAxis Whole() => x.Whole(Places(node.Input), input);
        bool IsNormalized(EquatableArray<int> given) => given.Count == 0 || axis + 1 >= node.Input.Rank - given.Count;
    }

    /// <summary>Places in the largest window of an adaptive pool: window i of n over s reaches from floor(i s / n) to ceil((i + 1) s / n).</summary>
    private static int LargestWindow(int size, int count)
    {
        int divisor = Divisor(size, count);
        int rest = size / divisor % (count / divisor);
        return (size / count) + Math.Min(rest, 2);

        static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);
    }

    private static int[] Sizes(Shape shape) => [.. shape.Sizes.Skip(1)];
}
