using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>A random number that units of a value have: its distribution, and how two of them go together.</summary>
internal sealed record Summand(Marginal Marginal, Moments Moments)
{
    /// <summary>How much its square varies over states, in units of its own.</summary>
    public double Spread => Marginal.Spread;

    public static Summand Gaussian(Moments moments, double spread = 0, IReadOnlyList<double>? shape = null, double together = 1) =>
        new(Marginal.Gaussian(moments.Mean, moments.Variance, spread, shape, together), moments);

    /// <summary>A function of it, element by element.</summary>
    public Summand Select(Func<double, double> function) => To(Marginal.Select(function));

    /// <summary>What is computed from it, element by element, and has this distribution.</summary>
    public Summand To(Marginal marginal)
    {
        double Product(double before) => marginal.Product(Marginal.Correlation(before));
        double inputs = Product(Moments.Inputs);
        double units = marginal.ProductOfUnits(Marginal.CorrelationOfUnits(Moments.Units));
        return new Summand(marginal, new Moments(
            marginal.Mean, marginal.Square, inputs, Moments.Places == Moments.Inputs ? inputs : Product(Moments.Places),
            units, Moments.Both == Moments.Inputs ? inputs : Product(Moments.Both)));
    }
}

/// <summary>Neighbouring channels that are alike: the sum of summands that are independent of each other.</summary>
internal sealed class SignalPart(int channels, IReadOnlyList<Summand> summands)
{
    /// <summary>So many summands are kept apart; more are one.</summary>
    private const int Most = 16;

    private Summand? _whole;

    public int Channels { get; } = channels;

    public IReadOnlyList<Summand> Summands { get; } = summands;

    /// <summary>All summands as one number; of several it is taken for a normal one.</summary>
    public Summand Whole => _whole ??= Summands.Count == 1 ? Summands[0] : Sum();

    public Moments Moments => Whole.Moments;

    public SignalPart With(Summand whole) => new(Channels, [whole]);

    /// <summary>The sum with another of as many channels. Functions of one number are added element by element.</summary>
    public SignalPart Plus(SignalPart other)
    {
        List<Summand> sum = [.. Summands];
        foreach (Summand summand in other.Summands)
        {
            int same = sum.FindIndex(candidate => candidate.Marginal.IsOneWith(summand.Marginal));
            if (same < 0)
                sum.Add(summand);
            else
                sum[same] = sum[same].To(sum[same].Marginal.Plus(summand.Marginal));
        }

        var part = new SignalPart(Channels, sum);
        return sum.Count <= Most ? part : part.With(part.Whole);
    }

    /// <summary>How far the moments of another lie from these, in units of both.</summary>
    public double Distance(SignalPart other)
    {
        (Moments a, Moments b) = (Moments, other.Moments);
        (double means, double deviations, double squares) = (a.Mean - b.Mean, Math.Sqrt(a.Variance) - Math.Sqrt(b.Variance), a.Square + b.Square);
        return squares > 0 ? ((means * means) + (deviations * deviations)) / squares : 0;
    }

    /// <summary>Both parts' channels as one part: its moments are those of all, its shape is that of the larger.</summary>
    public SignalPart Mix(SignalPart other)
    {
        Moments moments = new Signal([this, other]).Moments;
        return new SignalPart(Channels + other.Channels, [Normalized.Of((Channels < other.Channels ? other : this).Whole, moments)]);
    }

    /// <summary>Where one summand is large, the others are.</summary>
    private Summand Sum()
    {
        Moments moments = Summands.Select(summand => summand.Moments).Aggregate((a, b) => a + b);
        (double deviation, double together) = (0, 0);
        foreach (Summand summand in Summands)
        {
            double own = summand.Moments.Variance * Math.Sqrt(summand.Spread);
            deviation += own;
            together += own * summand.Marginal.Together;
        }

        return deviation > 0 && moments.Variance > 0 ? Summand.Gaussian(moments, Math.Pow(deviation / moments.Variance, 2), together: together / deviation) : Summand.Gaussian(moments);
    }
}

/// <summary>What is known of a value at initialisation: its channels in parts that are alike.</summary>
internal sealed class Signal(IReadOnlyList<SignalPart> parts)
{
    /// <summary>So many parts are told apart.</summary>
    private const int Most = 16;

    private Moments? _moments;
    private SquaresOfStates? _squares;

    public IReadOnlyList<SignalPart> Parts { get; } = parts;

    public int Channels => Parts.Sum(part => part.Channels);

    /// <summary>The moments of an element of any channel.</summary>
    public Moments Moments => _moments ??= Parts.Count == 1 ? Parts[0].Moments : Mixed();

    public static Signal Of(int channels, Summand summand) => new([new SignalPart(channels, [summand])]);

    public static Signal Gaussian(int channels, Moments moments, double spread = 0, IReadOnlyList<double>? shape = null, double together = 1) => Of(channels, Summand.Gaussian(moments, spread, shape, together));

    /// <summary>
    /// Other random numbers with the same distributions: functions of one value stay functions of what that value is now, and all else is independent.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="now">What it is now; its parts are the same.</param>
    public Signal Like(Signal value, Signal now)
    {
        var numbers = new Dictionary<Marginal, Marginal>(MarginalIdentity.Instance);
        foreach ((SignalPart before, SignalPart after) in value.Parts.Zip(now.Parts, (before, after) => (before, after)))
        {
            numbers[before.Whole.Marginal] = after.Whole.Marginal;
            foreach ((Summand old, Summand other) in before.Summands.Zip(after.Summands, (old, other) => (old, other)))
                numbers[old.Marginal] = other.Marginal;
        }

        return new Signal([.. Parts.Select(part => new SignalPart(part.Channels, [.. part.Summands.Select(Renewed)]))]);

        Summand Renewed(Summand summand)
        {
            if (!numbers.TryGetValue(summand.Marginal, out Marginal number))
                numbers[summand.Marginal] = number = summand.Marginal.Independent();
            return summand with { Marginal = summand.Marginal.OneWith(number) };
        }
    }

    /// <summary>The parts' wholes, each replaced.</summary>
    public Signal Select(Func<Summand, Summand> part) => new([.. Parts.Select(each => each.With(part(each.Whole)))]);

    /// <summary>The same channels in the parts that another has.</summary>
    /// <param name="ends">Where parts end.</param>
    public Signal Cut(IReadOnlyList<int> ends)
    {
        if (Parts.Count == ends.Count)
            return this;
        var parts = new List<SignalPart>();
        (int part, int until, int first) = (0, Parts[0].Channels, 0);
        foreach (int end in ends)
        {
            parts.Add(new SignalPart(end - first, Parts[part].Summands));
            first = end;
            if (end == until && part + 1 < Parts.Count)
                until += Parts[++part].Channels;
        }

        return new Signal(parts);
    }

    /// <summary>With not too many parts: neighbours that are most alike are mixed.</summary>
    public Signal Coarse()
    {
        if (Parts.Count <= Most)
            return this;
        List<SignalPart> parts = [.. Parts];
        List<double> distances = [.. Parts.Skip(1).Select((part, i) => Parts[i].Distance(part))];
        while (parts.Count > Most)
        {
            int nearest = 0;
            for (int i = 1; i < distances.Count; i++)
            {
                if (distances[i] < distances[nearest])
                    nearest = i;
            }

            parts[nearest] = parts[nearest].Mix(parts[nearest + 1]);
            parts.RemoveAt(nearest + 1);
            distances.RemoveAt(nearest);
            if (nearest > 0)
                distances[nearest - 1] = parts[nearest - 1].Distance(parts[nearest]);
            if (nearest < distances.Count)
                distances[nearest] = parts[nearest].Distance(parts[nearest + 1]);
        }

        return new Signal(parts);
    }

    /// <summary>Where the parts end.</summary>
    public IEnumerable<int> Ends()
    {
        int end = 0;
        foreach (SignalPart part in Parts)
            yield return end += part.Channels;
    }

    /// <summary>The sum over two different channels, of the products' means: at one place for one input, and at two.</summary>
    public (double Units, double Both) Pairs()
    {
        (double mean, double units, double both) = (0, 0, 0);
        foreach (SignalPart part in Parts)
        {
            (double n, Moments moments) = (part.Channels, part.Moments);
            mean += n * moments.Mean;
            double own = n * moments.Mean * n * moments.Mean;
            units += (n * (n - 1) * moments.Units) - own;
            both += (n * (n - 1) * moments.Both) - own;
        }

        return (units + (mean * mean), both + (mean * mean));
    }

    /// <summary>
    /// How much the sum of the squares of all channels, at so many places, varies over networks and inputs, in units of its own: as the states do, and because elements are not infinitely many.
    /// </summary>
    public SquaresOfStates Squares(double places)
    {
        if (_squares is not { } known || known.Places != places)
            _squares = known = SquaresAt(places);
        return known;
    }

    private SquaresOfStates SquaresAt(double places)
    {
        (double sum, double elements, double elementsTogether, double deviation, double together) = (0, 0, 0, 0, 0);
        var states = new double[Marginal.Shares.Count];
        foreach (SignalPart part in Parts)
        {
            (Marginal marginal, Moments moments) = (part.Whole.Marginal, part.Moments);
            sum += part.Channels * moments.Square;

            // That they have a state in common is counted by the states.
            double Alike(double product, double apart) => moments.Variance > 0 ? Math.Pow(Math.Max(0, product - apart) / moments.Variance, 2) : 0;
            double alike = (1 + ((places - 1) * Alike(moments.Places, marginal.Product(0))) + ((part.Channels - 1) * Alike(moments.Units, marginal.ProductOfUnits(0)))) / places;
            for (int state = 0; state < states.Length; state++)
                states[state] += part.Channels * marginal.OfState(marginal.States == 1 ? 0 : state, k => marginal.Values[k] * marginal.Values[k]);
            (double variance, double common) = marginal.Squares(marginal.Correlation(moments.Inputs));
            elements += part.Channels * alike * variance;
            elementsTogether += part.Channels * alike * variance * common;
            double own = part.Channels * moments.Square * Math.Sqrt(marginal.Spread);
            deviation += own;
            together += own * marginal.Together;
        }

        return sum > 0
            ? new(places, [.. states.Select(state => state / sum)], elements / (sum * sum), deviation > 0 ? together / deviation : 1, elements > 0 ? elementsTogether / elements : 1)
            : new(places, [.. states.Select(_ => 1.0)], 0, 1, 1);
    }

    private Moments Mixed()
    {
        double channels = Channels;
        double Mean(Func<Moments, double> moment) => Parts.Sum(part => part.Channels * moment(part.Moments)) / channels;
        (double units, double both) = Pairs();
        return new Moments(Mean(moments => moments.Mean), Mean(moments => moments.Square), Mean(moments => moments.Inputs), Mean(moments => moments.Places), units / (channels * (channels - 1)), both / (channels * (channels - 1)));
    }
}

/// <summary>
/// What the sum of the squares of all channels, at so many places, is in each state, its mean being 1; and its variance because elements are not infinitely many. Of two inputs states and elements
/// correlate.
/// </summary>
internal sealed record SquaresOfStates(double Places, double[] States, double Elements, double StatesTogether, double ElementsTogether)
{
    /// <summary>The variance over states.</summary>
    public double Spread { get; } = Marginal.Shares.Zip(States, (share, state) => share * (state - 1) * (state - 1)).Sum();

    /// <summary>How far the state of what is summed is that of the sums, which have chances of their own.</summary>
    public double Kept => Spread > 0 ? Math.Sqrt(Math.Log(1 + Spread) / Math.Log(1 + Spread + Elements)) : 0;

    /// <summary>How far the states of the sums of two inputs go together.</summary>
    public double Together => ElementsTogether + (Kept * Kept * (StatesTogether - ElementsTogether));
}

/// <summary>The variance of the gradient with respect to the elements of a part; where it depends on the element, for each node of its distribution.</summary>
internal readonly record struct PartGradient(double Variance, double[]? Nodes = null)
{
    /// <summary>The sum that it comes from with nothing but functions of single elements between.</summary>
    public Origin? Origin { get; init; }

    /// <summary>What all elements have in common of it, which is in the variances too; null: nothing.</summary>
    public CommonGradient? Common { get; init; }

    /// <summary>Whether it is equal to another, of a value that is alike.</summary>
    public bool IsSameAs(PartGradient other) =>
        Variance == other.Variance && Origin == other.Origin && Common is null && other.Common is null && (Nodes, other.Nodes) is not ((null, not null) or (not null, null)) && (Nodes is null || Nodes.SequenceEqual(other.Nodes));

    public double At(int node) => Nodes is null ? Variance : Nodes[node];

    /// <summary>From variances at the nodes.</summary>
    public static PartGradient Of(Marginal marginal, Func<int, double> variance)
    {
        var nodes = new double[marginal.Weights.Length];
        double sum = 0;
        for (int k = 0; k < nodes.Length; k++)
            sum += marginal.Weights[k] * (nodes[k] = variance(k));
        return new PartGradient(sum, nodes);
    }

    /// <summary>The gradient with respect to what a function was taken of.</summary>
    public PartGradient Through(Marginal z, Func<double, double> slope)
    {
        PartGradient gradient = this;
        var slopes = new double[z.Values.Length];
        for (int k = 0; k < slopes.Length; k++)
            slopes[k] = slope(z.Values[k]);
        Origin? origin = Origin is { } own ? own with { Slopes = [.. slopes.Select((each, k) => each * own.Slope(k))] } : null;
        CommonGradient? common = Common is { } all ? all with { Elements = [.. slopes.Select((each, k) => each * all.Elements[k])] } : null;
        return Of(z, k => slopes[k] == 0 ? 0 : slopes[k] * slopes[k] * gradient.At(k)) with { Origin = origin, Common = common };
    }

    /// <summary>The sum with what comes another way: of one origin they are added, otherwise their variances are.</summary>
    public PartGradient Plus(PartGradient other, Marginal marginal)
    {
        PartGradient one = this;
        if (Origin is not { } a || other.Origin is not { } b || a.Sum != b.Sum)
            return Nodes is null && other.Nodes is null ? new PartGradient(Variance + other.Variance) : Of(marginal, k => one.At(k) + other.At(k));
        Origin both = a with { Slopes = [.. marginal.Values.Select((_, k) => a.Slope(k) + b.Slope(k))] };
        return Of(marginal, k => both.Slope(k) * both.Slope(k) * both.Variance) with { Origin = both };
    }

    /// <summary>As far as it depends on the state, for another value in the same states.</summary>
    /// <param name="from">The distribution of the value that it is the gradient of.</param>
    /// <param name="to">That of the other value.</param>
    /// <param name="kept">The correlation of the states of both.</param>
    /// <param name="factor">What the variance is multiplied by, in a state of the other.</param>
    public PartGradient Carry(Marginal from, Marginal to, double kept, Func<int, double> factor)
    {
        PartGradient gradient = this;
        double variance = Variance;
        if (to.States == 1)
            return new PartGradient(factor(0) * variance);
        double[] expected = [.. Enumerable.Range(0, to.States).Select(state => from.States == 1 ? variance : from.OfState(state, gradient.At))];
        double[] states = [.. (from.States == 1 ? expected : Marginal.Expected(expected, kept)).Select((each, state) => factor(state) * each)];
        return Of(to, k => states[k / to.Length]);
    }
}

/// <summary>
/// The part of a gradient that is one random number times known ones. Weights that see a value and hand its gradient back are the same, so in the direction of the value the
/// gradient is not chance: there it is as long as it is in the direction of the weights' sums.
/// </summary>
/// <param name="Elements">The known number at each node of the value; the random one has the variance 1.</param>
/// <param name="Signs">Whether the part adds to what chance alone gives, 1, or takes away from it, -1, in each state.</param>
internal sealed record CommonGradient(double[] Elements, double[] Signs)
{
    /// <summary>The variance at a node.</summary>
    public double Variance(int node) => Signs[node / (Elements.Length / Signs.Length)] * Elements[node] * Elements[node];
}

/// <summary>A part of a sum, whose gradient all summands have.</summary>
/// <param name="Sum">Which.</param>
/// <param name="Variance">The variance of its gradient.</param>
/// <param name="Slopes">The derivative of the part with respect to each node of the value; null: 1.</param>
internal sealed record Origin(object Sum, double Variance, double[]? Slopes = null)
{
    public double Slope(int node) => Slopes is null ? 1 : Slopes[node];
}
