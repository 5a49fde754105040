using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace NetGen.Tests.Networks;

/// <summary>Mean and variance of each group of elements that is normalised together; the variance is divided by the count.</summary>
internal sealed record Moments<T>(T[] Mean, T[] Variance);

/// <summary>What a BatchNorm keeps between batches.</summary>
internal sealed record RunningStatistics<T>(T[] Mean, T[] Variance, long BatchesTracked)
{
    /// <summary>What evaluation normalises with.</summary>
    public Moments<T> Moments => new(Mean, Variance);
}

/// <summary>The gradients of a normalisation; those of weight and bias, whether it has them or not.</summary>
internal sealed record NormalizationGradients<T>(T[] Input, T[] Weight, T[] Bias);

/// <summary>
/// LayerNorm and BatchNorm over a whole batch as the definition says: (x − mean) / √(variance + eps) · weight + bias.
/// The two differ only in which elements share their moments and which share a weight. RMSNorm is LayerNorm with a mean of 0.
/// </summary>
internal sealed class NormalizationReference<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly Func<int, int> _group;
    private readonly Func<int, int> _parameter;
    private readonly T[]? _weight;
    private readonly T[]? _bias;
    private readonly T _eps;
    private readonly bool _isReversed;
    private readonly bool _isCentred;

    private NormalizationReference(Func<int, int> group, Func<int, int> parameter, T[]? weight, T[]? bias, double eps, bool isReversed, bool isCentred = true)
    {
        _group = group;
        _parameter = parameter;
        _weight = weight;
        _bias = bias;
        _eps = T.CreateChecked(eps);
        _isReversed = isReversed;
        _isCentred = isCentred;
    }

    /// <param name="size">The number of elements of the normalised shape, the last dimensions of the sample.</param>
    /// <param name="weight">Null: 1.</param>
    /// <param name="bias">Null: 0.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="isReversed">Whether all sums are taken from the last term to the first.</param>
    public static NormalizationReference<T> LayerNorm(int size, T[]? weight, T[]? bias, double eps, bool isReversed = false) =>
        new(i => i / size, i => i % size, weight, bias, eps, isReversed);

    /// <param name="size">The number of elements of the normalised shape, the last dimensions of the sample.</param>
    /// <param name="weight">Null: 1.</param>
    /// <param name="eps">Added to the mean of squares.</param>
    /// <param name="isReversed">Whether all sums are taken from the last term to the first.</param>
    public static NormalizationReference<T> RMSNorm(int size, T[]? weight, double eps, bool isReversed = false) =>
        new(i => i / size, i => i % size, weight, null, eps, isReversed, isCentred: false);

    /// <param name="channels">The size of the dimension after the batch.</param>
    /// <param name="pixels">The number of elements that a channel has in one sample.</param>
    /// <param name="weight">Null: 1.</param>
    /// <param name="bias">Null: 0.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="isReversed">Whether all sums are taken from the last term to the first.</param>
    public static NormalizationReference<T> BatchNorm(int channels, int pixels, T[]? weight, T[]? bias, double eps, bool isReversed = false) =>
        new(i => i / pixels % channels, i => i / pixels % channels, weight, bias, eps, isReversed);

    public Moments<T> MomentsOf(T[] x)
    {
        T[][] groups = [.. Groups(x, _group).Select(places => places.Select(i => x[i]).ToArray())];
        T[] mean = [.. groups.Select(values => _isCentred ? Mean(values) : T.Zero)];
        return new Moments<T>(mean, [.. groups.Select((values, g) => Mean(values.Select(value => (value - mean[g]) * (value - mean[g]))))]);
    }

    /// <summary>The output of LayerNorm, or of BatchNorm in training.</summary>
    public T[] Forward(T[] x) => Forward(x, MomentsOf(x));

    /// <summary>The output with moments that are given: BatchNorm in evaluation.</summary>
    public T[] Forward(T[] x, Moments<T> moments) => [.. Normalized(x, moments).Select((value, i) => (value * Weight(i)) + (_bias is null ? T.Zero : _bias[_parameter(i)]))];

    /// <summary>The gradients of Σ output·outputGradient where the moments are the input's own.</summary>
    public NormalizationGradients<T> Backward(T[] x, T[] outputGradient)
    {
        Moments<T> moments = MomentsOf(x);
        T[] normalized = Normalized(x, moments);
        NormalizationGradients<T> gradients = Backward(x, outputGradient, moments);

        // The moments take up what would shift or stretch a whole group.
        T[] outer = gradients.Input;
        var inner = new T[x.Length];
        foreach (int[] places in Groups(x, _group))
        {
            T shift = _isCentred ? Mean(places.Select(i => outer[i])) : T.Zero;
            T stretch = Mean(places.Select(i => outer[i] * normalized[i]));
            foreach (int i in places)
                inner[i] = outer[i] - shift - (normalized[i] * stretch);
        }

        return gradients with { Input = inner };
    }

    /// <summary>The gradients where the moments are constants.</summary>
    public NormalizationGradients<T> Backward(T[] x, T[] outputGradient, Moments<T> moments)
    {
        T[] normalized = Normalized(x, moments);
        int[][] shared = [.. Groups(x, _parameter)];
        return new NormalizationGradients<T>(
            [.. outputGradient.Select((g, i) => g * Weight(i) / Deviation(moments, i))],
            [.. shared.Select(places => Sum(places.Select(i => outputGradient[i] * normalized[i])))],
            [.. shared.Select(places => Sum(places.Select(i => outputGradient[i])))]);
    }

    /// <summary>The running statistics after training on a batch; their variance is divided by the count less one.</summary>
    /// <param name="running">Those before.</param>
    /// <param name="x">The batch.</param>
    /// <param name="momentum">The share of the batch; null: all batches so far have equal shares.</param>
    public RunningStatistics<T> Update(RunningStatistics<T> running, T[] x, double? momentum)
    {
        long tracked = running.BatchesTracked + 1;
        T share = T.CreateChecked(momentum ?? 1.0 / tracked);
        Moments<T> moments = MomentsOf(x);
        int count = x.Length / moments.Mean.Length;
        T unbiased = T.CreateChecked(count) / T.CreateChecked(count - 1);
        return new RunningStatistics<T>(
            [.. running.Mean.Zip(moments.Mean, (old, mean) => ((T.One - share) * old) + (share * mean))],
            [.. running.Variance.Zip(moments.Variance, (old, variance) => ((T.One - share) * old) + (share * unbiased * variance))],
            tracked);
    }

    private T[] Normalized(T[] x, Moments<T> moments) => [.. x.Select((value, i) => (value - moments.Mean[_group(i)]) / Deviation(moments, i))];

    private T Deviation(Moments<T> moments, int i) => T.Sqrt(moments.Variance[_group(i)] + _eps);

    private T Weight(int i) => _weight is null ? T.One : _weight[_parameter(i)];

    /// <summary>The places that share a number, in the order of the numbers.</summary>
    private static IEnumerable<int[]> Groups(T[] x, Func<int, int> number) =>
        Enumerable.Range(0, x.Length).GroupBy(number).OrderBy(group => group.Key).Select(group => group.ToArray());

    private T Mean(IEnumerable<T> terms)
    {
        T[] values = [.. terms];
        return Sum(values) / T.CreateChecked(values.Length);
    }

    private T Sum(IEnumerable<T> terms) => (_isReversed ? terms.Reverse() : terms).Aggregate(T.Zero, (sum, term) => sum + term);
}
