using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// The distribution of one element: numbers with weights. Those of a normal one are the nodes of a quadrature that is fine where activations bend, around 0, so that
/// what is piecewise smooth with its kink there is integrated to ten digits. A function of it has the same nodes, so that a value and its activation stay one random number.
/// </summary>
internal sealed class Marginal
{
    private const int Terms = 20;

    /// <summary>Where the panels of the quadrature end, in deviations; and around 0, in units of the activations.</summary>
    private static readonly double[] s_deviations = [-Normal.Reach, -6, -4, -2.5, -1.25, 0, 1.25, 2.5, 4, 6, Normal.Reach];

    private static readonly (double Node, double Weight)[] s_legendre = Legendre(8);

    private double[]? _places;
    private double[]? _spectrum;

    private Marginal(double[] weights, double[] values, double[]? places, double mean, double square)
    {
        (Weights, Values, _places) = (weights, values, places);
        (Mean, Square) = (mean, square);
    }

    /// <summary>The shares of the values; they add up to 1.</summary>
    public double[] Weights { get; }

    public double[] Values { get; }

    public double Mean { get; }

    /// <summary>The mean of the squares.</summary>
    public double Square { get; }

    public double Variance => Math.Max(0, Square - (Mean * Mean));

    /// <summary>The normal number that the value is a function of, at each node; where it is not known, the value's own rank makes one.</summary>
    private double[] Places => _places ??= Ranks();

    public static Marginal Gaussian(double mean, double variance)
    {
        if (!(variance > 0))
            return new Marginal([1], [mean], [0], mean, mean * mean);
        double deviation = Math.Sqrt(variance);
        List<double> ends = [.. s_deviations, -mean / deviation];
        for (double z = 1; z < Normal.Reach * deviation + Math.Abs(mean); z *= 3)
            ends.AddRange([(z - mean) / deviation, (-z - mean) / deviation]);
        double[] panels = [.. ends.Where(end => Math.Abs(end) <= Normal.Reach).Distinct().OrderBy(end => end)];
        int count = (panels.Length - 1) * s_legendre.Length;
        (double[] weights, double[] values, double[] places) = (new double[count], new double[count], new double[count]);
        int k = 0;
        for (int panel = 0; panel + 1 < panels.Length; panel++)
        {
            double half = 0.5 * (panels[panel + 1] - panels[panel]);
            foreach ((double node, double weight) in s_legendre)
            {
                places[k] = panels[panel] + (half * (1 + node));
                weights[k] = half * weight * Normal.Density(places[k]);
                values[k] = mean + (deviation * places[k]);
                k++;
            }
        }

        return new Marginal(weights, values, places, mean, variance + (mean * mean));
    }

    /// <summary>Values with weights, of which no more is known.</summary>
    public static Marginal Of(double[] weights, double[] values) => Of(weights, values, null);

    /// <summary>A function of it.</summary>
    public Marginal Select(Func<double, double> function)
    {
        var values = new double[Values.Length];
        for (int k = 0; k < values.Length; k++)
            values[k] = function(Values[k]);
        return Of(Weights, values, _places);
    }

    /// <summary>The sum with another function of the same normal number.</summary>
    public Marginal Plus(Marginal other) => Of(Weights, [.. Values.Zip(other.Values, (a, b) => a + b)], _places);

    /// <summary>Whether both are functions of one normal number.</summary>
    public bool IsOneWith(Marginal other) => ReferenceEquals(Weights, other.Weights);

    /// <summary>The mean of the product of two that have this distribution, and whose normal numbers correlate (Mehler's formula; what the series leaves out is that of its last term).</summary>
    public double Product(double correlation)
    {
        double[] spectrum = Spectrum();
        (double sum, double power, double rest) = (0, 1, Square);
        foreach (double term in spectrum)
        {
            sum += term * power;
            rest -= term;
            power *= correlation;
        }

        return sum + (Math.Max(0, rest) * power);
    }

    /// <summary>The correlation of the normal numbers that gives a product.</summary>
    public double Correlation(double product)
    {
        if (product >= Square)
            return 1;
        if (product <= Product(0))
            return 0;
        (double low, double high) = (0, 1);
        for (int i = 0; i < 50; i++)
        {
            double middle = 0.5 * (low + high);
            if (Product(middle) < product)
                low = middle;
            else
                high = middle;
        }

        return 0.5 * (low + high);
    }

    /// <summary>The nodes from the least value to the largest.</summary>
    public int[] Order()
    {
        int[] order = [.. Enumerable.Range(0, Values.Length)];
        Array.Sort([.. Values], order);
        return order;
    }

    private static Marginal Of(double[] weights, double[] values, double[]? places)
    {
        (double mean, double square) = (0, 0);
        for (int k = 0; k < values.Length; k++)
        {
            mean += weights[k] * values[k];
            square += weights[k] * values[k] * values[k];
        }

        return new Marginal(weights, values, places, mean, square);
    }

    /// <summary>The squares of the coefficients of normalised Hermite polynomials.</summary>
    private double[] Spectrum()
    {
        if (_spectrum is not null)
            return _spectrum;
        var coefficients = new double[Terms];
        double[] places = Places;
        for (int k = 0; k < places.Length; k++)
        {
            (double last, double polynomial) = (0, 1);
            double weighted = Weights[k] * Values[k];
            for (int n = 0; n < Terms; n++)
            {
                coefficients[n] += weighted * polynomial;
                (last, polynomial) = (polynomial, ((places[k] * polynomial) - (Math.Sqrt(n) * last)) / Math.Sqrt(n + 1));
            }
        }

        return _spectrum = [.. coefficients.Select(coefficient => coefficient * coefficient)];
    }

    private double[] Ranks()
    {
        var ranks = new double[Values.Length];
        double below = 0;
        foreach (int k in Order())
        {
            ranks[k] = Normal.Quantile(below + (0.5 * Weights[k]));
            below += Weights[k];
        }

        return ranks;
    }

    /// <summary>Nodes and weights of Gauss and Legendre's quadrature on [−1, 1].</summary>
    private static (double Node, double Weight)[] Legendre(int count)
    {
        var nodes = new (double, double)[count];
        for (int i = 0; i < count; i++)
        {
            double x = Math.Cos(Math.PI * (i + 0.75) / (count + 0.5));
            double slope = 1;
            for (int step = 0; step < 20; step++)
            {
                (double last, double polynomial) = (0, 1);
                for (int n = 0; n < count; n++)
                    (last, polynomial) = (polynomial, ((((2 * n) + 1) * x * polynomial) - (n * last)) / (n + 1));
                slope = count * ((x * polynomial) - last) / ((x * x) - 1);
                x -= polynomial / slope;
            }

            nodes[count - 1 - i] = (x, 2 / ((1 - (x * x)) * slope * slope));
        }

        return nodes;
    }
}
