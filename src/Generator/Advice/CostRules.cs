using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;
using NetGen.Reports;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>One of several layers has more than half of the parameters, or of the multiply-accumulates.</summary>
internal sealed class MostOfNetworkRule : AdviceRule
{
    /// <summary>With fewer layers than this that have any, one of them has most.</summary>
    private const int LeastLayers = 3;

    /// <summary>Fewer parameters are not worth a word.</summary>
    private const long LeastParameters = 100_000;

    private const long LeastMultiplyAccumulates = 1_000_000;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        LayerCost? parameters = Most(network.Cost, layer => layer.Parameters, LeastParameters);
        LayerCost? products = Most(network.Cost, Products, LeastMultiplyAccumulates);
        foreach (LayerCost layer in new[] { parameters, products }.OfType<LayerCost>().Distinct())
        {
            var words = new List<string>();
            if (layer == parameters)
                words.Add(Words(layer.Parameters, network.Cost.Parameters, "parameters"));
            if (layer == products)
                words.Add(Words(Products(layer), network.Cost.Layers.Sum(Products), "multiply-accumulates"));
            sink.At(layer.Node, Rules.MostOfNetwork, layer.Node.Op.Display, string.Join(" and ", words));
        }

        static long Products(LayerCost layer) => layer.Inference.Arithmetic.MultiplyAccumulates;
        static string Words(long part, long whole, string unit) => $"{Limits.Grouped(part)} of the network's {Limits.Grouped(whole)} {unit}, {CostText.Share(part, whole)}";
    }

    private static LayerCost? Most(NetworkCost cost, System.Func<LayerCost, long> share, long least)
    {
        LayerCost[] layers = [.. cost.Layers.Where(layer => share(layer) > 0)];
        long whole = layers.Sum(share);
        return layers.Length < LeastLayers || whole < least ? null : layers.FirstOrDefault(layer => 2 * share(layer) > whole);
    }
}

/// <summary>A convolution of several taps over many channels, which could work on a quarter of them behind a 1x1 convolution.</summary>
internal sealed class WideConvolutionRule : AdviceRule
{
    private const int LeastChannels = 128;

    /// <summary>Channels of the input for one of the bottleneck.</summary>
    private const int Narrowing = 4;

    /// <summary>It is said of a layer with at least one in so many of the network's multiply-accumulates.</summary>
    private const int LeastShare = 10;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        long all = network.Cost.Inference.Arithmetic.MultiplyAccumulates;
        foreach (LayerCost layer in network.Cost.Layers)
        {
            Node node = layer.Node;
            long products = layer.Inference.Arithmetic.MultiplyAccumulates;
            if (node.Op is not ConvOp { IsFixed: false, Groups: 1, Kernel.Count: > 1 } conv || node.Input.Sizes[0] < LeastChannels || LeastShare * products < all || IsNarrowed(node, network.View))
                continue;
            int channels = node.Input.Sizes[0];
            int narrow = channels / Narrowing;
            ConvOp first = new(null, conv.Dimensions, narrow, Size2.Of(1));
            long before = node.Input.ElementCount * narrow;
            long behind = products / channels * narrow;
            long parameters = ((long)channels * narrow) + narrow + ((long)narrow * conv.Channels * conv.Kernel.Count) + (conv.Bias ? conv.Channels : 0);

            // It is another function, so it is said where at least half is saved.
            if (2 * (before + behind) <= products)
            {
                sink.At(
                    node, Rules.WideConvolution, conv.Display, Limits.Grouped(channels), Limits.Grouped(products), Limits.Grouped(layer.Parameters),
                    Limits.Grouped(narrow), first.Display, Limits.Grouped(before + behind), Limits.Grouped(parameters));
            }
        }
    }

    /// <summary>Whether a 1x1 convolution with fewer channels than it reads stands before it already.</summary>
    private static bool IsNarrowed(Node node, GraphView graph)
    {
        Node? before = graph.Producer(node.Inputs[0]);
        while (before is { Op: ActivationOp or BatchNormOp or DropoutOp })
            before = graph.Producer(before.Inputs[0]);
        return before is { Op: ConvOp { Kernel: { Height: 1, Width: 1 } } narrowing } && narrowing.Channels < before.Input.Sizes[0];
    }
}

/// <summary>What runs of a network is not what is declared.</summary>
internal sealed class RewrittenRule : AdviceRule
{
    /// <summary>Rewrites that the message tells one by one.</summary>
    private const int Named = 4;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        IReadOnlyList<string> rewrites = network.Rewrites;
        if (rewrites.Count == 0)
            return;
        string more = rewrites.Count <= Named ? "" : $"; and {Limits.Grouped(rewrites.Count - Named)} more";
        sink.AtNetwork(Rules.Rewritten, network.Graph.Declaration.Name, string.Join("; ", rewrites.Take(Named)) + more);
    }
}

/// <summary>A layer with products that waits for memory nevertheless, where that takes a good part of a training step.</summary>
internal sealed class MemoryBoundRule : AdviceRule
{
    /// <summary>What is less stays in a core's own caches.</summary>
    private const long LeastBytes = 8 << 20;

    /// <summary>It is said of a layer that moves at least one in so many of the network's bytes.</summary>
    private const int LeastShare = 8;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        const int Batch = ReportOptions.DefaultBatch;
        long all = network.Cost.Training.Moved.At(Batch);
        foreach (LayerCost layer in network.Cost.Layers.Where(layer => layer.Training.Arithmetic.MultiplyAccumulates > 0))
        {
            long bytes = layer.Training.Moved.At(Batch);
            Pass step = layer.Training.Figures;
            if (step.BoundBy(ReportOptions.Default) == Pass.Memory && bytes >= LeastBytes && LeastShare * bytes >= all)
            {
                sink.At(
                    layer.Node, Rules.MemoryBound, layer.Node.Op.Display, Limits.Grouped(bytes), Limits.Grouped(Batch), CostText.Ratio(step.PerByte(Batch)),
                    Limits.Grouped((long)ReportOptions.DefaultBalance));
            }
        }
    }
}
