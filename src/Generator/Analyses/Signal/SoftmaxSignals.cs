using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// The sum S of the exponentials of independent normal numbers, exactly: 1/S to a power, and ln S, are integrals of E exp(−t S), which is that of one exponential to the power of their number.
/// </summary>
internal sealed class ExponentialSum
{
    private const double Step = 0.1;

    /// <summary>Where the numbers differ so much the largest is all that counts, and ln S grows as they do.</summary>
    private const double MostVariance = 100;

    /// <summary>So many are kept.</summary>
    private const int Most = 256;

    private static readonly ConcurrentDictionary<(int Count, double Variance), ExponentialSum> s_known = new();

    /// <summary>E yᵏ of y = exp(zᵢ)/S, k from 0 to 3.</summary>
    public double[] Powers { get; } = new double[4];

    /// <summary>Of ln S.</summary>
    public double Mean { get; }

    public double Variance { get; }

    private ExponentialSum(int count, double variance)
    {
        double scale = Math.Max(1, variance / MostVariance);
        variance /= scale;
        var z = Marginal.Gaussian(0, variance);
        double reach = 12 + (Normal.Reach * Math.Sqrt(variance));
        double survival = 1;
        (double mean, double square, double first) = (0, 0, 0);
        for (double place = -reach - Math.Log(count) - (0.5 * variance); place < reach && survival > 1e-17; place += Step)
        {
            // t = exp(place); with an E of the exponential distribution, ln E − ln S lies above place with the probability E exp(−t S).
            double one = 0;
            var moments = new double[4];
            for (int k = 0; k < z.Values.Length; k++)
            {
                double t = Math.Exp(place + z.Values[k]);
                double term = z.Weights[k] * Math.Exp(-t);
                one += term;
                for (int power = 1; power < 4; power++)
                    moments[power] += (term *= t);
            }

            double others = Math.Pow(one, count - 1);
            Powers[1] += Step * moments[1] * others;
            Powers[2] += Step * moments[2] * others;
            Powers[3] += Step * moments[3] * others / 2;
            double left = others * one;
            (first, double middle) = (first == 0 ? place : first, place - (0.5 * Step));
            mean += (survival - left) * middle;
            square += (survival - left) * middle * middle;
            survival = left;
        }

        Powers[0] = 1;
        const double euler = 0.57721566490153286;
        Mean = Math.Sqrt(scale) * (-euler - mean);
        Variance = scale * Math.Max(0, square - (mean * mean) - (Math.PI * Math.PI / 6));
    }

    /// <summary>That of so many numbers; it is kept, since the gradient asks again, and copies of a block do.</summary>
    /// <param name="count">How many numbers.</param>
    /// <param name="variance">Their variance; their mean is 0.</param>
    public static ExponentialSum Of(int count, double variance)
    {
        if (s_known.TryGetValue((count, variance), out ExponentialSum known))
            return known;
        if (s_known.Count >= Most)
            s_known.Clear();
        return s_known[(count, variance)] = new ExponentialSum(count, variance);
    }
}

/// <summary>Over the channels of each place: what they have in common does not matter.</summary>
internal sealed class SoftmaxSignal : SignalRule<SoftmaxOp>
{
    protected override Signal Forward(SoftmaxOp op, Node node, Signal x)
    {
        Moments moments = x.Moments;
        int count = x.Channels;
        double own = count == 1 ? 0 : Math.Max(0, moments.Square - moments.Units);
        (double mean, double square) = (1.0 / count, ExponentialSum.Of(count, own).Powers[2]);
        double common = own > 0 ? Math.Max(0, Math.Min(1, (moments.Inputs - moments.Both) / own)) : 1;
        double inputs = (mean * mean) + (common * (square - (mean * mean)));

        // They add up to 1.
        double Others(double same) => count == 1 ? same : (mean - same) / (count - 1);
        return Signal.Gaussian(count, new Moments(mean, square, inputs, inputs, Others(square), Others(inputs)));
    }

    protected override IReadOnlyList<PartGradient> Backward(SoftmaxOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        // dxᵢ = yᵢ (gᵢ − Σ yⱼ gⱼ)
        double own = x.Channels == 1 ? 0 : Math.Max(0, x.Moments.Square - x.Moments.Units);
        double[] powers = ExponentialSum.Of(x.Channels, own).Powers;
        double factor = powers[2] - (2 * powers[3]) + (powers[2] * x.Channels * powers[2]);
        return Alike(x, x.Channels == 1 ? 0 : Math.Max(0, factor) * Mean(y, gradient));
    }
}

internal sealed class LogSumExpSignal : SignalRule<LogSumExpOp>
{
    protected override Signal Forward(LogSumExpOp op, Node node, Signal x)
    {
        (Moments moments, ExponentialSum sum) = (x.Moments, Sum(op, x));
        double mean = moments.Mean + (sum.Mean / op.Beta);
        double own = sum.Variance / (op.Beta * op.Beta);
        double square = (mean * mean) + own + Math.Max(0, moments.Units - (moments.Mean * moments.Mean));
        double spread = moments.Square - moments.Units;
        double inputs = (mean * mean) + Math.Max(0, moments.Both - (moments.Mean * moments.Mean)) + (spread > 0 ? own * Math.Max(0, moments.Inputs - moments.Both) / spread : own);
        return Signal.Gaussian(1, new Moments(mean, square, inputs, inputs, square, inputs));
    }

    protected override IReadOnlyList<PartGradient> Backward(LogSumExpOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient) =>
        Alike(x, Sum(op, x).Powers[2] * gradient[0].Variance);

    private static ExponentialSum Sum(LogSumExpOp op, Signal x) => ExponentialSum.Of(x.Channels, x.Channels == 1 ? 0 : op.Beta * op.Beta * Math.Max(0, x.Moments.Square - x.Moments.Units));
}
