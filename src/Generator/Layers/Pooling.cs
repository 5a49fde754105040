using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>Pools of any windows. The second output of maxima is where each was.</summary>
internal abstract class PoolRuleOf<TOp> : LayerRule<TOp>
    where TOp : Op
{
    public sealed override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        InferShape((TOp)op, inputs[0].Shape, errors) is not { } shape ? null
        : op is PoolOp { Function: PoolKind.Max } ? [TensorType.Of(shape), TensorType.Of(shape, ElementType.I32)]
        : [TensorType.Of(shape)];

    protected sealed override IReadOnlyList<Value?> Gradient(TOp op, Node node, Value gradient, GradientBuilder builder) =>
        [node.Outputs.Count > 1 ? builder.Part(node, 0, gradient, node.Outputs[1]) : builder.Part(node, 0, gradient)];

    protected sealed override Buffer Lower(TOp op, Node node, Buffer x, LoweringContext context)
    {
        PoolKernel kernel = Kernel(op, node);
        x = Read(kernel, x, context);
        Buffer y = context.Workspace(node.Stem, kernel.Output, x.Order);
        Buffer? index = null;
        if (node.Outputs.Count > 1 && context.IsRead(node.Outputs[1]))
            context[node.Outputs[1]] = index = context.Like(node.Stem + "Index", y);
        context.Add(new PoolForwardStep(node.Stem + "Forward", kernel, x, y, index));
        return y;
    }

    protected sealed override Buffer LowerGradient(TOp op, Node node, Buffer dy, LoweringContext context)
    {
        PoolKernel kernel = Kernel(op, node.Of!);
        Buffer x = Read(kernel, context[node.Of!.Inputs[0]], context);
        dy = context.As(dy, x.Order, kernel.Output);
        Buffer dx = context.Gradient(x);
        context.Add(new PoolBackwardStep(node.Stem + "Backward", kernel, dy, node.Inputs.Count > 1 ? context[node.Inputs[1]] : null, dx));
        return dx;
    }

    protected abstract PoolKernel Kernel(TOp op, Node node);

    private static Buffer Read(PoolKernel kernel, Buffer x, LoweringContext context) => x.Order == BufferOrder.Flat ? context.As(x, BufferOrder.Planes, kernel.Input) : x;
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

internal sealed class AdaptiveAvgPoolRule : PoolRuleOf<AdaptiveAvgPoolOp>
{
    protected override Shape? InferShape(AdaptiveAvgPoolOp op, Shape input, ErrorSink errors) =>
        Check.IsPicture(errors, op.Kind, 2, input) ? new Picture(input.Sizes[0], op.Grid.Height, op.Grid.Width).ToShape(2) : null;

    protected override PoolKernel Kernel(AdaptiveAvgPoolOp op, Node node)
    {
        Picture input = Picture.Of(node.Input);
        return new PoolKernel(
            node.Stem, node.Key, PoolKind.Average, input, Picture.Of(node.Output), new AdaptiveAxis(input.Height, op.Grid.Height), new AdaptiveAxis(input.Width, op.Grid.Width));
    }
}
