using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// Sums of products with weights. With weights of mean 0 a unit's sums are normal over seeds, and those of two inputs, or of two places, correlate as what is summed does
/// (Novak et al. 2019, Xiao et al. 2018). A constant weight also sums the products of different terms.
/// </summary>
internal static class WeightedSum
{
    /// <summary>What a unit's sum is.</summary>
    /// <param name="x">What is summed.</param>
    /// <param name="taps">The terms of a channel: the places inside of the picture that a filter sees, on average.</param>
    /// <param name="groups">Groups of channels that are summed apart.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="bias">The bias.</param>
    public static Moments Of(Signal x, double taps, int groups, WeightMoments weight, WeightMoments bias)
    {
        double channels = x.Channels / (double)groups;
        Moments each = x.Moments;
        double pairs = channels * (channels - 1);
        (double units, double both) = (pairs * each.Units, pairs * each.Both);
        double square = channels * taps * each.Square;
        double inputs = channels * taps * each.Inputs;
        double otherTaps = channels * taps * (taps - 1) * each.Inputs;
        double all = square + otherTaps + (taps * units) + (taps * (taps - 1) * both);
        double allOfInputs = inputs + otherTaps + (taps * taps * both);
        double mean = weight.Mean * channels * taps * each.Mean;
        double constant = (2 * mean * bias.Mean) + (bias.Mean * bias.Mean);
        double same = (weight.Mean * weight.Mean * all) + constant;
        double different = (weight.Mean * weight.Mean * allOfInputs) + constant;
        return new Moments(mean + bias.Mean, (weight.Variance * square) + same + bias.Variance, (weight.Variance * inputs) + different + bias.Variance, same, different);
    }
}

internal sealed class LinearSignal : SignalRule<LinearOp>
{
    protected override Signal Forward(LinearOp op, Node node, Signal x) =>
        Signal.Gaussian(op.Units, WeightedSum.Of(x, 1, 1, Parameter(node, 0), op.Bias ? Parameter(node, 1) : default));

    protected override IReadOnlyList<PartGradient> Backward(LinearOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient) =>
        Alike(x, op.Units * Parameter(node, 0).Square * gradient[0].Variance);

    private static WeightMoments Parameter(Node node, int index) => WeightMoments.Of(node.Parameters[index]);
}

internal sealed class ConvSignal : SignalRule<ConvOp>
{
    protected override Signal Forward(ConvOp op, Node node, Signal x)
    {
        double taps = Products(op, node) / (double)Picture.Of(node.Output).Pixels;
        if (op.IsFixed)
            return Signal.Gaussian(op.Channels, Fixed(op, x, taps / op.Kernel.Count));
        EquatableArray<ParameterSpec> parameters = node.Parameters;
        return Signal.Gaussian(op.Channels, WeightedSum.Of(x, taps, op.Groups, WeightMoments.Of(parameters[0]), op.Bias ? WeightMoments.Of(parameters[1]) : default));
    }

    protected override IReadOnlyList<PartGradient> Backward(ConvOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        // What reaches an input: the outputs whose filters see it, on average.
        double reached = Products(op, node) / (double)Picture.Of(node.Input).Pixels;
        double square = op.IsFixed ? op.FixedWeight.Sum(weight => weight * weight) / op.FixedWeight.Count : WeightMoments.Of(node.Parameters[0]).Square;
        return Alike(x, op.Channels / (double)op.Groups * reached * square * gradient[0].Variance);
    }

    /// <summary>Pairs of a place of the output and one of the input, inside of the picture, that a filter brings together.</summary>
    private static double Products(ConvOp op, Node node)
    {
        (Picture x, Picture y, Border pads) = (Picture.Of(node.Input), Picture.Of(node.Output), op.Pads);
        return Windows.Pairs(x.Height, y.Height, op.Kernel.Height, op.Stride.Height, op.Dilation.Height, pads.Top)
            * Windows.Pairs(x.Width, y.Width, op.Kernel.Width, op.Stride.Width, op.Dilation.Width, pads.Left);
    }

    /// <summary>With known weights: products of the same channel and tap, of another tap, of another channel, and of both.</summary>
    private static Moments Fixed(ConvOp op, Signal x, double share)
    {
        int taps = op.Kernel.Count;
        int inputs = op.FixedWeight.Count / op.Channels / taps;
        (double mean, double square, double products) = (0, 0, 0);
        Moments each = x.Moments;
        for (int k = 0; k < op.Channels; k++)
        {
            (double own, double sum, double byChannel, double byTap) = (0, 0, 0, 0);
            double Weight(int channel, int tap) => op.FixedWeight[(((k * inputs) + channel) * taps) + tap];
            for (int channel = 0; channel < inputs; channel++)
            {
                double line = Enumerable.Range(0, taps).Sum(tap => Weight(channel, tap));
                own += Enumerable.Range(0, taps).Sum(tap => Weight(channel, tap) * Weight(channel, tap));
                byChannel += line * line;
                sum += line;
            }

            for (int tap = 0; tap < taps; tap++)
            {
                double line = Enumerable.Range(0, inputs).Sum(channel => Weight(channel, tap));
                byTap += line * line;
            }

            double rest = ((sum * sum) - byChannel) * each.Both;
            mean += sum * each.Mean;
            square += (own * each.Square) + ((byChannel - own) * each.Inputs) + ((byTap - own) * (each.Units - each.Both)) + rest;
            products += (byChannel * each.Inputs) + rest;
        }

        (mean, square, products) = (share * mean / op.Channels, share * square / op.Channels, share * products / op.Channels);
        return new Moments(mean, square, products, mean * mean, mean * mean);
    }
}

/// <summary>Windows that slide over one axis of a picture.</summary>
internal static class Windows
{
    /// <summary>Pairs of a window and a place inside of the picture that it sees.</summary>
    public static double Pairs(int size, int windows, int kernel, int stride, int dilation, int padding)
    {
        double pairs = 0;
        for (int tap = 0; tap < kernel; tap++)
        {
            int offset = (tap * dilation) - padding;
            int first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
            int last = size - 1 - offset < 0 ? -1 : System.Math.Min(windows - 1, (size - 1 - offset) / stride);
            pairs += System.Math.Max(0, last - first + 1);
        }

        return pairs;
    }

    /// <summary>The same of windows that cover the axis: window i of n from floor(i size / n) to ceil((i + 1) size / n).</summary>
    public static double AdaptivePairs(int size, int windows)
    {
        double pairs = 0;
        for (long i = 0; i < windows; i++)
            pairs += ((((i + 1) * size) + windows - 1) / windows) - (i * size / windows);
        return pairs;
    }
}
