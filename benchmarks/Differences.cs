using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Benchmarks;

/// <summary>Compares what another library computes with ours.</summary>
internal static class Differences
{
    /// <summary>The largest difference that two orders of summation explain, as a share of a tensor's largest element: of outputs and losses.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>
    /// The same of gradients, which jump: a pooling window whose two largest values round alike, or a neuron next to zero, passes the gradient on or does not.
    /// One window of AlexNet of 73,728, with 2e-7 of the largest value between its two, moves the gradients of the layers before it by up to 2.2e-3.
    /// </summary>
    private const double GradientTolerance = 1e-2;

    /// <summary>What differs in an output, in words; empty where nothing does.</summary>
    public static string OfOutput(Numbers ours, ReadOnlySpan<float> output) => InWords("output", Of(ours.Output, output));

    /// <summary>What differs in a loss and the gradients, in words; empty where nothing does.</summary>
    /// <param name="ours">Ours.</param>
    /// <param name="loss">The other's loss.</param>
    /// <param name="gradients">The other's gradients, in the order of ours.</param>
    public static string OfTraining(Numbers ours, float loss, IReadOnlyList<float[]> gradients)
    {
        (NamedTensor Gradient, double Error)[] different = [.. ours.Gradients
            .Select((gradient, i) => (gradient, Error: Of(gradient.Values, gradients[i])))
            .Where(gradient => !(gradient.Error <= GradientTolerance))];
        return Join(InWords("loss", Of([ours.Loss], [loss])), different.Length > 0 ? Worst() : "");

        string Worst()
        {
            (NamedTensor gradient, double error) = different.MaxBy(gradient => double.IsNaN(gradient.Error) ? double.PositiveInfinity : gradient.Error);
            return Differing($"{different.Length} of {gradients.Count} gradients, {gradient.Name}", error);
        }
    }

    /// <summary>Some remarks as one.</summary>
    public static string Join(params string[] remarks) => string.Join(", ", remarks.Where(remark => remark.Length > 0));

    private static string InWords(string what, double error) => error <= Tolerance ? "" : Differing(what, error);

    private static string Differing(string what, double error) => $"DIFFERENT {what} by {Size(error)}";

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
