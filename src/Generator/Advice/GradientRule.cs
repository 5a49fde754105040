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
        if (flow.Extreme(isShortest: true) is { Ratio: < 1 / Noticeable } shortest && !DyingReLURule.IsBornDead(network))
        {
            (string ratio, string last, string first) = (SignalFlow.Number(shortest.Ratio), SignalFlow.Name(shortest.Last), SignalFlow.Name(shortest.First));
            if (shortest.Ratio < 1 / Most)
                sink.At(shortest.First, Rules.GradientVanishes, name, ratio, last, first, flow.Mend());
            else
                sink.At(shortest.First, Rules.GradientChanges, name, "shrinks", ratio + " of its length", last, first, flow.Mend());
        }

        if (flow.Extreme(isShortest: false) is { Ratio: > Noticeable } longest)
        {
            string mend = flow.MendGrowth();
            (string ratio, string last, string first) = (SignalFlow.Times(longest.Ratio), SignalFlow.Name(longest.Last), SignalFlow.Name(longest.First));
            if (longest.Ratio > Most)
                sink.At(longest.First, Rules.GradientExplodes, name, ratio, last, first, mend);
            else
                sink.At(longest.First, Rules.GradientChanges, name, "grows", ratio, last, first, mend);
        }
    }
}
