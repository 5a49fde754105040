using System;
using System.Collections.Generic;
using System.Numerics.Tensors;

namespace NetGen.Metrics;

/// <summary>
/// The area under the receiver operating characteristic: the chance that a sample of the class has a higher score than one of another, equal scores counting half
/// (<c>roc_auc_score</c>). Of more than two classes the mean over each against the rest (<c>multi_class="ovr"</c>). Not a number where a class has no sample, or all.
/// It keeps every score until it is reset.
/// </summary>
/// <param name="fromLogits">Whether outputs are logits, whose softmax is taken first, as scikit-learn wants probabilities.</param>
public sealed class RocAuc(bool fromLogits = true) : ClassMetric
{
    private readonly List<float> _scores = [];
    private readonly List<int> _targets = [];
    private double[] _probabilities = [];

    /// <inheritdoc/>
    public override string Name => "auc";

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            if (Classes == 2)
                return OfClass(1);
            double sum = 0;
            for (int i = 0; i < Classes; i++)
                sum += OfClass(i);
            return sum / Classes;
        }
    }

    /// <summary>The area of a class against the rest.</summary>
    /// <param name="index">The class.</param>
    public double OfClass(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Classes, nameof(index));
        int count = _targets.Count;
        var scores = new double[count];
        var positive = new bool[count];
        for (int i = 0; i < count; i++)
        {
            scores[i] = Score(i, index);
            positive[i] = _targets[i] == index;
            if (double.IsNaN(scores[i]))
                return double.NaN;
        }

        Array.Sort(scores, positive);
        (double pairs, long positives, long negatives) = (0, 0, 0);
        for (int i = 0; i < count;)
        {
            (long equalPositives, long equalNegatives) = (0, 0);
            int end = i;
            for (; end < count && scores[end] == scores[i]; end++)
                (equalPositives, equalNegatives) = positive[end] ? (equalPositives + 1, equalNegatives) : (equalPositives, equalNegatives + 1);
            pairs += equalPositives * (negatives + (0.5 * equalNegatives));
            (positives, negatives) = (positives + equalPositives, negatives + equalNegatives);
            i = end;
        }

        return positives == 0 || negatives == 0 ? double.NaN : pairs / ((double)positives * negatives);
    }

    /// <inheritdoc/>
    protected override void Clear()
    {
        _scores.Clear();
        _targets.Clear();
        if (_probabilities.Length != Classes)
            _probabilities = new double[Classes];
    }

    /// <inheritdoc/>
    protected override void Add(ReadOnlySpan<float> scores, int target)
    {
        _scores.AddRange(scores);
        _targets.Add(target);
    }

    private double Score(int sample, int index)
    {
        int first = sample * Classes;
        if (!fromLogits)
            return _scores[first + index];

        // Of two classes the order of probabilities is that of the difference, which does not round to 0 or 1.
        if (Classes == 2)
            return (double)_scores[first + index] - _scores[first + 1 - index];
        for (int i = 0; i < Classes; i++)
            _probabilities[i] = _scores[first + i];
        TensorPrimitives.Subtract(_probabilities, TensorPrimitives.Max<double>(_probabilities), _probabilities);
        TensorPrimitives.SoftMax<double>(_probabilities, _probabilities);

        // Rounded: what is equal but for the order of a sum is equal.
        return (float)_probabilities[index];
    }
}
