using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>In training, of a large batch: each channel by what its values at all places and for all inputs are.</summary>
internal sealed class BatchNormSignal : SignalRule<BatchNormOp>
{
    protected override Signal Forward(BatchNormOp op, Node node, Signal x) => x.Select(part =>
    {
        Moments moments = part.Moments;
        double scale = Scale(moments, op);
        double square = scale * scale * moments.VarianceOfInputs;
        return Normalized.Of(part, new Moments(0, square, 0, scale * scale * (moments.Units - moments.Both), 0));
    });

    protected override IReadOnlyList<PartGradient> Backward(BatchNormOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient) =>
        [.. x.Parts.Zip(gradient, (part, each) => new PartGradient(Scale(part.Moments, op) * Scale(part.Moments, op) * each.Variance))];

    private static double Scale(Moments moments, BatchNormOp op) => Normalized.Scale(moments.VarianceOfInputs, op.Eps);
}

internal sealed class LayerNormSignal : SignalRule<LayerNormOp>
{
    protected override Signal Forward(LayerNormOp op, Node node, Signal x)
    {
        var group = Group.Of(x, node, op);
        double scale = Normalized.Scale(group.Variance, op.Eps);
        double mean = x.Moments.Mean;
        return x.Select(part =>
        {
            // What is left of the products where the group's mean, which has a variance of its own, is subtracted.
            Moments moments = part.Moments;
            double shift = (mean * mean) - (2 * mean * moments.Mean);
            double Centred(double product, double of) => scale * scale * (product + shift - (of - (mean * mean)));
            double inputs = Centred(moments.Inputs, group.OfInputs);
            return Normalized.Of(part, new Moments(
                scale * (moments.Mean - mean), Math.Max(0, Centred(moments.Square, group.Mean)), inputs, Centred(moments.Units, group.Mean), Centred(moments.Both, group.OfInputs)));
        });
    }

    protected override IReadOnlyList<PartGradient> Backward(LayerNormOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        var group = Group.Of(x, node, op);
        double scale = Normalized.Scale(group.Variance, op.Eps);
        return [.. gradient.Select(each => new PartGradient(scale * scale * Math.Max(0, 1 - (2.0 / group.Length)) * each.Variance))];
    }

    /// <summary>A group's variance, and the means of products of its mean with itself, and with that of another input.</summary>
    private readonly record struct Group(int Length, double Variance, double Mean, double OfInputs)
    {
        public static Group Of(Signal x, Node node, LayerNormOp op)
        {
            Moments each = x.Moments;
            int length = op.Length(node.Input);
            int channels = op.Group(node.Input).Count == node.Input.Rank ? node.Input.Sizes[0] : 1;
            double places = length / (double)channels;
            double mean = (each.Square + ((places - 1) * each.Inputs) + ((channels - 1) * (each.Units + ((places - 1) * each.Both)))) / length;
            double ofInputs = (each.Inputs + ((channels - 1) * each.Both)) / channels;
            return new Group(length, Math.Max(0, each.Square - mean), mean, ofInputs);
        }
    }
}

internal sealed class RMSNormSignal : SignalRule<RMSNormOp>
{
    protected override Signal Forward(RMSNormOp op, Node node, Signal x)
    {
        double scale = Normalized.Scale(x.Moments.Square, op.Eps);
        return x.Select(part => Normalized.Of(part, part.Moments.Scaled(scale)));
    }

    protected override IReadOnlyList<PartGradient> Backward(RMSNormOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        double scale = Normalized.Scale(x.Moments.Square, op.Eps);
        double left = 1 - (1.0 / op.Length(node.Input));
        return [.. gradient.Select(each => new PartGradient(scale * scale * left * each.Variance))];
    }
}

internal static class Normalized
{
    public static double Scale(double variance, double eps) => variance + eps > 0 ? 1 / Math.Sqrt(variance + eps) : 0;

    /// <summary>A value with its shape kept and other moments.</summary>
    public static Summand Of(Summand x, Moments moments)
    {
        Marginal before = x.Marginal;
        double factor = before.Variance > 0 ? Math.Sqrt(moments.Variance / before.Variance) : 0;
        double shift = moments.Mean - (factor * before.Mean);
        return new Summand(Marginal.Of([.. before.Weights], [.. before.Values.Select(value => shift + (factor * value))]), moments);
    }
}
