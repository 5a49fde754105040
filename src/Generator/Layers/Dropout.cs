using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>Its second output is the mask: where nobody reads it, this is evaluation.</summary>
internal sealed class DropoutRule : LayerRule<DropoutOp>
{
    public override IReadOnlyList<TensorType> Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) => [inputs[0], inputs[0]];

    protected override IReadOnlyList<Value?> Gradient(DropoutOp op, Node node, Value gradient, GradientBuilder builder) =>
        [op.P == 0 ? gradient : builder.Part(node, 0, gradient, node.Outputs[1])];

    protected override Buffer Lower(DropoutOp op, Node node, Buffer x, LoweringContext context)
    {
        if (!context.IsRead(node.Outputs[1]))
            return x;
        Buffer mask = context.Like(node.Stem + "Mask", x);
        Buffer y = context.Like(node.Stem, x);
        context.Add(new DropoutForwardStep(node.Stem + "Forward", node.Index, op.P, x, mask, y));
        context[node.Outputs[1]] = mask;
        return y;
    }

    protected override Buffer LowerGradient(DropoutOp op, Node node, Buffer dy, LoweringContext context)
    {
        Buffer x = context[node.Of!.Inputs[0]];
        dy = context.As(dy, x.Order, x.Shape);
        Buffer dx = context.Gradient(x);
        context.Add(new DropoutBackwardStep(node.Stem + "Backward", dy, context[node.Inputs[1]], dx));
        return dx;
    }
}
