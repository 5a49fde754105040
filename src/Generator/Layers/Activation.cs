using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class ActivationRule : LayerRule<ActivationOp>
{
    public override long ActivationEvaluations(Shape output) => output.ElementCount;

    protected override IReadOnlyList<Value?> Gradient(ActivationOp op, Node node, Value gradient, GradientBuilder builder) =>
        [builder.Part(node, 0, gradient, op.GradientNeedsInput ? node.Inputs[0] : node.Result)];

    protected override Buffer Lower(ActivationOp op, Node node, Buffer x, LoweringContext context)
    {
        Buffer y = context.Like(node.Stem, x);
        context.Add(new ActivationForwardStep(node.Stem + "Forward", op, x, y));
        return y;
    }

    protected override Buffer LowerGradient(ActivationOp op, Node node, Buffer dy, LoweringContext context)
    {
        Buffer x = context[node.Of!.Inputs[0]];
        dy = context.As(dy, x.Order, x.Shape);
        Buffer dx = context.Gradient(x);
        context.Add(new ActivationBackwardStep(node.Stem + "Backward", op, dy, context[node.Inputs[1]], dx));
        return dx;
    }
}
