using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class FlattenRule : LayerRule<FlattenOp>
{
    public override bool IsView(Op op, bool isTraining) => true;

    protected override Shape InferShape(FlattenOp op, Shape input, ErrorSink errors) => Shape.Flat((int)input.ElementCount);

    protected override IReadOnlyList<Value?> Gradient(FlattenOp op, Node node, Value gradient, GradientBuilder builder) => [builder.Part(node, 0, gradient)];

    // What follows reads the picture as it lies, or has it copied to PyTorch's order, in which the caller's memory is.
    protected override IEnumerable<NodeLayouts> Layouts(FlattenOp op, Node node, Layouts layouts) => Alias(layouts.IsCallers(node.Inputs[0]) ? [Layout.Row(node.Output)] : layouts.Of(node.Inputs[0]));

    protected override IEnumerable<NodeLayouts> GradientLayouts(FlattenOp op, Node node, Layouts layouts) => Alias(layouts.Of(node.Inputs[0]));

    protected override void Lower(FlattenOp op, Node node, LoweringContext context) => context[node.Result] = context.Read(node);

    protected override void LowerGradient(FlattenOp op, Node node, LoweringContext context) => context[node.Result] = context.Read(node);

    private static IEnumerable<NodeLayouts> Alias(IEnumerable<Layout> layouts) => layouts.Select(layout => NodeLayouts.Alike(layout) with { IsAlias = true });
}
