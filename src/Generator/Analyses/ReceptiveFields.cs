using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What each layer of a network sees of its input.</summary>
internal static class ReceptiveFields
{
    /// <summary>By the numbers of the graph's nodes, and of its input.</summary>
    public static IReadOnlyDictionary<int, ReceptiveField> Of(Graph graph) => Dataflow.Forward(graph, OfInput(graph.Input), (node, sources) => Through(node, sources, graph.Input));

    /// <summary>That of an input: each place sees itself.</summary>
    public static ReceptiveField OfInput(Shape input) => new(input.Sizes.Skip(1).Select(_ => FieldAxis.Input).ToEquatableArray());

    /// <summary>That of a node's result.</summary>
    /// <param name="node">The node.</param>
    /// <param name="sources">What those of the values see that the node reads.</param>
    /// <param name="input">What they see.</param>
    public static ReceptiveField Through(Node node, IReadOnlyList<ReceptiveField> sources, Shape input) =>
        new(input.Sizes.Skip(1).Select((size, axis) => Along(axis, size, node, [.. sources.Select(source => source.Axes[axis])])).ToEquatableArray());

    /// <summary>What a node's places see along a dimension of the network's input.</summary>
    /// <param name="axis">The dimension, channels not counted.</param>
    /// <param name="input">The input's size.</param>
    /// <param name="node">The node.</param>
    /// <param name="sources">What its sources see.</param>
    private static FieldAxis Along(int axis, int input, Node node, FieldAxis[] sources)
    {
        FieldAxis x = sources[0];
        return node.Op switch
        {
            ConvOp conv => x.Windows(((Of(conv.Kernel) - 1) * Of(conv.Dilation)) + 1, Of(conv.Stride), -Of(new Size2(conv.Pads.Top, conv.Pads.Left))),
            PoolOp pool => x.Windows(Of(pool.Kernel), Of(pool.Stride), -Of(pool.Padding)),
            AdaptivePoolOp pool => Of(pool.Grid) == 1 ? Whole() : x.Windows(LargestWindow(Places(node.Input), Of(pool.Grid)), Places(node.Input) / (double)Of(pool.Grid), 0),
            LinearOp or FlattenOp or LogSumExpOp => Whole(),
            NormalizedShapeOp norm => IsNormalized(norm.NormalizedShape) ? Whole() : x,
            JoinOp => sources.Aggregate((all, other) => all.Union(other, Places(node.Output))),

            // Element by element, or the channels of each place.
            _ => x,
        };

        // Layers of one dimension have width alone, and the axis is that.
        int Of(Size2 size) => axis == node.Input.Rank - 2 ? size.Width : size.Height;
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
}
