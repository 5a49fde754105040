using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class SoftmaxRule : LayerRule<SoftmaxOp>
{
    protected override Arithmetic Cost(SoftmaxOp op, Node node, bool isTraining) => Arithmetic.OfEvaluations(node.Output.ElementCount);

    protected override Arithmetic GradientCost(SoftmaxOp op, Node part) => Arithmetic.OfEvaluations(part.Output.ElementCount);

    protected override IReadOnlyList<Value?> Gradient(SoftmaxOp op, Node node, Value gradient, GradientBuilder builder) => [builder.Part(node, 0, gradient, node.Result)];

    protected override IEnumerable<NodeLayouts> Layouts(SoftmaxOp op, Node node, Layouts layouts) => [NodeLayouts.Alike(Lies(node))];

    protected override IEnumerable<NodeLayouts> GradientLayouts(SoftmaxOp op, Node node, Layouts layouts) => [NodeLayouts.Alike(Lies(node.Of!), 2)];

    protected override void Lower(SoftmaxOp op, Node node, LoweringContext context) =>
        context.Add(new SoftmaxForwardStep(node.Stem + "Forward", context.Read(node), context.Result(node, node.Stem)));

    protected override void LowerGradient(SoftmaxOp op, Node node, LoweringContext context) =>
        context.Add(new SoftmaxBackwardStep(node.Stem + "Backward", context.Read(node), context.Read(node, 1), context.Gradient(node)));

    private static Layout Lies(Node node) => node.Input.IsFlat ? Layout.Row(node.Input) : new Layout(BufferOrder.ChannelsLast, Picture.Of(node.Input));
}
