using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// The distribution of one element: numbers with weights. Those of a normal one are the nodes of a quadrature that is fine where activations bend, around 0, so that
/// what is piecewise smooth with its kink there is integrated to ten digits. A function of it has the same nodes, so that a value and its activation stay one random number.
/// Layers are not infinitely wide, so that one network's values are larger than another's, and one input's than another's: the nodes are those of several such states, one block each.
/// </summary>
internal sealed class Marginal
{
    private const int Terms = 20;

    /// <summary>For squares, which do not bend at 0.</summary>
    private const int FewTerms = 10;

    /// <summary>So few states do not tell more.</summary>
    private const double MostSpread = 12;

    /// <summary>The states, as Gauss and Hermite's quadrature of five nodes has them.</summary>
    private static readonly (double Place, double Share)[] s_states =
    [
        (-2.8569700138728056, 0.011257411327720688), (-1.3556261799742657, 0.22207592200561263), (0, 0.53333333333333333),
        (1.3556261799742657, 0.22207592200561263), (2.8569700138728056, 0.011257411327720688),
    ];

    private static readonly double[] s_roots = [.. Enumerable.Range(0, Terms + 1).Select(n => Math.Sqrt(n))];

    /// <summary>Where the panels of the quadrature end, in deviations; and around 0, in units of the activations.</summary>
    private static readonly double[] s_deviations = [-Normal.Reach, -6, -4, -2.5, -1.25, 0, 1.25, 2.5, 4, 6, Normal.Reach];

    private static readonly (double Node, double Weight)[] s_legendre = Legendre(8);

    /// <summary>The normalised Hermite polynomials at the states.</summary>
    private static readonly double[][] s_hermite = Hermite();

    private double[]? _places;
    private (Spectrum OfOne, Spectrum OfTwo)? _spectra;
    private double? _spread;

    private Marginal(double[] weights, double[] values, double[]? places, int states, double together, double mean, double square)
    {
        (Weights, Values, _places, States, Together) = (weights, values, places, states, together);
        (Mean, Square) = (mean, square);
    }

    /// <summary>The shares of the values; they add up to 1.</summary>
    public double[] Weights { get; }

    public double[] Values { get; }

    /// <summary>How many states there are; each has as many nodes.</summary>
    public int States { get; }

    /// <summary>How far the states of two inputs go together: the correlation of the normal numbers that decide on them.</summary>
    public double Together { get; }

    /// <summary>The nodes of a state.</summary>
    public int Length => Values.Length / States;

    public double Mean { get; }

    /// <summary>The mean of the squares.</summary>
    public double Square { get; }

    public double Variance => Math.Max(0, Square - (Mean * Mean));

    /// <summary>How much the square varies over states, in units of its own.</summary>
    public double Spread => _spread ??= Square > 0 ? Enumerable.Range(0, States).Sum(state => Share(state) * Math.Pow((OfState(state, k => Values[k] * Values[k]) / Square) - 1, 2)) : 0;

    /// <summary>The normal number that the value is a function of, at each node; where it is not known, the value's own rank makes one.</summary>
    private double[] Places => _places ??= Ranks();

    /// <param name="mean">The mean.</param>
    /// <param name="variance">The variance.</param>
    /// <param name="spread">The variance of the variance over states, in units of its square.</param>
    /// <param name="shape">The logarithms of the variances of the states, but for a factor that the spread decides; null: the variance is taken for a lognormal number.</param>
    /// <param name="together">How far the states of two inputs go together.</param>
    public static Marginal Gaussian(double mean, double variance, double spread = 0, IReadOnlyList<double>? shape = null, double together = 1)
    {
        if (!(variance > 0))
            return new Marginal([1], [mean], [0], 1, together, mean, mean * mean);
        double square = variance + (mean * mean);
        if (!(spread > 1e-5))
        {
            (double[] Weights, double[] Values, double[] Places) one = Nodes(mean, Math.Sqrt(variance));
            return new Marginal(one.Weights, one.Values, one.Places, 1, together, mean, square).WithSpectra([[mean, Math.Sqrt(variance)]]);
        }

        double[] scales = Scales(Math.Min(spread, MostSpread), shape);
        (double[] Weights, double[] Values, double[] Places)[] states = [.. scales.Select(scale => Nodes(mean, Math.Sqrt(variance * scale)))];
        int count = states.Max(state => state.Values.Length);
        (var weights, var values, var places) = (new double[states.Length * count], new double[states.Length * count], new double[states.Length * count]);
        for (int state = 0; state < states.Length; state++)
        {
            int length = states[state].Values.Length;
            Array.Copy(states[state].Values, 0, values, state * count, length);
            Array.Copy(states[state].Places, 0, places, state * count, length);
            for (int k = 0; k < length; k++)
                weights[(state * count) + k] = s_states[state].Share * states[state].Weights[k];
        }

        return new Marginal(weights, values, places, states.Length, together, mean, square).WithSpectra([.. scales.Select(scale => new[] { mean, Math.Sqrt(variance * scale) })]);
    }

    /// <summary>Numbers of mean 1, one a state.</summary>
    private static double[] Scales(double spread, IReadOnlyList<double>? shape)
    {
        if (shape is null)
            return Raised(s_states.Select(state => state.Place).ToArray(), Math.Sqrt(Math.Log(1 + spread)));
        (double low, double high) = (0, 4);
        for (int i = 0; i < 30; i++)
        {
            double middle = 0.5 * (low + high);
            double square = 0;
            double[] scales = Raised(shape, middle);
            for (int state = 0; state < scales.Length; state++)
                square += s_states[state].Share * scales[state] * scales[state];
            if (square - 1 < spread)
                low = middle;
            else
                high = middle;
        }

        return Raised(shape, low);

        static double[] Raised(IReadOnlyList<double> logarithms, double factor)
        {
            var scales = new double[s_states.Length];
            double most = logarithms.Max();
            double mean = 0;
            for (int state = 0; state < scales.Length; state++)
                mean += s_states[state].Share * (scales[state] = Math.Exp(factor * (logarithms[state] - most)));
            for (int state = 0; state < scales.Length; state++)
                scales[state] /= mean;
            return scales;
        }
    }

    /// <summary>What the logarithms of states become where chance is added to them, whose states then correlate with those before.</summary>
    /// <param name="squares">What the states were.</param>
    /// <param name="kept">The correlation.</param>
    /// <param name="chance">The variance of the chance, in units of the square of what it is added to.</param>
    /// <param name="part">The share of it all that they are; the rest is alike in all states.</param>
    public static double[] Shape(double[] squares, double kept, double chance, double part)
    {
        double own = Math.Sqrt(Math.Log(1 + Math.Min(chance, MostSpread)) * (1 - (kept * kept)));
        return [.. Expected(squares, kept).Select((each, state) => Math.Log((part * each * Math.Exp(own * s_states[state].Place)) + 1 - part))];
    }

    /// <summary>Values with weights in the states of another, of which no more is known.</summary>
    public static Marginal Of(double[] weights, double[] values, Marginal states) => Of(weights, values, null, states);

    /// <summary>A function of it.</summary>
    public Marginal Select(Func<double, double> function)
    {
        var values = new double[Values.Length];
        for (int k = 0; k < values.Length; k++)
            values[k] = function(Values[k]);
        return Of(Weights, values, _places, this);
    }

    /// <summary>A linear function of it in each state, as another random number.</summary>
    public Marginal Select(Func<int, (double Factor, double Shift)> ofState) =>
        Of([.. Weights], [.. Values.Select((value, k) => ofState(k / Length) is var (factor, shift) ? shift + (factor * value) : 0)], _places, this);

    /// <summary>The sum with another function of the same normal number.</summary>
    public Marginal Plus(Marginal other) => Of(Weights, [.. Values.Zip(other.Values, (a, b) => a + b)], _places, this);

    /// <summary>The mean of a function of it.</summary>
    public double MeanOf(Func<double, double> function)
    {
        double sum = 0;
        for (int k = 0; k < Values.Length; k++)
            sum += Weights[k] * function(Values[k]);
        return sum;
    }

    /// <summary>The mean of a function of the nodes over a state.</summary>
    public double OfState(int state, Func<int, double> function)
    {
        (double sum, double weights) = (0, 0);
        for (int k = state * Length; k < (state + 1) * Length; k++)
        {
            sum += Weights[k] * function(k);
            weights += Weights[k];
        }

        return sum / weights;
    }

    /// <summary>The shares of the states that values have unless they have but one.</summary>
    public static IReadOnlyList<double> Shares { get; } = [.. s_states.Select(state => state.Share)];

    /// <summary>
    /// What is expected of a number that depends on the state of one value, in each state of another: their states correlate. What is positive is taken for lognormal then; its mean stays.
    /// </summary>
    public static double[] Expected(double[] ofStates, double correlation)
    {
        if (ofStates.Any(each => each <= 0))
            return Mehler(ofStates, correlation);
        double[] logarithms = [.. ofStates.Select(each => Math.Log(each))];
        double[] means = Mehler(logarithms, correlation), squares = Mehler([.. logarithms.Select(each => each * each)], correlation);
        double[] expected = [.. means.Zip(squares, (mean, square) => Math.Exp(mean + (0.5 * Math.Max(0, square - (mean * mean)))))];
        double factor = Mean(ofStates) / Mean(expected);
        return [.. expected.Select(each => factor * each)];

        static double Mean(double[] states) => s_states.Zip(states, (state, each) => state.Share * each).Sum();
    }

    /// <summary>The expectation by Mehler's formula: each coefficient of a Hermite polynomial is multiplied by a power of the correlation. As many polynomials as states have all that states can tell.</summary>
    private static double[] Mehler(double[] ofStates, double correlation)
    {
        var expected = new double[ofStates.Length];
        double power = 1;
        foreach (double[] polynomial in s_hermite)
        {
            double coefficient = 0;
            for (int state = 0; state < expected.Length; state++)
                coefficient += s_states[state].Share * ofStates[state] * polynomial[state];
            for (int state = 0; state < expected.Length; state++)
                expected[state] += power * coefficient * polynomial[state];
            power *= correlation;
        }

        return expected;
    }

    /// <summary>The share of a state.</summary>
    public double Share(int state)
    {
        double share = 0;
        for (int k = state * Length; k < (state + 1) * Length; k++)
            share += Weights[k];
        return share;
    }

    /// <summary>Whether both are functions of one normal number.</summary>
    public bool IsOneWith(Marginal other) => ReferenceEquals(Weights, other.Weights);

    /// <summary>Another random number with the distribution.</summary>
    public Marginal Independent() => With((double[])Weights.Clone());

    /// <summary>The same function of what another, whose weights are equal, is a function of.</summary>
    public Marginal OneWith(Marginal other) => With(other.Weights);

    /// <summary>The mean of the product of two that have this distribution, of two inputs or at two places, and whose normal numbers correlate (Mehler's formula).</summary>
    public double Product(double correlation) => Known().OfTwo.At(correlation);

    /// <summary>The same of two for one input, which are in one state.</summary>
    public double ProductOfUnits(double correlation) => Known().OfOne.At(correlation);

    /// <summary>The correlation of the normal numbers that gives a product of two inputs.</summary>
    public double Correlation(double product) => Known().OfTwo.Inverse(product);

    /// <summary>The same of two for one input.</summary>
    public double CorrelationOfUnits(double product) => Known().OfOne.Inverse(product);

    /// <summary>How the squares of two inputs go together, in units of what the states of both make of them, against those of one input.</summary>
    /// <param name="correlation">That of the normal numbers.</param>
    /// <returns>The variance of the squares over the elements of a state, and the share of it that two inputs have in common.</returns>
    public (double Variance, double Common) Squares(double correlation)
    {
        (Spectrum one, Spectrum two) = Spectra(Coefficients([.. Values.Select(value => value * value)], FewTerms), Weights.Select((weight, k) => weight * Math.Pow(Values[k], 4)).Sum());
        (double ofOne, double ofTwo) = (one.At(0), two.At(0));
        double variance = one.At(1) - ofOne;
        return (variance, variance > 0 && ofTwo > 0 ? (two.At(correlation) - ofTwo) / ofTwo / (variance / ofOne) : 1);
    }

    /// <summary>The mean of the product of two numbers that depend on the states of two inputs.</summary>
    public double OfTwo(double[] ofStates)
    {
        if (States == 1)
            return ofStates[0] * ofStates[0];
        (double product, double power) = (0, 1);
        foreach (double[] polynomial in s_hermite)
        {
            double coefficient = 0;
            for (int state = 0; state < States; state++)
                coefficient += s_states[state].Share * ofStates[state] * polynomial[state];
            product += power * coefficient * coefficient;
            power *= Together;
        }

        return product;
    }

    /// <summary>The nodes of a state from the least value to the largest.</summary>
    public int[] Order(int state)
    {
        int[] order = [.. Enumerable.Range(state * Length, Length)];
        Array.Sort([.. Values.Skip(state * Length).Take(Length)], order);
        return order;
    }

    private Marginal With(double[] weights) => new(weights, Values, _places, States, Together, Mean, Square) { _spectra = _spectra, _spread = _spread };

    private static Marginal Of(double[] weights, double[] values, double[]? places, Marginal states)
    {
        (double mean, double square) = (0, 0);
        for (int k = 0; k < values.Length; k++)
        {
            mean += weights[k] * values[k];
            square += weights[k] * values[k] * values[k];
        }

        return new Marginal(weights, values, places, states.States, states.Together, mean, square);
    }

    private static (double[] Weights, double[] Values, double[] Places) Nodes(double mean, double deviation)
    {
        List<double> ends = [.. s_deviations, -mean / deviation];
        for (double z = 1; z < (Normal.Reach * deviation) + Math.Abs(mean); z *= 3)
            ends.AddRange([(z - mean) / deviation, (-z - mean) / deviation]);
        ends.RemoveAll(end => Math.Abs(end) > Normal.Reach);
        double[] panels = [.. ends.Distinct()];
        Array.Sort(panels);
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

        return (weights, values, places);
    }

    private (Spectrum OfOne, Spectrum OfTwo) Known() => _spectra ??= Spectra(Coefficients(Values, Terms), Square);

    private Marginal WithSpectra(double[][] coefficients)
    {
        _spectra = Spectra(coefficients, Square);
        return this;
    }

    /// <summary>Of one input spectra are the means over states; two inputs share these as far as they go together, by Mehler's formula once more.</summary>
    /// <param name="coefficients">In each state.</param>
    /// <param name="square">The mean of the squares.</param>
    private (Spectrum OfOne, Spectrum OfTwo) Spectra(double[][] coefficients, double square)
    {
        var one = new double[coefficients[0].Length];
        for (int state = 0; state < States; state++)
        {
            double share = Share(state);
            for (int n = 0; n < one.Length; n++)
                one[n] += share * coefficients[state][n] * coefficients[state][n];
        }

        double rest = Math.Max(0, square - one.Sum());
        var ofOne = new Spectrum(one, rest);
        if (States == 1 || Together == 1)
            return (ofOne, ofOne);
        var two = new double[one.Length];
        var ofStates = new double[States];
        for (int n = 0; n < two.Length; n++)
        {
            for (int state = 0; state < States; state++)
                ofStates[state] = coefficients[state][n];
            two[n] = OfTwo(ofStates);
        }

        return (ofOne, new Spectrum(two, rest));
    }

    /// <summary>The coefficients of normalised Hermite polynomials in each state.</summary>
    private double[][] Coefficients(double[] values, int terms)
    {
        var coefficients = new double[States][];
        double[] places = Places;
        for (int state = 0; state < States; state++)
        {
            double[] ofState = coefficients[state] = new double[terms];
            double share = 0;
            for (int k = state * Length; k < (state + 1) * Length; k++)
            {
                double weight = Weights[k];
                if (weight == 0)
                    continue;
                share += weight;
                (double place, double weighted, double last, double polynomial) = (places[k], weight * values[k], 0, 1);
                for (int n = 0; n < ofState.Length; n++)
                {
                    ofState[n] += weighted * polynomial;
                    (last, polynomial) = (polynomial, (place * polynomial) - (n * last));
                }
            }

            double norm = share;
            for (int n = 0; n < terms; n++)
            {
                ofState[n] /= norm;
                norm *= s_roots[n + 1];
            }
        }

        return coefficients;
    }

    private double[] Ranks()
    {
        var ranks = new double[Values.Length];
        for (int state = 0; state < States; state++)
        {
            double below = 0;
            double share = Share(state);
            foreach (int k in Order(state))
            {
                ranks[k] = Normal.Quantile((below + (0.5 * Weights[k])) / share);
                below += Weights[k];
            }
        }

        return ranks;
    }

    private static double[][] Hermite()
    {
        var polynomials = new double[s_states.Length][];
        for (int n = 0; n < polynomials.Length; n++)
        {
            polynomials[n] = [.. s_states.Select((state, i) =>
                n == 0 ? 1 : ((state.Place * polynomials[n - 1][i]) - (n == 1 ? 0 : s_roots[n - 1] * polynomials[n - 2][i])) / s_roots[n])];
        }

        return polynomials;
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

/// <summary>Marginals are one where they are functions of one number.</summary>
internal sealed class MarginalIdentity : IEqualityComparer<Marginal>
{
    public static readonly MarginalIdentity Instance = new();

    public bool Equals(Marginal x, Marginal y) => x.IsOneWith(y);

    public int GetHashCode(Marginal marginal) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(marginal.Weights);
}
