using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Benchmarks;

/// <summary>Compares what another library computes with ours.</summary>
internal static class Differences
{
    /// <summary>The largest difference that two orders of summation explain, as a share of a tensor's largest element.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>What differs in an output, in words; empty where nothing does.</summary>
    public static string OfOutput(Numbers ours, ReadOnlySpan<float> output) => InWords("output", Of(ours.Output, output));

    /// <summary>What differs in a loss and the gradients, in words; empty where nothing does.</summary>
    /// <param name="ours">Ours.</param>
    /// <param name="loss">The other's loss.</param>
    /// <param name="gradients">The other's gradients, in the order of ours.</param>
    public static string OfTraining(Numbers ours, float loss, IReadOnlyList<float[]> gradients)
    {
        (NamedTensor Gradient, double Error)[] wrong = [.. ours.Gradients
            .Select((gradient, i) => (gradient, Error: Of(gradient.Values, gradients[i])))
            .Where(gradient => !(gradient.Error <= Tolerance))];
        return Join(InWords("loss", Of([ours.Loss], [loss])), wrong.Length > 0 ? Worst() : "");

        string Worst()
        {
            (NamedTensor gradient, double error) = wrong.MaxBy(gradient => double.IsNaN(gradient.Error) ? double.PositiveInfinity : gradient.Error);
            return InWords($"{wrong.Length} of {gradients.Count} gradients, {gradient.Name}", error);
        }
    }

    /// <summary>Some remarks as one.</summary>
    public static string Join(params string[] remarks) => string.Join(", ", remarks.Where(remark => remark.Length > 0));

    private static string InWords(string what, double error) => error <= Tolerance ? "" : $"WRONG {what} by {Size(error)}";

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
