using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A normalisation takes away what stands before it: a bias, or all there is of so few values. Or it forgets, or never learns, its statistics.</summary>
internal sealed class NormalizationRule : AdviceRule
{
    /// <summary>From here on a share of the newest batch is meant as that of all before: Keras's default is 0.99.</summary>
    private const double LargestMomentum = 0.9;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        foreach (Node node in network.Graph.Nodes)
        {
            if (SubtractsMeanOfChannels(node) && LayerWithBias(node, network.View) is { } layer)
                sink.At(layer, Rules.BiasBeforeNormalization, layer.Told(), node.Op.Kind, Limits.Grouped(layer.Output.Sizes[0]));
            if (OfFewValues(node) is { } result)
                sink.At(node, Rules.NormalizationOfOne, node.Op.Display, node.Input.ToString(), result);
            if (node.Op is BatchNormOp { Momentum: 0 or >= LargestMomentum } norm)
            {
                sink.At(
                    node, Rules.BatchNormMomentum, norm.Kind, Ops.Check.Text(norm.Momentum),
                    norm.Momentum == 0 ? "the running statistics stay 0 and 1, with which it evaluates" : "it evaluates with little more than the statistics of the last batch");
            }
        }
    }

    private static bool SubtractsMeanOfChannels(Node node) => node.Op is BatchNormOp || (node.Op is LayerNormOp { NormalizedShape.Count: > 0 } norm && norm.NormalizedShape.Count < node.Input.Rank);

    /// <summary>The layer whose bias reaches a normalisation as it is.</summary>
    private static Node? LayerWithBias(Node norm, GraphView view)
    {
        for (Node reader = norm; view.OnlyReader(reader.Data[0]) is not null && view.Producer(reader.Data[0]) is { } node; reader = node)
        {
            if (node.Op is LinearOp { Bias: true } or ConvOp { Bias: true, IsFixed: false })
                return node;

            // Zeros in a mean would leave a part of the bias.
            bool keeps = node.Op is PoolingOp { Function: PoolKind.Max } or AdaptivePoolOp or PoolOp { CountIncludePad: false } || node.Op is PoolOp pool && pool.Padding == default
                || (node.Op is FlattenOp && norm.Op is BatchNormOp);
            if (!keeps)
                return null;
        }

        return null;
    }

    /// <summary>What a normalisation leaves of one value, or of two; null where it has more.</summary>
    private static string? OfFewValues(Node node)
    {
        if (node.Op is not NormalizedShapeOp { NormalizedShape: var given })
            return null;
        long count = given.Count == 0 ? node.Input.ElementCount : given.Aggregate(1L, (product, size) => product * size);
        return (node.Op, count) switch
        {
            (LayerNormOp, 1) => "one value less its mean is 0",
            (LayerNormOp, 2) => "of two values only which is larger is left",
            (RMSNormOp, 1) => "of one value only the sign is left",
            _ => null,
        };
    }
}
