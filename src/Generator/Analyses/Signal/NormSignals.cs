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
        double mean = Mean(part.Moments, node);
        double scale = Scale(part.Moments, op, node);
        double Centred(double product) => scale * scale * (product - mean);
        Moments moments = part.Moments;
        return Normalized.Of(part, new Moments(0, Math.Max(0, Centred(moments.Square)), Centred(moments.Inputs), Centred(moments.Places), scale * scale * (moments.Units - moments.Both), 0));
    });

    protected override IReadOnlyList<PartGradient> Backward(BatchNormOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient) =>
        [.. x.Parts.Select((part, i) => gradient[i].Carry(y.Parts[i].Whole.Marginal, part.Whole.Marginal, 1, _ => Scale(part.Moments, op, node) * Scale(part.Moments, op, node)))];

    /// <summary>The mean of the squared mean of a channel.</summary>
    private static double Mean(Moments moments, Node node) => node.Input.ElementCount > node.Input.Sizes[0] ? moments.Places : moments.Inputs;

    private static double Scale(Moments moments, BatchNormOp op, Node node) => Normalized.Scale(Math.Max(0, moments.Square - Mean(moments, node)), op.Eps);
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
            return Normalized.OfStates(part, new Moments(
                scale * (moments.Mean - mean), Math.Max(0, Centred(moments.Square, group.Mean)), inputs, Centred(moments.Places, group.Mean), Centred(moments.Units, group.Mean), Centred(moments.Both, group.OfInputs)));
        });
    }

    protected override IReadOnlyList<PartGradient> Backward(LayerNormOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        var group = Group.Of(x, node, op);
        double scale = Normalized.Scale(group.Variance, op.Eps);
        double left = Math.Max(0, 1 - (2.0 / group.Length));
        return Normalized.Back(x, y, gradient, scale * scale * left);
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
            double mean = (each.Square + ((places - 1) * each.Places) + ((channels - 1) * (each.Units + ((places - 1) * each.Both)))) / length;
            double ofInputs = (each.Inputs + ((places - 1) * each.Places) + ((channels - 1) * places * each.Both)) / length;
            return new Group(length, Math.Max(0, each.Square - mean), mean, ofInputs);
        }
    }
}

internal sealed class RMSNormSignal : SignalRule<RMSNormOp>
{
    protected override Signal Forward(RMSNormOp op, Node node, Signal x)
    {
        double scale = Normalized.Scale(x.Moments.Square, op.Eps);
        return x.Select(part => Normalized.OfStates(part, part.Moments.Scaled(scale)));
    }

    protected override IReadOnlyList<PartGradient> Backward(RMSNormOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient)
    {
        double scale = Normalized.Scale(x.Moments.Square, op.Eps);
        double left = 1 - (1.0 / op.Length(node.Input));
        return Normalized.Back(x, y, gradient, scale * scale * left);
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
        return new Summand(before.Select((int _) => (factor, moments.Mean - (factor * before.Mean))), moments);
    }

    /// <summary>The same where each state is normalised by itself.</summary>
    public static Summand OfStates(Summand x, Moments moments)
    {
        Marginal before = x.Marginal;
        (double Factor, double Shift)[] states = [.. Enumerable.Range(0, before.States).Select(state =>
        {
            double mean = before.OfState(state, k => before.Values[k]);
            double variance = before.OfState(state, k => before.Values[k] * before.Values[k]) - (mean * mean);
            double factor = variance > 0 ? Math.Sqrt(moments.Variance / variance) : 0;
            return (factor, moments.Mean - (factor * mean));
        })];
        return new Summand(before.Select((int state) => states[state]), moments);
    }

    /// <summary>Gradients where each state is normalised by itself: a small one's grows more.</summary>
    public static IReadOnlyList<PartGradient> Back(Signal x, Signal y, IReadOnlyList<PartGradient> gradient, double factor) => [.. x.Parts.Select((part, i) =>
    {
        Marginal before = part.Whole.Marginal;
        double[] factors = [.. Enumerable.Range(0, before.States).Select(state => factor * before.Square / before.OfState(state, k => before.Values[k] * before.Values[k]))];
        return gradient[i].Carry(y.Parts[i].Whole.Marginal, before, 1, state => before.States == 1 ? factor : factors[state]);
    })];
}
