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
    /// <summary>What the units' sums are.</summary>
    /// <param name="x">What is summed.</param>
    /// <param name="units">The units.</param>
    /// <param name="taps">The terms of a channel: the places inside of the picture that a filter sees, on average; and those that it sees at two places alike.</param>
    /// <param name="groups">Groups of channels that are summed apart.</param>
    /// <param name="parameters">Weight and bias.</param>
    public static Signal Of(Signal x, int units, (double One, double Two) taps, int groups, EquatableArray<ParameterSpec> parameters)
    {
        var weight = WeightMoments.Of(parameters[0]);
        WeightMoments bias = parameters.Count > 1 ? WeightMoments.Of(parameters[1]) : default;
        double channels = x.Channels / (double)groups;
        Moments each = x.Moments;
        double pairs = channels * (channels - 1);
        double square = channels * taps.One * each.Square;
        double otherTaps = channels * taps.One * (taps.One - 1) * each.Places;
        double all = square + otherTaps + (pairs * taps.One * (each.Units + ((taps.One - 1) * each.Both)));
        double inputs = channels * taps.One * each.Inputs;
        double allOfInputs = inputs + otherTaps + (pairs * taps.One * taps.One * each.Both);
        double mean = weight.Mean * channels * taps.One * each.Mean;
        double constant = (2 * mean * bias.Mean) + (bias.Mean * bias.Mean);
        double same = (weight.Mean * weight.Mean * all) + constant;
        double different = (weight.Mean * weight.Mean * allOfInputs) + constant;
        var moments = new Moments(
            mean + bias.Mean, (weight.Variance * square) + same + bias.Variance, (weight.Variance * inputs) + different + bias.Variance,
            (weight.Variance * channels * taps.Two * each.Places) + different + bias.Variance, same, different);
        SquaresOfStates squares = x.Squares(taps.One);
        double part = moments.Variance > 0 ? System.Math.Min(1, weight.Variance * square / moments.Variance) : 0;
        double chance = groups * squares.Elements;
        return Signal.Gaussian(units, moments, part * part * (squares.Spread + chance), Marginal.Shape(squares.States, squares.Kept, chance / (1 + squares.Spread), part), squares.Together);
    }

    /// <summary>The gradient of what is summed: a factor of that of the sums. Where the input is large, the sums are, as far as it is not chance.</summary>
    public static IReadOnlyList<PartGradient> Back(Signal x, Signal y, double taps, double factor, PartGradient gradient)
    {
        double kept = x.Squares(taps).Kept;
        return [.. x.Parts.Select(part => gradient.Carry(y.Parts[0].Whole.Marginal, part.Whole.Marginal, kept, _ => factor))];
    }

    /// <summary>
    /// The same where each weight meets one element, W z for x: given z = W x the weights are z xᵀ/|x|² and otherwise chance, and so the gradient Wᵀδ is (z·δ) x/|x|² and otherwise
    /// chance. By chance z·δ has the variance |z|² E δ²; what it has beyond that is common to all elements.
    /// </summary>
    public static IReadOnlyList<PartGradient> BackOfElements(Signal x, Signal y, double factor, double weightVariance, PartGradient gradient)
    {
        IReadOnlyList<PartGradient> chance = Back(x, y, 1, factor, gradient);
        Marginal z = y.Parts[0].Whole.Marginal;
        if (!(z.Variance > 0) || !(x.Moments.Square > 0))
            return chance;
        double ofWeights = System.Math.Min(1, weightVariance * x.Channels * x.Moments.Square / z.Variance);
        double[] beyond = [.. Enumerable.Range(0, Marginal.Shares.Count).Select(state => ofWeights * Beyond(y.Channels, z, z.States == 1 ? 0 : state, gradient))];
        if (z.States > 1)
            beyond = Marginal.Expected(beyond, x.Squares(1).Kept);
        double mean = beyond.Zip(Marginal.Shares, (each, share) => each * share).Sum();
        double OfState(Marginal marginal, int state) => marginal.OfState(marginal.States == 1 ? 0 : state, k => marginal.Values[k] * marginal.Values[k]);
        double[] squares = [.. Enumerable.Range(0, beyond.Length).Select(state => x.Parts.Sum(part => part.Channels * OfState(part.Whole.Marginal, state)))];
        return [.. x.Parts.Select((part, i) =>
        {
            Marginal marginal = part.Whole.Marginal;
            double[] all = [.. Enumerable.Range(0, marginal.States).Select(state => marginal.States == 1 ? mean : beyond[state])];
            var common = new CommonGradient(
                [.. marginal.Values.Select((value, k) => value == 0 ? 0 : value * System.Math.Sqrt(factor * System.Math.Abs(all[k / marginal.Length]) / squares[k / marginal.Length]))],
                [.. all.Select(each => each < 0 ? -1.0 : 1)]);
            return PartGradient.Of(marginal, k => System.Math.Max(0, chance[i].At(k) + common.Variance(k))) with { Common = common };
        })];
    }

    /// <summary>The variance of z·δ/|z| in a state of z, less that of an element of δ.</summary>
    private static double Beyond(int units, Marginal z, int state, PartGradient gradient)
    {
        double Mean(System.Func<int, double> function) => z.OfState(state, function);
        double square = Mean(k => (z.Values[k] - z.Mean) * (z.Values[k] - z.Mean));
        if (!(square > 0))
            return 0;
        CommonGradient? common = gradient.Common;
        double sum = Mean(k => (z.Values[k] - z.Mean) * (z.Values[k] - z.Mean) * (gradient.At(k) - (common?.Variance(k) ?? 0)));
        if (common is not null)
        {
            double together = Mean(k => (z.Values[k] - z.Mean) * common.Elements[k]);
            sum += common.Signs[common.Signs.Length == 1 ? 0 : state] * units * together * together;
        }

        return (System.Math.Max(0, sum) / square) - Mean(gradient.At);
    }
}

internal sealed class LinearSignal : SignalRule<LinearOp>
{
    protected override Signal Forward(LinearOp op, Node node, Signal x) => WeightedSum.Of(x, op.Units, (1, 1), 1, node.Parameters);

    protected override IReadOnlyList<PartGradient> Backward(LinearOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        var weight = WeightMoments.Of(node.Parameters[0]);
        double factor = op.Units * weight.Square;
        return weight.Mean == 0 ? WeightedSum.BackOfElements(x, y, factor, weight.Variance, gradient[0]) : WeightedSum.Back(x, y, 1, factor, gradient[0]);
    }
}

internal sealed class ConvSignal : SignalRule<ConvOp>
{
    protected override Signal Forward(ConvOp op, Node node, Signal x)
    {
        (double One, double Two) taps = Taps(op, node);
        return op.IsFixed ? Signal.Gaussian(op.Channels, Fixed(op, x, taps.One / op.Kernel.Count)) : WeightedSum.Of(x, op.Channels, taps, op.Groups, node.Parameters);
    }

    protected override IReadOnlyList<PartGradient> Backward(ConvOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        // What reaches an input: the outputs whose filters see it, on average.
        double taps = Taps(op, node).One;
        double reached = taps * Picture.Of(node.Output).Pixels / Picture.Of(node.Input).Pixels;
        double square = op.IsFixed ? op.FixedWeight.Sum(weight => weight * weight) / op.FixedWeight.Count : WeightMoments.Of(node.Parameters[0]).Square;
        return WeightedSum.Back(x, y, taps, op.Channels / (double)op.Groups * reached * square, gradient[0]);
    }

    /// <summary>Places inside of the picture that a filter sees, on average, and that it sees at two places of the output alike.</summary>
    private static (double One, double Two) Taps(ConvOp op, Node node)
    {
        (Picture x, Picture y, Border pads) = (Picture.Of(node.Input), Picture.Of(node.Output), op.Pads);
        (double One, double Two) rows = Windows.Taps(x.Height, y.Height, op.Kernel.Height, op.Stride.Height, op.Dilation.Height, pads.Top);
        (double One, double Two) columns = Windows.Taps(x.Width, y.Width, op.Kernel.Width, op.Stride.Width, op.Dilation.Width, pads.Left);
        return (rows.One * columns.One, rows.Two * columns.Two);
    }

    /// <summary>With known weights: products of the same channel and tap, of another tap, of another channel, and of both.</summary>
    private static Moments Fixed(ConvOp op, Signal x, double share)
    {
        int taps = op.Kernel.Count;
        int inputs = op.FixedWeight.Count / op.Channels / taps;
        (double mean, double square, double ofInputs, double ofPlaces) = (0, 0, 0, 0);
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
            square += (own * each.Square) + ((byChannel - own) * each.Places) + ((byTap - own) * (each.Units - each.Both)) + rest;
            ofInputs += (own * each.Inputs) + ((byChannel - own) * each.Places) + rest;
            ofPlaces += (byChannel * each.Places) + rest;
        }

        share /= op.Channels;
        double means = share * mean * share * mean;
        return new Moments(share * mean, share * square, share * ofInputs, share * ofPlaces, means, means);
    }
}

/// <summary>Windows that slide over one axis of a picture.</summary>
internal static class Windows
{
    /// <summary>The mean of the square of the number of places inside of the picture that a window sees.</summary>
    public static double Square(int size, int windows, int kernel, int stride, int padding)
    {
        // Where there are many, those at the ends do not matter.
        double square = 0;
        int count = System.Math.Min(windows, 4096);
        for (int i = 0; i < count; i++)
        {
            double seen = System.Math.Min(size, (i * stride) - padding + kernel) - System.Math.Max(0, (i * stride) - padding);
            square += seen * seen / count;
        }

        return square;
    }

    /// <summary>Places inside of the picture that a window sees, on average, and that two windows see alike.</summary>
    public static (double One, double Two) Taps(int size, int windows, int kernel, int stride, int dilation, int padding)
    {
        (double one, double two) = (0, 0);
        for (int tap = 0; tap < kernel; tap++)
        {
            int offset = (tap * dilation) - padding;
            int first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
            int last = size - 1 - offset < 0 ? -1 : System.Math.Min(windows - 1, (size - 1 - offset) / stride);
            double inside = System.Math.Max(0, last - first + 1) / (double)windows;
            one += inside;
            two += inside * inside;
        }

        return (one, two);
    }

    /// <summary>The same of windows that cover the axis: window i of n from floor(i size / n) to ceil((i + 1) size / n).</summary>
    public static double AdaptiveTaps(int size, int windows)
    {
        double pairs = 0;
        for (long i = 0; i < windows; i++)
            pairs += ((((i + 1) * size) + windows - 1) / windows) - (i * size / windows);
        return pairs / windows;
    }
}
