using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>A random number that units of a value have: its distribution, and how two of them go together.</summary>
internal sealed record Summand(Marginal Marginal, Moments Moments)
{
    public static Summand Gaussian(Moments moments) => new(Marginal.Gaussian(moments.Mean, moments.Variance), moments);

    /// <summary>A function of it, element by element.</summary>
    public Summand Select(Func<double, double> function) => To(Marginal.Select(function));

    /// <summary>What is computed from it, element by element, and has this distribution.</summary>
    public Summand To(Marginal marginal)
    {
        double mean = Marginal.Mean * Marginal.Mean;
        double Product(double before) => before == mean ? marginal.Mean * marginal.Mean : marginal.Product(Marginal.Correlation(before));
        double inputs = Product(Moments.Inputs);
        return new Summand(marginal, new Moments(
            marginal.Mean, marginal.Square, inputs, Product(Moments.Units), Moments.Both == Moments.Inputs ? inputs : Product(Moments.Both)));
    }
}

/// <summary>Neighbouring channels that are alike: the sum of summands that are independent of each other.</summary>
internal sealed class SignalPart(int channels, IReadOnlyList<Summand> summands)
{
    private Summand? _whole;

    public int Channels { get; } = channels;

    public IReadOnlyList<Summand> Summands { get; } = summands;

    /// <summary>All summands as one number; of several it is taken for a normal one.</summary>
    public Summand Whole => _whole ??= Summands.Count == 1 ? Summands[0] : Summand.Gaussian(Summands.Select(summand => summand.Moments).Aggregate((a, b) => a + b));

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

        return new SignalPart(Channels, sum);
    }
}

/// <summary>What is known of a value at initialisation: its channels in parts that are alike.</summary>
internal sealed class Signal(IReadOnlyList<SignalPart> parts)
{
    private Moments? _moments;

    public IReadOnlyList<SignalPart> Parts { get; } = parts;

    public int Channels => Parts.Sum(part => part.Channels);

    /// <summary>The moments of an element of any channel.</summary>
    public Moments Moments => _moments ??= Parts.Count == 1 ? Parts[0].Moments : Mixed();

    public static Signal Of(int channels, Summand summand) => new([new SignalPart(channels, [summand])]);

    public static Signal Gaussian(int channels, Moments moments) => Of(channels, Summand.Gaussian(moments));

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

    private Moments Mixed()
    {
        double channels = Channels;
        double Mean(Func<Moments, double> moment) => Parts.Sum(part => part.Channels * moment(part.Moments)) / channels;
        (double units, double both) = Pairs();
        return new Moments(Mean(moments => moments.Mean), Mean(moments => moments.Square), Mean(moments => moments.Inputs), units / (channels * (channels - 1)), both / (channels * (channels - 1)));
    }
}

/// <summary>The variance of the gradient with respect to the elements of a part; where it depends on the element, for each node of its distribution.</summary>
internal readonly record struct PartGradient(double Variance, double[]? Nodes = null)
{
    public double At(int node) => Nodes is null ? Variance : Nodes[node];

    /// <summary>From variances at the nodes.</summary>
    public static PartGradient Of(Marginal marginal, Func<int, double> variance)
    {
        double[] nodes = [.. Enumerable.Range(0, marginal.Weights.Length).Select(variance)];
        return new PartGradient(nodes.Select((value, k) => marginal.Weights[k] * value).Sum(), nodes);
    }

    public static PartGradient operator +(PartGradient a, PartGradient b) => new(
        a.Variance + b.Variance, (a.Nodes ?? b.Nodes) is not { } nodes ? null : [.. nodes.Select((_, k) => a.At(k) + b.At(k))]);

    public PartGradient Scaled(double factor) => new(factor * Variance, Nodes is null ? null : [.. Nodes.Select(node => factor * node)]);
}
