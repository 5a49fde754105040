using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A softmax over a single value.</summary>
internal sealed class SoftmaxOverOneRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        foreach (Node softmax in network.Graph.Nodes.Where(node => node.Op is SoftmaxOp && node.Input.Sizes[0] == 1))
        {
            bool isOutput = network.Graph.Loss is { } loss && LogitsRule.TakesLogits(loss) && new NetworkOutput(network).Head == softmax;
            sink.At(softmax, Rules.SoftmaxOverOne, isOutput ? $"leave it out, {network.Graph.Loss!.Kind} takes the logit" : "leave it out, or take Sigmoid for a probability");
        }
    }
}
