using System;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// A value at initialisation, as the first step of a training sees it: what its elements are over all units, places, inputs and seeds, and the gradient that reaches them.
/// What overflows is infinite, never not a number.
/// </summary>
/// <param name="Mean">The mean of the elements.</param>
/// <param name="Variance">Their variance.</param>
/// <param name="GradientVariance">The variance of the gradient with respect to an element, where that of each element of the network's output has mean 0 and variance 1; 0 where none arrives.</param>
/// <param name="Correlation">The correlation of an element for two different inputs: 1 where they look alike.</param>
internal sealed record LayerSignal(double Mean, double Variance, double GradientVariance, double Correlation)
{
    public double StandardDeviation => Math.Sqrt(Variance);

    public double GradientStandardDeviation => Math.Sqrt(GradientVariance);

    /// <summary>Whether the elements are too large for single precision.</summary>
    public bool Overflows => double.IsInfinity(Variance);
}
