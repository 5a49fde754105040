using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// A branch that ends in weights of mean 0 is not correlated with what it reads, so variances add; what comes of the same value without weights between is added element by element.
/// </summary>
internal sealed class SumSignal : SignalRule
{
    public override Type OpType => typeof(SumOp);

    public override Signal Forward(Node node, IReadOnlyList<Signal> inputs)
    {
        int[] ends = [.. inputs.SelectMany(input => input.Ends()).Distinct().OrderBy(end => end)];
        return inputs.Select(input => input.Cut(ends)).Aggregate((a, b) => new Signal([.. a.Parts.Zip(b.Parts, (x, y) => x.Plus(y))]));
    }

    public override IReadOnlyList<IReadOnlyList<PartGradient>> Backward(Node node, IReadOnlyList<Signal> inputs, Signal output, IReadOnlyList<PartGradient> gradient)
    {
        Origin[] origins = [.. gradient.Select(each => new Origin(new object(), each.Variance))];
        return [.. inputs.Select(input => input.Parts.Count == output.Parts.Count
            ? [.. input.Parts.Select((each, i) => gradient[i].Carry(output.Parts[i].Whole.Marginal, each.Whole.Marginal, 1, _ => 1) with { Origin = origins[i] })]
            : OfParts(input, output, gradient))];
    }

    private static IReadOnlyList<PartGradient> OfParts(Signal input, Signal output, IReadOnlyList<PartGradient> gradient)
    {
        var found = new List<PartGradient>();
        int part = 0;
        foreach (SignalPart whole in input.Parts)
        {
            double sum = 0;
            for (int channels = 0; channels < whole.Channels; channels += output.Parts[part++].Channels)
                sum += output.Parts[part].Channels * gradient[part].Variance;
            found.Add(new PartGradient(sum / whole.Channels));
        }

        return found;
    }
}

internal sealed class ConcatSignal : SignalRule
{
    public override Type OpType => typeof(ConcatOp);

    public override Signal Forward(Node node, IReadOnlyList<Signal> inputs) => new([.. inputs.SelectMany(input => input.Parts)]);

    public override IReadOnlyList<IReadOnlyList<PartGradient>> Backward(Node node, IReadOnlyList<Signal> inputs, Signal output, IReadOnlyList<PartGradient> gradient)
    {
        int first = 0;
        return [.. inputs.Select(input => gradient.Skip((first += input.Parts.Count) - input.Parts.Count).Take(input.Parts.Count).ToArray())];
    }
}
