using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class SoftmaxRule : LayerRule<SoftmaxOp>
{
    protected override IReadOnlyList<Value?> Gradient(SoftmaxOp op, Node node, Value gradient, GradientBuilder builder) => [builder.Part(node, 0, gradient, node.Result)];

    protected override Buffer Lower(SoftmaxOp op, Node node, Buffer x, LoweringContext context)
    {
        x = Read(node, x, context);
        Buffer y = context.Like(node.Stem, x);
        context.Add(new SoftmaxForwardStep(node.Stem + "Forward", x, y));
        return y;
    }

    protected override Buffer LowerGradient(SoftmaxOp op, Node node, Buffer dy, LoweringContext context)
    {
        Buffer x = Read(node.Of!, context[node.Of!.Inputs[0]], context);
        dy = context.As(dy, x.Order, x.Shape);
        Buffer dx = context.Gradient(x);
        context.Add(new SoftmaxBackwardStep(node.Stem + "Backward", dy, context[node.Inputs[1]], dx));
        return dx;
    }

    private static Buffer Read(Node node, Buffer x, LoweringContext context) =>
        node.Input.IsFlat ? context.Flat(x) : context.As(x, BufferOrder.ChannelsLast, Picture.Of(node.Input));
}
