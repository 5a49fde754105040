using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>The gradient at the first layers is much shorter, or longer, than at the last.</summary>
internal sealed class GradientRule : AdviceRule
{
    /// <summary>A thousandth, or thousandfold: a learning rate that suits one end is wrong by that at the other.</summary>
    public const double Most = 1000;

    private const double Noticeable = 100;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        var flow = new SignalFlow(network);
        string name = network.Graph.Declaration.Name;
        foreach ((Node First, Node Last, double Ratio) shortest in flow.Extremes(isShortest: true).TakeWhile(layer => layer.Ratio < 1 / Noticeable))
        {
            IReadOnlyList<Node> way = flow.Way(shortest.First, shortest.Last);
            if (DyingReLURule.IsBornDead(network, way))
                continue;
            (string ratio, string last, string first) = (SignalFlow.Number(shortest.Ratio), shortest.Last.Told(), shortest.First.Told());
            if (shortest.Ratio < 1 / Most)
                sink.At(shortest.First, Rules.GradientVanishes, name, ratio, last, first, flow.Mend(way));
            else
                sink.At(shortest.First, Rules.GradientChanges, name, "shrinks", ratio + " of its length", last, first, flow.Mend(way));
            break;
        }

        if (flow.Extremes(isShortest: false).FirstOrDefault() is { Ratio: > Noticeable } longest)
        {
            string mend = SignalFlow.MendGrowth(flow.Way(longest.First, longest.Last));
            (string ratio, string last, string first) = (SignalFlow.Times(longest.Ratio), longest.Last.Told(), longest.First.Told());
            if (longest.Ratio > Most)
                sink.At(longest.First, Rules.GradientExplodes, name, ratio, last, first, mend);
            else
                sink.At(longest.First, Rules.GradientChanges, name, "grows", ratio, last, first, mend);
        }
    }
}
