using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Runtime;

namespace NetGen.Training;

/// <summary>Losses with settings, for <see cref="Trainer{TNetwork, TTarget}.Loss"/>.</summary>
public static class Losses
{
    /// <summary>
    /// Cross-entropy of logits, with a weight for each class and smoothed labels (PyTorch's <c>nn.CrossEntropyLoss(weight, label_smoothing=ε)</c>):
    /// Σᵢ ((1 − ε) w_yᵢ (−log p_yᵢ) + ε/K Σ_c w_c (−log p_c)) / Σᵢ w_yᵢ, with p = softmax of the K outputs. It is computed in double precision, and allocates nothing.
    /// </summary>
    /// <param name="classWeights">What each class weighs, at least 0, such as <see cref="Data.Sampling.BalancedClassWeights"/>; null: each 1.</param>
    /// <param name="labelSmoothing">ε, from 0 to 1: the share of a label that is spread over all classes.</param>
    /// <returns>The loss. Of a batch all of whose classes weigh nothing it is 0, where PyTorch's is not a number.</returns>
    /// <exception cref="ArgumentException">A number is out of range. The loss itself says so where outputs, weights and labels do not fit one another.</exception>
    public static LossFunction<int> CrossEntropy(IReadOnlyList<double>? classWeights = null, double labelSmoothing = 0)
    {
        double[]? weights = classWeights?.ToArray();
        if (weights is not null && (weights.Length == 0 || weights.Any(weight => !(weight >= 0 && double.IsFinite(weight)))))
            throw new ArgumentException($"Expected a weight of at least 0 for each class, but got [{string.Join(", ", weights.Select(weight => weight.ToString(CultureInfo.InvariantCulture)))}].", nameof(classWeights));
        if (!(labelSmoothing is >= 0 and <= 1))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected a label smoothing from 0 to 1, but got {labelSmoothing}."), nameof(labelSmoothing));
        return new WeightedCrossEntropy(weights, labelSmoothing).Compute;
    }

    /// <summary>It has the weights at hand, by which batches make a mean of a whole.</summary>
    private sealed class WeightedCrossEntropy(double[]? weights, double smoothing) : IWeightedLoss<int>
    {
        private readonly double _total = weights?.Sum() ?? 0;

        public float Compute(ReadOnlySpan<float> outputs, ReadOnlySpan<int> targets, Span<float> gradients)
        {
            int classes = targets.Length == 0 ? 0 : outputs.Length / targets.Length;
            if (classes == 0 || classes * targets.Length != outputs.Length || gradients.Length != outputs.Length)
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected as many outputs for each of {targets.Length} labels, and a gradient for each output, but got {outputs.Length} outputs and {gradients.Length} gradients."), nameof(outputs));
            if (weights is not null && weights.Length != classes)
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected a weight for each of {classes} classes, but there are {weights.Length}."), nameof(outputs));
            double norm = 0;
            foreach (int target in targets)
            {
                if ((uint)target >= (uint)classes)
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected labels from 0 to {classes - 1}, but got {target}."), nameof(targets));
                norm += weights?[target] ?? 1;
            }

            if (norm == 0)
            {
                gradients.Clear();
                return 0;
            }

            (double hard, double soft, double all) = (1 - smoothing, smoothing / classes, weights is null ? classes : _total);
            double loss = 0;
            for (int i = 0; i < targets.Length; i++)
            {
                ReadOnlySpan<float> logits = outputs.Slice(i * classes, classes);
                Span<float> gradient = gradients.Slice(i * classes, classes);
                int target = targets[i];
                double largest = logits[0];
                foreach (float logit in logits[1..])
                    largest = Math.Max(largest, logit);
                double sum = 0, weighted = 0;
                for (int c = 0; c < classes; c++)
                {
                    double distance = logits[c] - largest;
                    sum += Exp(distance);
                    weighted += (weights?[c] ?? 1) * distance;
                }

                double logSum = VectorMath.ScalarLog(sum), own = hard * (weights?[target] ?? 1);
                loss += (own * (logSum - (logits[target] - largest))) + (soft == 0 ? 0 : soft * ((all * logSum) - weighted));
                double scale = (own + (soft * all)) / (norm * sum);
                for (int c = 0; c < classes; c++)
                    gradient[c] = (float)((scale * Exp(logits[c] - largest)) - (((c == target ? own : 0) + (soft * (weights?[c] ?? 1))) / norm));
            }

            return (float)(loss / norm);
        }

        public double Weight(ReadOnlySpan<int> targets)
        {
            double sum = 0;
            foreach (int target in targets)
                sum += weights?[target] ?? 1;
            return sum;
        }

        // What is not a number stays so.
        private static double Exp(double x) => x <= 0 ? Power.Exp(x) : x;
    }
}
