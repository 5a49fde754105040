using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>Pools of any windows. The second output of maxima is where each was.</summary>
internal abstract class PoolRuleOf<TOp> : LayerRule<TOp>
    where TOp : PoolingOp
{
    public sealed override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        InferShape((TOp)op, inputs[0].Shape, errors) is not { } shape ? null
        : ((TOp)op).Function == PoolKind.Max ? [TensorType.Of(shape), TensorType.Of(shape, ElementType.I32)]
        : [TensorType.Of(shape)];

    protected sealed override Arithmetic GradientCost(TOp op, Node part) => default;

    protected sealed override IReadOnlyList<Value?> Gradient(TOp op, Node node, Value gradient, GradientBuilder builder) =>
        [node.Outputs.Count > 1 ? builder.Part(node, 0, gradient, node.Outputs[1]) : builder.Part(node, 0, gradient)];

    protected sealed override IEnumerable<NodeLayouts> Layouts(TOp op, Node node, Layouts layouts) => layouts.Of(node.Inputs[0]).Where(x => x.Order != BufferOrder.Flat).Select(x =>
    {
        var y = new Layout(x.Order, Picture.Of(node.Output));
        NodeLayouts way = NodeLayouts.Of(y, x);
        return node.Outputs.Count == 1 ? way : way with { Results = EquatableArray.Of(y, layouts.IsRead(node.Outputs[1]) ? y : null) };
    });

    protected sealed override IEnumerable<NodeLayouts> GradientLayouts(TOp op, Node node, Layouts layouts)
    {
        Node layer = node.Of!;
        BufferOrder first = layouts.Found(layer, 0).Order;
        foreach (BufferOrder order in new[] { first, first == BufferOrder.Planes ? BufferOrder.ChannelsLast : BufferOrder.Planes })
        {
            (Layout x, Layout y) = (new(order, Picture.Of(layer.Input)), new(order, Picture.Of(layer.Output)));
            yield return node.Inputs.Count > 1 ? NodeLayouts.Of(x, y, y) : NodeLayouts.Of(x, y);
        }
    }

    protected sealed override void Lower(TOp op, Node node, LoweringContext context)
    {
        Buffer x = context.Read(node);
        Buffer y = context.Result(node, node.Stem);
        context.Add(new PoolForwardStep(node.Stem + "Forward", Kernel(op, node), x, y, context.Kept(node, node.Stem + "Index")));
    }

    protected sealed override void LowerGradient(TOp op, Node node, LoweringContext context)
    {
        Buffer dy = context.Read(node);
        context.Add(new PoolBackwardStep(node.Stem + "Backward", Kernel(op, node.Of!), dy, node.Inputs.Count > 1 ? context.Read(node, 1) : null, context.Gradient(node)));
    }

    protected abstract PoolKernel Kernel(TOp op, Node node);
}

internal sealed class PoolRule : PoolRuleOf<PoolOp>
{
    protected override Shape? InferShape(PoolOp op, Shape input, ErrorSink errors)
    {
        if (!Check.IsPicture(errors, op.Kind, op.Dimensions, input))
            return null;
        var picture = Picture.Of(input);
        Picture output = op.Output(picture);
        var padded = new Size2(picture.Height + (2 * op.Padding.Height), picture.Width + (2 * op.Padding.Width));
        bool fits = output is { Height: > 0, Width: > 0 };
        return Check.Fits(errors, op.Kind, op.Dimensions, "window of " + op.Kernel.Text(op.Dimensions), fits, padded, input) ? output.ToShape(op.Dimensions) : null;
    }

    protected override PoolKernel Kernel(PoolOp op, Node node)
    {
        Picture input = Picture.Of(node.Input);
        Picture output = Picture.Of(node.Output);
        return new PoolKernel(
            node.Stem, node.Key, op.Function, input, output,
            new SlidingAxis(input.Height, output.Height, op.Kernel.Height, op.Stride.Height, op.Padding.Height, op.CountIncludePad),
            new SlidingAxis(input.Width, output.Width, op.Kernel.Width, op.Stride.Width, op.Padding.Width, op.CountIncludePad));
    }
}

internal sealed class AdaptivePoolRule : PoolRuleOf<AdaptivePoolOp>
{
    protected override Shape? InferShape(AdaptivePoolOp op, Shape input, ErrorSink errors) =>
        Check.IsPicture(errors, op.Kind, op.Dimensions, input) ? new Picture(input.Sizes[0], op.Grid.Height, op.Grid.Width).ToShape(op.Dimensions) : null;

    protected override PoolKernel Kernel(AdaptivePoolOp op, Node node)
    {
        Picture input = Picture.Of(node.Input);
        return new PoolKernel(
            node.Stem, node.Key, op.Function, input, Picture.Of(node.Output), new AdaptiveAxis(input.Height, op.Grid.Height), new AdaptiveAxis(input.Width, op.Grid.Width));
    }
}
