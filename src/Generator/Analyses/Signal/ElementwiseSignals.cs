using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

internal sealed class ActivationSignal : SignalRule<ActivationOp>
{
    protected override Signal Forward(ActivationOp op, Node node, Signal x) => x.Select(part => part.Select(z => ActivationFunction.Of(op, z)));

    protected override IReadOnlyList<PartGradient> Backward(ActivationOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient) =>
        [.. x.Parts.Zip(gradient, (part, each) => each.Through(part.Whole.Marginal, z => ActivationFunction.Slope(op, z)))];
}

/// <summary>In training: a share of the elements is 0, the rest is larger.</summary>
internal sealed class DropoutSignal : SignalRule<DropoutOp>
{
    protected override Signal Forward(DropoutOp op, Node node, Signal x) => op.P == 0 ? x : x.Select(part =>
    {
        (Marginal before, double kept) = (part.Marginal, 1 - op.P);
        (var weights, var values) = (new List<double>(), new List<double>());
        for (int state = 0; state < before.States; state++)
        {
            weights.AddRange([.. before.Weights.Skip(state * before.Length).Take(before.Length).Select(weight => kept * weight), op.P * before.Share(state)]);
            values.AddRange([.. before.Values.Skip(state * before.Length).Take(before.Length).Select(value => value / kept), 0]);
        }

        var marginal = Marginal.Of([.. weights], [.. values], before);
        return new Summand(marginal, part.Moments with { Square = part.Moments.Square / kept });
    });

    protected override IReadOnlyList<PartGradient> Backward(DropoutOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient) =>
        op.P == 0 ? gradient : [.. x.Parts.Zip(gradient, (part, each) => PartGradient.Of(part.Whole.Marginal, k => each.At(k + (k / part.Whole.Marginal.Length)) / (1 - op.P)))];
}

/// <summary>Places become units of their own.</summary>
internal sealed class FlattenSignal : SignalRule<FlattenOp>
{
    protected override Signal Forward(FlattenOp op, Node node, Signal x)
    {
        int places = Places(node);
        return places == 1 ? x : new Signal([.. x.Parts.Select(part => new SignalPart(part.Channels * places, [.. part.Summands.Select(summand => summand with { Moments = Flat(summand.Moments, part.Channels, places) })]))]);
    }

    protected override IReadOnlyList<PartGradient> Backward(FlattenOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient) => gradient;

    private static int Places(Node node) => (int)(node.Input.ElementCount / node.Input.Sizes[0]);

    private static Moments Flat(Moments moments, double channels, double places)
    {
        double others = (places - 1) * moments.Places;
        double pairs = (channels * places) - 1;
        return moments with
        {
            Places = moments.Inputs,
            Units = (others + ((channels - 1) * (moments.Units + ((places - 1) * moments.Both)))) / pairs,
            Both = (others + ((channels - 1) * places * moments.Both)) / pairs,
        };
    }
}
