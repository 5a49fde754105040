using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class ActivationRule : LayerRule<ActivationOp>
{
    protected override Arithmetic Cost(ActivationOp op, Node node, bool isTraining) => Arithmetic.OfEvaluations(node.Output.ElementCount);

    /// <summary>The gradient times the derivative.</summary>
    protected override Arithmetic GradientCost(ActivationOp op, Node part) => Arithmetic.OfEvaluations(part.Output.ElementCount) + Arithmetic.Of(part.Output.ElementCount, 0);

    protected override IReadOnlyList<Value?> Gradient(ActivationOp op, Node node, Value gradient, GradientBuilder builder) =>
        [builder.Part(node, 0, gradient, op.GradientNeedsInput ? node.Inputs[0] : node.Result)];

    protected override IEnumerable<NodeLayouts> Layouts(ActivationOp op, Node node, Layouts layouts) =>
        layouts.Of(node.Inputs[0]).Take(IsStored(op, node, node.Inputs[0], layouts) ? 1 : int.MaxValue).Select(layout => NodeLayouts.Alike(layout));

    protected override IEnumerable<NodeLayouts> GradientLayouts(ActivationOp op, Node node, Layouts layouts) =>
        layouts.Of(node.Inputs[1]).Take(IsStored(op, node.Of!, node.Inputs[0], layouts) ? 1 : int.MaxValue).Select(layout => NodeLayouts.Alike(layout, 2));

    /// <summary>Whether it moves into the store of what computes a value: of products, or, of ReLU, into its layer's max-pool.</summary>
    private static bool IsStored(ActivationOp op, Node layer, Value value, Layouts layouts) =>
        layouts.IsProduct(value) || (op.Function == ActivationKind.ReLU && layouts.Computed(layer.Inputs[0]) is { Op: PoolOp { Function: PoolKind.Max } });

    protected override void Lower(ActivationOp op, Node node, LoweringContext context) =>
        context.Add(new ActivationForwardStep(node.Stem + "Forward", op, context.Read(node), context.Result(node, node.Stem)));

    protected override void LowerGradient(ActivationOp op, Node node, LoweringContext context) =>
        context.Add(new ActivationBackwardStep(node.Stem + "Backward", op, context.Read(node), context.Read(node, 1), context.Gradient(node)));
}
