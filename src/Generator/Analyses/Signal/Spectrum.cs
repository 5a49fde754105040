using System;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// The mean of the product of a function of two normal numbers, by their correlation: a power series, whose terms are the squares of the function's coefficients of normalised Hermite
/// polynomials (Mehler's formula).
/// </summary>
/// <param name="terms">The first of them.</param>
/// <param name="rest">The sum of all others.</param>
internal sealed class Spectrum(double[] terms, double rest)
{
    private const int Octaves = 12;

    /// <summary>Where a function bends its terms fall as the power 5/2: an octave of them has this much of all that follow, and its mean at so many times its first term.</summary>
    private const double Octave = 0.64644660940672624;
    private const double MiddleOfOctave = 1.36;

    /// <summary>The mean of the product.</summary>
    public double At(double correlation) => Evaluate(correlation).Value;

    /// <summary>The correlation that gives a product; the nearest to it between 0 and 1. The series grows ever faster, so that Newton's steps from 1 stay above.</summary>
    public double Inverse(double product)
    {
        double correlation = 1;
        for (int i = 0; i < 30; i++)
        {
            (double value, double slope) = Evaluate(correlation);
            double step = (value - product) / slope;
            if (!(step > 1e-12))
                break;
            correlation = Math.Max(0, correlation - step);
        }

        return correlation;
    }

    private (double Value, double Slope) Evaluate(double correlation)
    {
        (double value, double slope) = (0, 0);
        for (int n = terms.Length - 1; n >= 0; n--)
        {
            slope = (slope * correlation) + value;
            value = (value * correlation) + terms[n];
        }

        if (rest > 0)
        {
            double left = rest, exponent = Math.Round(MiddleOfOctave * terms.Length), power = Math.Pow(correlation, exponent - 1);
            for (int octave = 0; octave < Octaves; octave++)
            {
                double share = octave == Octaves - 1 ? left : Octave * left;
                value += share * power * correlation;
                slope += share * exponent * power;
                left -= share;
                exponent *= 2;
                power *= power * correlation;
            }
        }

        return (value, slope);
    }
}
