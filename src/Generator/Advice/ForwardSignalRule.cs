using System;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Values grow until nothing can be learnt from them, or no longer depend on the input.</summary>
internal sealed class ForwardSignalRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        var flow = new SignalFlow(network);
        if (flow.Layers.Count == 0)
            return;
        SignalAnalysis signal = network.Signal;
        Node last = flow.Layers[flow.Layers.Count - 1];
        double Size(Value value) => Math.Sqrt(signal[value].Variance + (signal[value].Mean * signal[value].Mean));
        double input = Math.Max(1, Size(network.Graph.Inputs[0]));
        Node? large = network.Graph.Nodes.FirstOrDefault(node => signal[node.Result].Overflows) ?? (Size(last.Result) > GradientRule.Most * input ? last : null);
        if (large is not null)
        {
            bool isExponential = network.Graph.Nodes.TakeWhile(node => node != large).Append(large).Any(node => node.Op is ActivationOp { Function: ActivationKind.Exp });
            sink.At(
                large, Rules.SignalExplodes, network.Graph.Declaration.Name, large.Told(),
                signal[large.Result].Overflows ? "more than a float holds" : $"{SignalFlow.Number(Size(large.Result) / input)} times as large as the input",
                isExponential ? "exponentials of sums grow without bounds: use ReLU or Softplus between layers" : "initialise with Init.KaimingNormal or Init.XavierNormal, or normalise");
            return;
        }

        // Where the gradient vanishes it is the same loss, seen from the other end.
        if (flow.Extremes(isShortest: true).FirstOrDefault() is { First: not null, Ratio: < 1 / GradientRule.Most })
            return;
        double OfInputs(Value value) => Math.Sqrt(signal.Distribution(value)!.Moments.VarianceOfInputs);
        double left = OfInputs(last.Inputs[0]) / OfInputs(network.Graph.Inputs[0]);
        if (flow.Layers.Count < 2 || left >= 1 / GradientRule.Most)
            return;

        // What the last layer reads, its own weights aside.
        Node[] way = [.. flow.Way(null, last).Where(node => node != last)];
        if (!DyingReLURule.IsBornDead(network, way))
            sink.At(last, Rules.SignalDiesOut, network.Graph.Declaration.Name, last.Told(), SignalFlow.Number(left), flow.Mend(way));
    }
}
