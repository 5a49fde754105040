using System;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// Means of products of a value's elements over weights, units, places and inputs. Places of one picture are to a filter what different inputs are: its outputs there
/// correlate as much as what it reads.
/// </summary>
/// <param name="Mean">Of an element.</param>
/// <param name="Square">Of an element with itself.</param>
/// <param name="Inputs">Of an element with itself for another input.</param>
/// <param name="Places">Of an element with the same unit's at another place of the picture.</param>
/// <param name="Units">Of two units at one place for one input.</param>
/// <param name="Both">Of two units for two inputs, or at two places.</param>
internal readonly record struct Moments(double Mean, double Square, double Inputs, double Places, double Units, double Both)
{
    public double Variance => Math.Max(0, Square - (Mean * Mean));

    /// <summary>The correlation for two inputs.</summary>
    public double Correlation => Variance > 0 ? Math.Max(-1, Math.Min(1, (Inputs - (Mean * Mean)) / Variance)) : 1;

    /// <summary>What of the variance is one input's own.</summary>
    public double VarianceOfInputs => Math.Max(0, Square - Inputs);

    /// <summary>Elements independent of each other.</summary>
    public static Moments Independent(double mean, double variance) => new(mean, variance + (mean * mean), mean * mean, mean * mean, mean * mean, mean * mean);

    /// <summary>The sum of two that are independent.</summary>
    public static Moments operator +(Moments a, Moments b)
    {
        double means = 2 * a.Mean * b.Mean;
        return new Moments(a.Mean + b.Mean, a.Square + b.Square + means, a.Inputs + b.Inputs + means, a.Places + b.Places + means, a.Units + b.Units + means, a.Both + b.Both + means);
    }

    public Moments Scaled(double factor) => new(
        factor * Mean, factor * factor * Square, factor * factor * Inputs, factor * factor * Places, factor * factor * Units, factor * factor * Both);
}
