using System;
using System.Globalization;
using System.Numerics.Tensors;

namespace NetGen.Metrics;

/// <summary>The share of samples whose highest score is the true class's; of equal scores the first counts (<c>accuracy_score</c> of <c>argmax</c>).</summary>
public sealed class Accuracy : ClassMetric
{
    private long _count;
    private long _hits;

    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <inheritdoc/>
    public override double Value => (double)_hits / _count;

    /// <inheritdoc/>
    protected override void Clear() => (_count, _hits) = (0, 0);

    /// <inheritdoc/>
    protected override void Add(ReadOnlySpan<float> scores, int target)
    {
        _count++;
        if (TensorPrimitives.IndexOfMax(scores) == target)
            _hits++;
    }
}

/// <summary>The share of samples whose true class is among the k of highest score; of equal scores the last count first (<c>top_k_accuracy_score</c>).</summary>
public sealed class TopKAccuracy : ClassMetric
{
    private readonly int _k;
    private long _count;
    private long _hits;

    /// <summary>Creates the metric.</summary>
    /// <param name="k">How many; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public TopKAccuracy(int k = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        _k = k;
        Name = string.Create(CultureInfo.InvariantCulture, $"top_{k}_accuracy");
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override double Value => (double)_hits / _count;

    /// <inheritdoc/>
    protected override void Clear() => (_count, _hits) = (0, 0);

    /// <inheritdoc/>
    protected override void Add(ReadOnlySpan<float> scores, int target)
    {
        _count++;
        int before = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > scores[target] || (scores[i] == scores[target] && i > target))
                before++;
        }

        if (before < _k && !float.IsNaN(scores[target]))
            _hits++;
    }
}
