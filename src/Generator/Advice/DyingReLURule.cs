using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>
/// ReLUs that are 0 for whatever input: units that are off nearly always, or narrow layers that the whole signal goes through, one of which may be off as a whole (Lu et al. 2019).
/// </summary>
internal sealed class DyingReLURule : AdviceRule
{
    /// <summary>The share of a layer's units that may be dead.</summary>
    private const double MostUnits = 0.9;

    /// <summary>Layers of as many units are hardly ever off as a whole.</summary>
    private const int Wide = 10;

    /// <summary>Behind so many narrow layers all inputs are alike but for their scale, more than the theory of wide ones says, so that two stand for all.</summary>
    private const int Alike = 3;

    /// <summary>How probable a network may be born dead.</summary>
    private const double MostNetworks = 0.1;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        (double alive, int narrow) = (1, 0);
        (Node? narrowest, double most) = (null, 0);
        if (network.Graph.Nodes.FirstOrDefault(node => IsOff(network, node)) is { } first)
        {
            sink.At(
                first, Rules.DyingReLU, first.Told(), "what it reads is never above 0, whatever the input, so that it is 0 and no gradient passes it",
                "draw the weights before it at random, as Init.Default does, or use LeakyReLU");
        }

        var narrows = new HashSet<int>(Narrows.Of(network.Graph));
        for (int i = 0; i < network.Graph.Nodes.Count; i++)
        {
            Node node = network.Graph.Nodes[i];
            if (Dead(network, node) is not ({ } dead, { } signal))
                continue;
            if (dead > MostUnits)
            {
                sink.At(
                    node, Rules.DyingReLU, node.Told(), $"{SignalFlow.Percent(dead)} of its units are off for nearly every input, and no gradient passes them",
                    "start from biases that are not negative, or use LeakyReLU");
                continue;
            }

            if (!narrows.Contains(i))
                continue;
            double off = narrow < Alike || Places(node) > 1 ? Math.Pow(dead, signal.Channels) : signal.Parts.Aggregate(1.0, (all, part) => all * Math.Pow(Off(part.Whole), part.Channels));
            narrow = signal.Channels < Wide ? narrow + 1 : 0;
            alive *= 1 - off;
            if (off > most)
                (narrowest, most) = (node, off);
        }

        if (narrowest is not null && 1 - alive > MostNetworks)
        {
            sink.At(
                narrowest, Rules.DyingReLU, narrowest.Told(),
                $"with a probability of {SignalFlow.Percent(1 - alive)} all units of a layer as narrow as this, of {narrowest.Output.Sizes[0].ToString(CultureInfo.InvariantCulture)}, are off and the output no longer depends on the input",
                "make the layers wider, use fewer, or LeakyReLU");
        }
    }

    /// <summary>Whether nearly all units of some ReLU on a way are off: then no weights but those before it are why a signal is lost.</summary>
    public static bool IsBornDead(AnalyzedNetwork network, IEnumerable<Node> way) => way.Any(node => IsOff(network, node) || Dead(network, node)?.Share > MostUnits);

    /// <summary>Whether a ReLU reads the same number everywhere, as behind weights of 0, at which its slope is 0.</summary>
    private static bool IsOff(AnalyzedNetwork network, Node node) =>
        node.Op is ActivationOp { Function: ActivationKind.ReLU } && network.Signal.Distribution(node.Inputs[0]) is { Moments: { Variance: 0, Mean: <= 0 } };

    /// <summary>The share of a ReLU's units that are off for nearly all inputs, and what is known of its input; null of other nodes, and where that is the same for all.</summary>
    private static (double Share, Signal Signal)? Dead(AnalyzedNetwork network, Node node) =>
        node.Op is ActivationOp { Function: ActivationKind.ReLU } && network.Signal.Distribution(node.Inputs[0]) is { Moments: { Variance: > 0 } z } signal ? (Dead(z, Places(node)), signal) : null;

    private static double Places(Node node) => node.Input.ElementCount / (double)node.Input.Sizes[0];

    /// <summary>
    /// The share of units that are off at all places for all inputs but one of a thousand: a unit's mean over inputs and places is normal over seeds. The largest of many places is taken
    /// for that of independent ones.
    /// </summary>
    private static double Dead(Moments z, double places)
    {
        double common = Math.Min(z.Inputs, z.Places);
        double units = common - (z.Mean * z.Mean);
        double least = -z.Mean + (Normal.Quantile(0.001 / places) * Math.Sqrt(Math.Max(0, z.Square - common)));
        return units > 1e-12 * z.Square ? Normal.Below(least / Math.Sqrt(units)) : least > 0 ? 1 : 0;
    }

    /// <summary>The probability that a unit is off for two inputs, whatever their sizes are.</summary>
    private static double Off(Summand z)
    {
        Marginal sign = z.Marginal.Select(x => x > 0 ? 0 : 1);
        return Math.Min(sign.Mean, sign.Product(z.Marginal.Correlation(z.Moments.Inputs)));
    }
}
