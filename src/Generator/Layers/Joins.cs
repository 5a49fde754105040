using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class SumRule : OpRule, ILowered
{
    public override Type OpType => typeof(SumOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) => inputs.All(type => type == inputs[0]) ? [inputs[0]] : null;

    public override Arithmetic Cost(Node node, bool isTraining) => Arithmetic.Of(0, (node.Inputs.Count - 1) * node.Output.ElementCount);

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) => [.. node.Inputs.Select(_ => gradient)];

    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts)
    {
        Layout first = node.Result.Role == ValueRole.Gradient ? OfGradients(node, layouts) : OfBranches(node, layouts);

        // A sum of products may start with the other value or have it added to it where it is stored, and of several values the order then changes.
        bool isOrdered = node.Inputs.Count > 2 || node.Inputs.Any(layouts.IsProduct);
        IEnumerable<Layout> others = isOrdered ? [] : layouts.Of(node.Inputs[0]).Where(layout => layout != first && node.Inputs.All(input => layouts.Of(input).Contains(layout)));
        return others.Prepend(first).Select(layout => NodeLayouts.Alike(layout, node.Inputs.Count));
    }

    public void Lower(Node node, LoweringContext context)
    {
        Buffer[] inputs = context.ReadAll(node);
        bool isGradient = node.Result.Role == ValueRole.Gradient;
        context.Sum(node.Stem + (isGradient ? "BackwardSum" : "Forward"), inputs, context.Result(node, (isGradient ? "d" : "") + node.Stem));
    }

    // Values as they lie, where all lie alike; otherwise as the first that is not the caller's. Flattened pictures may be of different sizes.
    private static Layout OfBranches(Node node, Layouts layouts)
    {
        Layout like = layouts[node.Inputs.FirstOrDefault(input => !layouts.IsCallers(input)) ?? node.Inputs[0]];
        return node.Inputs.Any(input => layouts[input].Shape != like.Shape) ? Layout.Row(node.Output) : like;
    }

    // Pictures stay pictures.
    private static Layout OfGradients(Node node, Layouts layouts)
    {
        Layout like = layouts[node.Inputs[0]];
        return like.Order != BufferOrder.Flat || node.Output.IsFlat ? like : node.Inputs.Select(input => layouts[input]).FirstOrDefault(layout => layout.Order != BufferOrder.Flat) ?? like;
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

    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts)
    {
        Layout like = layouts[node.Of?.Result ?? node.Inputs.FirstOrDefault(input => !layouts.IsCallers(input)) ?? node.Inputs[0]];
        foreach (BufferOrder order in Parts.Orders(node.Output, like))
        {
            var whole = new Layout(order, Picture.Of(node.Output));
            Reading[] parts = [.. node.Inputs.Select(input => new Reading(new Layout(order, Picture.Of(input.Shape)), TakesOthers: true))];
            yield return new NodeLayouts(parts.ToEquatableArray(), EquatableArray.Of<Layout?>(whole));
        }
    }

    public void Lower(Node node, LoweringContext context)
    {
        Buffer y = context.Result(node, node.Of is { } whole ? "d" + context[whole.Result].Name : node.Stem);
        int channel = 0;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            int channels = Picture.Of(node.Inputs[i].Shape).Channels;
            context.Place(context.Read(node, i), y.Channels(channel, channels));
            channel += channels;
        }
    }
}

internal sealed class SliceRule : OpRule, ILowered
{
    public override Type OpType => typeof(SliceOp);

    public override bool IsView(Op op, bool isTraining) => true;

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
    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts) => Parts.Orders(node.Output, layouts[node.Of?.Result ?? node.Inputs[0]]).Select(order =>
        NodeLayouts.Of(new Layout(order, Picture.Of(node.Output)), new Layout(order, Picture.Of(node.Input))) with { IsAlias = true });

    public void Lower(Node node, LoweringContext context)
    {
        var slice = (SliceOp)node.Op;
        context[node.Result] = context.Read(node).Channels(slice.First, slice.Count);
    }
}

/// <summary>The layouts of wholes and parts.</summary>
internal static class Parts
{
    /// <summary>The orders of a whole, first that of what it should lie like.</summary>
    public static IEnumerable<BufferOrder> Orders(Shape shape, Layout like) =>
        shape.IsFlat ? [BufferOrder.Flat]
        : like.Order == BufferOrder.ChannelsLast ? [BufferOrder.ChannelsLast, BufferOrder.Planes]
        : [BufferOrder.Planes, BufferOrder.ChannelsLast];
}
