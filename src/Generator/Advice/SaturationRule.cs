using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>More than half of a sigmoid's or tanh's inputs are where its slope is less than a hundredth of that at 0.</summary>
internal sealed class SaturationRule : AdviceRule
{
    private const double Flat = 0.01;
    private const double Most = 0.5;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        foreach (Node node in network.Graph.Nodes)
        {
            if (node.Op is not ActivationOp { IsSquashing: true } op || network.Signal.Distribution(node.Inputs[0]) is not { } z)
                continue;
            double least = Flat * ActivationFunction.Slope(op, 0);
            double share = z.Parts.Sum(part => part.Channels * part.Whole.Marginal.MeanOf(x => ActivationFunction.Slope(op, x) < least ? 1 : 0)) / z.Channels;
            if (share > Most)
            {
                sink.At(
                    node, Rules.Saturation, node.Told(), SignalFlow.Percent(share), SignalFlow.Number(network.Signal[node.Inputs[0]].StandardDeviation),
                    "smaller weights, as Init.XavierNormal draws them, inputs of variance 1, or a normalisation before it keep it in its steep part");
            }
        }
    }
}
