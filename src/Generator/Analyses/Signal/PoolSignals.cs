using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>Maxima and means over windows, whose elements are independent but for what all places have in common.</summary>
internal abstract class PoolSignal<TOp> : SignalRule<TOp>
    where TOp : PoolingOp
{
    /// <summary>The least correlation that counts.</summary>
    private const double Least = 1e-6;

    /// <summary>Places of the picture that a window sees, on average.</summary>
    protected abstract double Seen(TOp op, Picture x, Picture y);

    /// <summary>What a mean divides by, and the mean of the square of the places that a window sees; null: it divides by these.</summary>
    protected virtual (double Divisor, double Square)? Padded(TOp op, Picture x, Picture y) => null;

    protected sealed override Signal Forward(TOp op, Node node, Signal x)
    {
        (double seen, double square, double divisor, _) = Counts(op, node);
        return x.Select(part => op.Function == PoolKind.Max ? Maximum(part, seen) : Summand.Gaussian(Average(part.Moments, seen, square, divisor), part.Spread, together: part.Marginal.Together));
    }

    protected sealed override IReadOnlyList<PartGradient> Backward(TOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        (double seen, _, double divisor, double windows) = Counts(op, node);
        if (op.Function == PoolKind.Average)
            return [.. x.Parts.Select((part, i) => gradient[i].Carry(y.Parts[i].Whole.Marginal, part.Whole.Marginal, 1, _ => windows * seen / (divisor * divisor)))];
        return [.. x.Parts.Select((part, i) => Winners(part.Whole.Marginal, y.Parts[i].Whole.Marginal, windows, gradient[i]))];
    }

    /// <summary>What a window sees, and the square of that, what a mean divides by, and the windows to a place of the input.</summary>
    private (double Seen, double Square, double Divisor, double Windows) Counts(TOp op, Node node)
    {
        (Picture x, Picture y) = (Picture.Of(node.Input), Picture.Of(node.Output));
        double seen = Seen(op, x, y);
        (double divisor, double square) = Padded(op, x, y) ?? (seen, seen * seen);
        return (seen, square, divisor, y.Pixels / (double)x.Pixels);
    }

    /// <summary>Means; those at a border have zeros in them, and are smaller.</summary>
    private static Moments Average(Moments x, double seen, double square, double divisor)
    {
        double same = 1 / (divisor * divisor);
        double pairs = square - seen;
        return new Moments(
            seen / divisor * x.Mean, same * ((seen * x.Square) + (pairs * x.Places)), same * ((seen * x.Inputs) + (pairs * x.Places)), same * seen * seen * x.Places,
            same * ((seen * x.Units) + (pairs * x.Both)), same * seen * seen * x.Both);
    }

    /// <summary>The largest of n. Its nodes are those of one, in each state from the least to the largest, with the weight that each has of being it.</summary>
    private static Summand Maximum(Summand x, double n)
    {
        (Marginal one, Moments moments) = (x.Marginal, x.Moments);
        double common = Math.Max(0, Math.Min(1, one.Correlation(moments.Places)));
        int[] order = [.. Enumerable.Range(0, one.States).SelectMany(one.Order)];
        double[] values = [.. order.Select(k => one.Values[k])];
        var weights = new double[order.Length];
        (double Place, double Share)[] largestNormal = [.. Largest(n)];
        double[][] ends = [.. Enumerable.Range(0, one.States).Select(state => Ends(one, order, state, common > Least))];
        (double within, double ofUnits, double ofInputs) = (0, 0, 0);
        foreach ((double place, double share) in Common(common > Least))
        {
            var means = new double[one.States];
            for (int state = 0; state < one.States; state++)
            {
                (double ofState, int first) = (share * one.Share(state), state * one.Length);
                (double mean, double square, double shareBelow) = (0, 0, 0);
                for (int i = 0; i < one.Length; i++)
                {
                    double shareUpTo = i == one.Length - 1 ? 1 : Math.Pow(common > Least ? Given(ends[state][i], place, common) : ends[state][i], n);
                    (double ofNode, double value) = (shareUpTo - shareBelow, values[first + i]);
                    weights[first + i] += ofState * ofNode;
                    mean += ofNode * value;
                    square += ofNode * value * value;
                    shareBelow = shareUpTo;
                }

                if (common > Least)
                    (mean, square) = Between(ends[state], values, first, largestNormal, place, common);
                means[state] = mean;
                within += ofState * (square - (mean * mean));
                ofUnits += ofState * mean * mean;
            }

            ofInputs += share * one.OfTwo(means);
        }

        // Between two places, which have the common number only, and one and the same the product lies as that of what is pooled does. Two inputs need not be in one state.
        var largest = Marginal.Of(weights, values, one);
        double ofOneState = largest.Square - within;
        double ofStates = ofOneState - (ofUnits - ofInputs);
        double Product(double before, double least) => moments.Square > moments.Places
            ? Math.Max(largest.Mean * largest.Mean, least + ((before - moments.Places) / (moments.Square - moments.Places) * (largest.Square - least)))
            : largest.Square;
        return new Summand(largest, new Moments(
            largest.Mean, largest.Square, Product(moments.Inputs, ofStates), ofStates, Product(moments.Units, ofOneState), Product(moments.Both, ofStates)));
    }

    /// <summary>The largest of n normal numbers, in steps.</summary>
    private static IEnumerable<(double Place, double Share)> Largest(double n)
    {
        const double step = 0.25;
        return Enumerable.Range(-24, 49).Select(i => (step * i, Math.Pow(Normal.Below(step * (i + 0.5)), n) - Math.Pow(Normal.Below(step * (i - 0.5)), n)));
    }

    /// <summary>Mean and square of the largest given the common number, between the nodes: these are too far apart where nearly all is common.</summary>
    private static (double Mean, double Square) Between(double[] ends, double[] values, int first, (double Place, double Share)[] largest, double common, double correlation)
    {
        double Middle(int node) => node == 0 ? ends[0] : 0.5 * (ends[node - 1] + ends[node]);
        (double mean, double square, int next) = (0, 0, 0);
        foreach ((double own, double share) in largest)
        {
            double place = (Math.Sqrt(correlation) * common) + (Math.Sqrt(1 - correlation) * own);
            while (next < ends.Length - 1 && Middle(next) < place)
                next++;
            (int last, double width) = (Math.Max(0, next - 1), next == 0 ? 0 : Middle(next) - Middle(next - 1));
            double way = width > 0 ? Math.Min(1, (place - Middle(last)) / width) : 1;
            double value = values[first + last] + (way * (values[first + next] - values[first + last]));
            mean += share * value;
            square += share * value * value;
        }

        return (mean, square);
    }

    /// <summary>The shares of a state up to each of its nodes, or the normal numbers that such shares lie below.</summary>
    private static double[] Ends(Marginal one, int[] order, int state, bool areQuantiles)
    {
        var ends = new double[one.Length];
        double share = one.Share(state);
        double below = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            below = Math.Min(1, below + (one.Weights[order[(state * ends.Length) + i]] / share));
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
        int[] order = [.. Enumerable.Range(0, one.States).SelectMany(one.Order)];
        for (int i = 0; i < order.Length; i++)
            rank[order[i]] = i;
        return PartGradient.Of(one, k => one.Weights[k] > 0 ? windows * largest.Weights[rank[k]] / one.Weights[k] * gradient.At(rank[k]) : 0);
    }
}

internal sealed class SlidingPoolSignal : PoolSignal<PoolOp>
{
    protected override double Seen(PoolOp op, Picture x, Picture y) =>
        Windows.Taps(x.Height, y.Height, op.Kernel.Height, op.Stride.Height, 1, op.Padding.Height).One * Windows.Taps(x.Width, y.Width, op.Kernel.Width, op.Stride.Width, 1, op.Padding.Width).One;

    protected override (double, double)? Padded(PoolOp op, Picture x, Picture y) => !op.CountIncludePad ? null : (
        op.Kernel.Count,
        Windows.Square(x.Height, y.Height, op.Kernel.Height, op.Stride.Height, op.Padding.Height) * Windows.Square(x.Width, y.Width, op.Kernel.Width, op.Stride.Width, op.Padding.Width));
}

internal sealed class AdaptivePoolSignal : PoolSignal<AdaptivePoolOp>
{
    protected override double Seen(AdaptivePoolOp op, Picture x, Picture y) => Windows.AdaptiveTaps(x.Height, y.Height) * Windows.AdaptiveTaps(x.Width, y.Width);
}
