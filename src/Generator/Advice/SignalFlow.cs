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
    /// <summary>Linear layers and convolutions that are trained, in the order of execution.</summary>
    public IReadOnlyList<Node> Layers { get; } = [.. network.Graph.Nodes.Where(IsWeighted)];

    public static bool IsWeighted(Node node) => node.Op is LinearOp or ConvOp { IsFixed: false };

    /// <summary>The length of the gradient of a layer's sums, for one sample.</summary>
    public double Length(Node node) => Math.Sqrt(node.Output.ElementCount) * network.Signal[node.Result].GradientStandardDeviation;

    /// <summary>
    /// The layer where the gradient is shortest, or longest, and that length against the one at the last layer. Layers that no gradient reaches are left out: weights that start at 0 hold it up for one step only.
    /// </summary>
    public (Node First, Node Last, double Ratio)? Extreme(bool isShortest)
    {
        Node[] reached = [.. Layers.Where(node => Length(node) > 0)];
        if (reached.Length < 2)
            return null;
        Node last = reached[reached.Length - 1];
        double length = Length(last);
        if (double.IsInfinity(length) || network.Signal[last.Result].Overflows)
            return null;
        Node first = isShortest ? reached.OrderBy(Length).First() : reached.OrderByDescending(Length).First();
        return (first, last, Length(first) / length);
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

    /// <summary>The mean of the squared slope of an activation; NaN where its input overflows.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="scale">What its inputs are multiplied by.</param>
    public double SquaredSlope(Node activation, double scale = 1) => network.Signal.Distribution(activation.Inputs[0]) is { } z
        ? z.Parts.Sum(part => part.Channels * Marginals.Sum(part.Whole.Marginal, x => Math.Pow(ActivationFunction.Slope((ActivationOp)activation.Op, scale * x), 2))) / z.Channels
        : double.NaN;

    /// <summary>What would mend a gradient that grows.</summary>
    public string MendGrowth() => Gains().Any(gain => gain > 2.01)
        ? "its weights are large: Init.KaimingNormal keeps the scale behind ReLU, Init.XavierNormal behind tanh, a normalisation in each branch that of a sum"
        : "a normalisation between its layers keeps the scale, one in each branch that of a sum";

    /// <summary>What the layers' weights but the last one's multiply a variance by.</summary>
    private IEnumerable<double> Gains() => Layers.Take(Layers.Count - 1).Select(layer => WeightMoments.Of(layer.Parameters[0]).Square * layer.Parameters[0].FanIn);

    /// <summary>What would mend a signal that is lost.</summary>
    public string Mend()
    {
        Node[] squashing = [.. network.Graph.Nodes.Where(node => node.Op is ActivationOp { IsSquashing: true })];
        double slopes = squashing.Aggregate(1.0, (product, node) => product * Math.Sqrt(SquaredSlope(node)));
        if (slopes >= 0.03)
        {
            double[] gains = [.. Gains()];
            return gains.Contains(0) ? "weights of 0 pass nothing: draw them at random, as Init.Default does"
                : gains.Any(gain => gain < 1.01) ? "its weights are small: Init.KaimingNormal keeps the scale behind ReLU, Init.XavierNormal behind tanh, a normalisation whatever they are"
                : "a normalisation between its layers keeps the scale";
        }

        string kinds = string.Join(" and ", squashing.Select(node => node.Op.Kind).Distinct());
        return $"{squashing.Length.ToString(CultureInfo.InvariantCulture)} {kinds} multiply it by {Number(slopes)}: use ReLU with Init.KaimingNormal, a normalisation before each of them, or [Residual]";
    }

    /// <summary>A layer as the summary names it: <c>fc1 Linear(64)</c>.</summary>
    public static string Name(Node node) => node.Key + " " + node.Op.Display;

    public static string Number(double value) => double.IsInfinity(value) ? "more than a float holds"
        : value.ToString(value is (< 0.01 or >= 10000) and not 0 ? "0.#e0" : value < 100 ? "0.##" : "0", CultureInfo.InvariantCulture);

    public static string Times(double value) => double.IsInfinity(value) ? "more than a float holds" : Number(value) + " times its length";

    public static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}

/// <summary>Sums over the nodes of a distribution.</summary>
internal static class Marginals
{
    public static double Sum(Marginal marginal, Func<double, double> function)
    {
        double sum = 0;
        for (int k = 0; k < marginal.Weights.Length; k++)
            sum += marginal.Weights[k] * function(marginal.Values[k]);
        return sum;
    }
}
