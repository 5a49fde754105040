using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>Maxima and means over windows, whose elements are independent but for what all places have in common.</summary>
internal abstract class PoolSignal<TOp> : SignalRule<TOp>
    where TOp : PoolingOp
{
    /// <summary>Pairs of a window and a place that it sees.</summary>
    protected abstract double Pairs(TOp op, Picture x, Picture y);

    /// <summary>What a mean divides by; null: the places that it sees.</summary>
    protected virtual double? Divisor(TOp op) => null;

    protected sealed override Signal Forward(TOp op, Node node, Signal x)
    {
        (double seen, double divisor, _) = Counts(op, node);
        return x.Select(part => op.Function == PoolKind.Max ? Maximum(part, seen) : Summand.Gaussian(Average(part.Moments, seen).Scaled(seen / divisor)));
    }

    protected sealed override IReadOnlyList<PartGradient> Backward(TOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        (double seen, double divisor, double windows) = Counts(op, node);
        if (op.Function == PoolKind.Average)
            return [.. gradient.Select(each => new PartGradient(windows * seen / (divisor * divisor) * each.Variance))];
        return [.. x.Parts.Select((part, i) => Winners(part.Whole.Marginal, y.Parts[i].Whole.Marginal, windows, gradient[i]))];
    }

    /// <summary>What a window sees, what a mean divides by, and the windows to a place of the input.</summary>
    private (double Seen, double Divisor, double Windows) Counts(TOp op, Node node)
    {
        (Picture x, Picture y) = (Picture.Of(node.Input), Picture.Of(node.Output));
        double seen = Pairs(op, x, y) / y.Pixels;
        return (seen, Divisor(op) ?? seen, y.Pixels / (double)x.Pixels);
    }

    private static Moments Average(Moments x, double n) => new(x.Mean, (x.Square + ((n - 1) * x.Inputs)) / n, x.Inputs, (x.Units + ((n - 1) * x.Both)) / n, x.Both);

    /// <summary>The largest of n. Its nodes are those of one, from the least to the largest, with the weight that each has of being it.</summary>
    private static Summand Maximum(Summand x, double n)
    {
        Marginal one = x.Marginal;
        int[] order = one.Order();
        double common = Math.Max(0, Math.Min(1, one.Correlation(x.Moments.Inputs)));
        double[] values = [.. order.Select(k => one.Values[k])];
        var weights = new double[order.Length];
        bool isCommon = common > 1e-6;
        double[] ends = Ends(one, order, isCommon);
        double products = 0;
        foreach ((double place, double share) in Common(isCommon))
        {
            (double shareBelow, double mean) = (0, 0);
            for (int i = 0; i < order.Length; i++)
            {
                double shareUpTo = i == order.Length - 1 ? 1 : Math.Pow(isCommon ? Given(ends[i], place, common) : ends[i], n);
                weights[i] += share * (shareUpTo - shareBelow);
                mean += (shareUpTo - shareBelow) * values[i];
                shareBelow = shareUpTo;
            }

            products += share * mean * mean;
        }

        var largest = Marginal.Of(weights, values);
        double square = largest.Mean * largest.Mean;
        double others = x.Moments.Units == one.Mean * one.Mean ? 0 : Math.Max(0, Math.Min(1, one.Correlation(x.Moments.Units)));
        double units = square + (others * largest.Variance);
        return new Summand(largest, new Moments(largest.Mean, largest.Square, products, units, square + (others * (products - square))));
    }

    /// <summary>The shares up to each node, or the normal numbers that such shares lie below.</summary>
    private static double[] Ends(Marginal one, int[] order, bool areQuantiles)
    {
        var ends = new double[order.Length];
        double below = 0;
        for (int i = 0; i < order.Length; i++)
        {
            below = Math.Min(1, below + one.Weights[order[i]]);
            ends[i] = areQuantiles ? Normal.Quantile(below) : below;
        }

        return ends;
    }

    /// <summary>The normal number that all elements have in common, in steps.</summary>
    private static IEnumerable<(double Place, double Share)> Common(bool isCommon)
    {
        const double step = 0.5;
        if (!isCommon)
            return [(0, 1)];
        return Enumerable.Range(-12, 25).Select(i => (step * i, step * Normal.Density(step * i)));
    }

    /// <summary>The share below a normal number, given the common one.</summary>
    private static double Given(double end, double place, double correlation) =>
        Normal.Below((end - (Math.Sqrt(correlation) * place)) / Math.Sqrt(Math.Max(1e-9, 1 - correlation)));

    /// <summary>The gradient goes to the largest of each window.</summary>
    private static PartGradient Winners(Marginal one, Marginal largest, double windows, PartGradient gradient)
    {
        int[] rank = new int[one.Values.Length];
        int[] order = one.Order();
        for (int i = 0; i < order.Length; i++)
            rank[order[i]] = i;
        return PartGradient.Of(one, k => one.Weights[k] > 0 ? windows * largest.Weights[rank[k]] / one.Weights[k] * gradient.At(rank[k]) : 0);
    }
}

internal sealed class SlidingPoolSignal : PoolSignal<PoolOp>
{
    protected override double Pairs(PoolOp op, Picture x, Picture y) =>
        Windows.Pairs(x.Height, y.Height, op.Kernel.Height, op.Stride.Height, 1, op.Padding.Height) * Windows.Pairs(x.Width, y.Width, op.Kernel.Width, op.Stride.Width, 1, op.Padding.Width);

    protected override double? Divisor(PoolOp op) => op.CountIncludePad ? op.Kernel.Count : null;
}

internal sealed class AdaptivePoolSignal : PoolSignal<AdaptivePoolOp>
{
    protected override double Pairs(AdaptivePoolOp op, Picture x, Picture y) => Windows.AdaptivePairs(x.Height, y.Height) * Windows.AdaptivePairs(x.Width, y.Width);
}
