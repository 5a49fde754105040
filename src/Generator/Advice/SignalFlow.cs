using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>What the rules about signals share: the layers with weights, how long the gradient is there, and words for numbers.</summary>
/// <param name="network">The network.</param>
internal sealed class SignalFlow(AnalyzedNetwork network)
{
    /// <summary>What multiplies a signal by less is why it is lost.</summary>
    private const double Little = 0.03;

    private readonly Dictionary<int, double> _factors = [];

    /// <summary>Linear layers and convolutions that are trained, in the order of execution.</summary>
    public IReadOnlyList<Node> Layers { get; } = [.. network.Graph.Nodes.Where(IsWeighted)];

    public static bool IsWeighted(Node node) => node.Op is LinearOp or ConvOp { IsFixed: false };

    /// <summary>The length of the gradient of a layer's sums, for one sample.</summary>
    public double Length(Node node) => Math.Sqrt(node.Output.ElementCount) * network.Signal[node.Result].GradientStandardDeviation;

    /// <summary>
    /// The layers from the one where the gradient is shortest, or longest, on, each with the last layer and the length against the one there. Layers that no gradient reaches are left out:
    /// weights that start at 0 hold it up for one step only.
    /// </summary>
    public IEnumerable<(Node First, Node Last, double Ratio)> Extremes(bool isShortest)
    {
        (Node Node, double Length)[] reached = [.. Layers.Select(node => (node, Length(node))).Where(layer => layer.Item2 > 0)];
        if (reached.Length < 2)
            return [];
        (Node last, double length) = reached[reached.Length - 1];
        return double.IsInfinity(length) || network.Signal[last.Result].Overflows
            ? []
            : (isShortest ? reached.OrderBy(layer => layer.Length) : reached.OrderByDescending(layer => layer.Length)).Select(layer => (layer.Node, last, layer.Length / length));
    }

    /// <summary>The activation behind a layer, with nothing that sets the scale between; null where there is none.</summary>
    public Node? Activation(Node layer)
    {
        Value value = layer.Result;
        while (network.View.OnlyReader(value) is { } reader)
        {
            if (reader.Op is ActivationOp)
                return reader;
            if (reader.Op is not (PoolingOp or FlattenOp or DropoutOp))
                return null;
            value = reader.Result;
        }

        return null;
    }

    /// <summary>
    /// The nodes on the way from a layer, or from the network's input, to another layer, which is the last of them; of several ways the one on which they multiply what goes through by most.
    /// </summary>
    /// <param name="first">The layer before the first of them; null: the input.</param>
    /// <param name="last">The last of them; where none leads there, the network's last.</param>
    public IReadOnlyList<Node> Way(Node? first, Node last)
    {
        var best = new Dictionary<int, (double Factor, Node? By)> { [first?.Id ?? Graph.InputId] = (1, null) };
        foreach (Node node in network.Graph.Nodes)
        {
            (double Factor, Node? By)[] sources = [.. node.Data.Where(value => best.ContainsKey(value.Id)).Select(value => best[value.Id])];
            if (sources.Length > 0 && node != first)
                best[node.Id] = (sources.Max(source => source.Factor) * Factor(node), node);
        }

        // Of parallel layers the one may not see the other.
        Node end = best.ContainsKey(last.Id) ? last : network.View.Producer(network.Graph.Outputs[0])!;
        var way = new List<Node>();
        for (Node? node = end; node is not null; node = node.Data.Where(value => best.ContainsKey(value.Id)).Select(value => best[value.Id]).OrderByDescending(source => source.Factor).First().By)
            way.Insert(0, node);
        return way;
    }

    /// <summary>What would mend a gradient that grows on a way.</summary>
    public static string MendGrowth(IReadOnlyList<Node> way) => way.Where(IsWeighted).Any(layer => Gain(layer) > 2.01)
        ? "its weights are large: Init.KaimingNormal keeps the scale behind ReLU, Init.XavierNormal behind tanh, a normalisation in each branch that of a sum"
        : "a normalisation between its layers keeps the scale, one in each branch that of a sum";

    /// <summary>What would mend a signal that is lost on a way.</summary>
    public string Mend(IReadOnlyList<Node> way)
    {
        Node[] squashing = [.. way.Where(node => node.Op is ActivationOp { IsSquashing: true })];
        double slopes = squashing.Aggregate(1.0, (product, node) => product * Factor(node));
        if (slopes < Little)
        {
            string kinds = string.Join(" and ", squashing.Select(node => node.Op.Kind).Distinct());
            return $"{squashing.Length.ToString(CultureInfo.InvariantCulture)} {kinds} multiply it by {Number(slopes)}: use ReLU with Init.KaimingNormal, a normalisation before each of them, or [Residual]";
        }

        Node[] layers = [.. way.Where(IsWeighted)];
        return layers.Any(layer => Gain(layer) == 0) ? "weights of 0 pass nothing: draw them at random, as Init.Default does"
            : layers.Aggregate(1.0, (product, layer) => product * Math.Sqrt(Math.Min(1, Gain(layer) / 2))) < Little
                ? "its weights are small: Init.KaimingNormal keeps the scale behind ReLU, Init.XavierNormal behind tanh, a normalisation whatever they are"
            : "a normalisation between its layers keeps the scale";
    }

    /// <summary>What a layer's weights multiply a variance by; 2 keeps that of a ReLU.</summary>
    private static double Gain(Node layer) => WeightMoments.Of(layer.Parameters[0]).Square * layer.Parameters[0].FanIn;

    /// <summary>What a node multiplies a signal by, as far as that is easily said.</summary>
    private double Factor(Node node)
    {
        if (_factors.TryGetValue(node.Id, out double known))
            return known;
        double squared = node.Op is ActivationOp ? network.Signal.SquaredSlope(node) : IsWeighted(node) ? Gain(node) : 1;
        return _factors[node.Id] = double.IsNaN(squared) ? 1 : Math.Sqrt(squared);
    }

    public static string Number(double value) => double.IsInfinity(value) ? "more than a float holds"
        : value.ToString(value is (< 0.01 or >= 10000) and not 0 ? "0.#e0" : value < 100 ? "0.##" : "0", CultureInfo.InvariantCulture);

    public static string Times(double value) => double.IsInfinity(value) ? "more than a float holds" : Number(value) + " times its length";

    public static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
