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
        return inputs.Select(input => input.Cut(ends)).Aggregate((a, b) => new Signal([.. a.Parts.Zip(b.Parts, (x, y) => x.Plus(y))])).Coarse();
    }

    public override IReadOnlyList<IReadOnlyList<PartGradient>> Backward(Node node, IReadOnlyList<Signal> inputs, Signal output, IReadOnlyList<PartGradient> gradient)
    {
        Origin[] origins = [.. gradient.Select(each => new Origin(new object(), each.Variance))];
        return [.. inputs.Select(input => input.Ends().SequenceEqual(output.Ends())
            ? [.. input.Parts.Select((each, i) => gradient[i].Carry(output.Parts[i].Whole.Marginal, each.Whole.Marginal, 1, _ => 1) with { Origin = origins[i] })]
            : OfParts(input, output, gradient))];
    }

    /// <summary>The mean of the gradients of the channels that a part has, however they are cut.</summary>

    private static IReadOnlyList<PartGradient> OfParts(Signal input, Signal output, IReadOnlyList<PartGradient> gradient)
    {
        var found = new List<PartGradient>();
        (int part, int left) = (0, output.Parts[0].Channels);
        foreach (SignalPart whole in input.Parts)
        {
            double sum = 0;
            for (int channels = whole.Channels; channels > 0;)
            {
                int common = Math.Min(channels, left);
                sum += common * gradient[part].Variance;
                (channels, left) = (channels - common, left - common);
                if (left == 0 && part + 1 < output.Parts.Count)
                    left = output.Parts[++part].Channels;
            }

            found.Add(new PartGradient(sum / whole.Channels));
        }

        return found;
    }
}

internal sealed class ConcatSignal : SignalRule
{
    public override Type OpType => typeof(ConcatOp);

    public override Signal Forward(Node node, IReadOnlyList<Signal> inputs) => new Signal([.. inputs.SelectMany(input => input.Parts)]).Coarse();

    public override IReadOnlyList<IReadOnlyList<PartGradient>> Backward(Node node, IReadOnlyList<Signal> inputs, Signal output, IReadOnlyList<PartGradient> gradient)
    {
        (int part, int end) = (0, 0);
        (int until, List<IReadOnlyList<PartGradient>> found) = (output.Parts[0].Channels, []);
        foreach (Signal input in inputs)
        {
            var gradients = new List<PartGradient>();
            foreach (SignalPart each in input.Parts)
            {
                end += each.Channels;
                if (end > until)
                    until += output.Parts[++part].Channels;

                // What was mixed with others has the gradient of all.
                SignalPart whole = output.Parts[part];
                gradients.Add(whole.Channels == each.Channels ? gradient[part] : gradient[part].Carry(whole.Whole.Marginal, each.Whole.Marginal, 1, _ => 1));
            }

            found.Add(gradients);
        }

        return found;
    }
}
