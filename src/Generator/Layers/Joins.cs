using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class SumRule : OpRule, ILowered
{
    public override Type OpType => typeof(SumOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) => inputs.All(type => type == inputs[0]) ? [inputs[0]] : null;

    public override long Additions(Node node) => (node.Inputs.Count - 1) * node.Output.ElementCount;

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) => [.. node.Inputs.Select(_ => gradient)];

    public Buffer Lower(Node node, LoweringContext context)
    {
        Buffer[] inputs = [.. node.Inputs.Select(input => context[input])];
        return node.Result.Role == ValueRole.Gradient ? OfGradients(node, inputs, context) : OfBranches(node, inputs, context);
    }

    public Buffer? LowerGradient(Node node, LoweringContext context) => throw new CompilerException(nameof(Lowering), "a sum has no gradient of its own");

    // Values as they lie, where all lie alike; otherwise as the first that is not the caller's. Flattened pictures may be of different sizes.
    private static Buffer OfBranches(Node node, Buffer[] inputs, LoweringContext context)
    {
        Buffer like = inputs.FirstOrDefault(x => x.Kind == BufferKind.Workspace) ?? inputs[0];
        if (inputs.Any(x => x.Shape != like.Shape))
            like = context.Flat(like);
        Buffer y = context.Like(node.Stem, like);
        context.Sum(node.Stem + "Forward", [.. inputs.Select(x => context.As(x, like.Order, like.Shape))], y);
        return y;
    }

    // Pictures stay pictures.
    private static Buffer OfGradients(Node node, Buffer[] inputs, LoweringContext context)
    {
        Buffer like = inputs[0];
        if (like.Order == BufferOrder.Flat && !node.Output.IsFlat)
            like = inputs.FirstOrDefault(summand => summand.Order != BufferOrder.Flat) ?? like;
        Buffer sum = context.Like("d" + node.Stem, like);
        context.Sum(node.Stem + "BackwardSum", [.. inputs.Select(summand => context.As(summand, like.Order, like.Shape))], sum);
        return sum;
    }
}

internal sealed class ConcatRule : OpRule, ILowered
{
    public override Type OpType => typeof(ConcatOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors)
    {
        EquatableArray<Axis> first = inputs[0].Axes;
        if (!inputs.All(type => type.Element == inputs[0].Element && type.Axes.Skip(1).SequenceEqual(first.Skip(1))))
            return null;
        int channels = (int)Math.Min(inputs.Sum(type => (long)type.Axes[0].Size), int.MaxValue);
        return [inputs[0] with { Axes = first.Select((axis, i) => i == 0 ? axis with { Size = channels } : axis).ToEquatableArray() }];
    }

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder)
    {
        var gradients = new List<Value>();
        int first = 0;
        foreach (Value input in node.Inputs)
        {
            int channels = input.Shape.Sizes[0];
            gradients.Add(builder.Add(node, new SliceOp(first, channels), input, gradient));
            first += channels;
        }

        return gradients;
    }

    public Buffer Lower(Node node, LoweringContext context)
    {
        Buffer[] inputs = [.. node.Inputs.Select(input => context[input])];
        Buffer y = node.Of is { } whole ? context.Gradient(context[whole.Result]) : Whole(node, inputs, context);
        int channel = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            var part = Picture.Of(node.Inputs[i].Shape);
            context.Place(context.As(inputs[i], y.Order, part), y.Channels(channel, part.Channels));
            channel += part.Channels;
        }

        return y;
    }

    public Buffer? LowerGradient(Node node, LoweringContext context) => throw new CompilerException(nameof(Lowering), "a concatenation has no gradient of its own");

    private static Buffer Whole(Node node, Buffer[] inputs, LoweringContext context)
    {
        Buffer like = inputs.FirstOrDefault(x => x.Kind == BufferKind.Workspace) ?? inputs[0];
        BufferOrder order = node.Output.IsFlat ? BufferOrder.Flat : like.Order == BufferOrder.Flat ? BufferOrder.Planes : like.Order;
        return context.Workspace(node.Stem, Picture.Of(node.Output), order);
    }
}

internal sealed class SliceRule : OpRule, ILowered
{
    public override Type OpType => typeof(SliceOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors)
    {
        var slice = (SliceOp)op;
        return slice.First < 0 || slice.Count <= 0 || slice.First + slice.Count > inputs[0].Axes[0].Size
            ? null
            : [inputs[0] with { Axes = inputs[0].Axes.Select((axis, i) => i == 0 ? axis with { Size = slice.Count } : axis).ToEquatableArray() }];
    }

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) =>
        throw new CompilerException(nameof(Differentiation), "the gradient of a slice is gathered with those of the others");

    // The gradient of a whole lies like it.
    public Buffer Lower(Node node, LoweringContext context)
    {
        var slice = (SliceOp)node.Op;
        Buffer x = context[node.Inputs[0]];
        if (node.Of is { } whole)
            x = context.As(x, context[whole.Result].Order, Picture.Of(node.Input));
        return x.Channels(slice.First, slice.Count);
    }

    public Buffer? LowerGradient(Node node, LoweringContext context) => throw new CompilerException(nameof(Lowering), "a slice has no gradient of its own");
}
