using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Benchmarks;

/// <summary>Compares what another library computes with ours.</summary>
internal static class Differences
{
    /// <summary>The largest difference that two orders of summation explain, as a share of a tensor's largest element.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>What differs, in words; empty where nothing does.</summary>
    /// <param name="ours">Ours.</param>
    /// <param name="output">The other's output.</param>
    /// <param name="loss">Its loss; null where it has none.</param>
    /// <param name="gradients">Its gradients in the order of ours; null where it has none.</param>
    public static string Of(Numbers ours, ReadOnlySpan<float> output, float? loss = null, IReadOnlyList<float[]>? gradients = null)
    {
        List<string> differences = [];
        Add("output", Of(ours.Output, output));
        if (loss is { } value)
            Add("loss", Of([ours.Loss], [value]));
        if (gradients is not null)
        {
            double[] errors = [.. ours.Gradients.Select((gradient, i) => Of(gradient.Values, gradients[i]))];
            int[] wrong = [.. Enumerable.Range(0, errors.Length).Where(i => !(errors[i] <= Tolerance))];
            if (wrong.Length > 0)
            {
                int worst = wrong.MaxBy(i => double.IsNaN(errors[i]) ? double.PositiveInfinity : errors[i]);
                differences.Add($"WRONG in {wrong.Length} of {errors.Length} gradients: {ours.Gradients[worst].Name} by {Size(errors[worst])}");
            }
        }

        return string.Join(", ", differences);

        void Add(string what, double error)
        {
            if (!(error <= Tolerance))
                differences.Add($"WRONG {what} by {Size(error)}");
        }
    }

    private static string Size(double error) => double.IsFinite(error) ? Text.Of(error, "0.0e+0") + " of the largest element" : Text.Of(error, "0");

    /// <summary>The largest difference over the largest magnitude of ours; NaN where either has one.</summary>
    private static double Of(ReadOnlySpan<float> ours, ReadOnlySpan<float> others)
    {
        if (ours.Length != others.Length)
            throw new InvalidOperationException($"Expected {ours.Length} numbers, but got {others.Length}.");
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs((double)ours[i]));
            difference = Math.Max(difference, Math.Abs((double)ours[i] - others[i]));
        }

        return difference == 0 ? 0 : difference / largest;
    }
}
