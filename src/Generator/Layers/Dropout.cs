using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>Its second output is the mask: where nobody reads it, this is evaluation.</summary>
internal sealed class DropoutRule : LayerRule<DropoutOp>
{
    public override IReadOnlyList<TensorType> Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) => [inputs[0], inputs[0]];

    public override bool IsView(Op op, bool isTraining) => !isTraining || ((DropoutOp)op).P == 0;

    /// <summary>The mask is 0 or the scale.</summary>
    protected override Arithmetic Cost(DropoutOp op, Node node, bool isTraining) => Arithmetic.Of(isTraining && op.P > 0 ? node.Output.ElementCount : 0, 0);

    protected override Arithmetic GradientCost(DropoutOp op, Node part) => Arithmetic.Of(part.Output.ElementCount, 0);

    protected override IReadOnlyList<Value?> Gradient(DropoutOp op, Node node, Value gradient, GradientBuilder builder) =>
        [op.P == 0 ? gradient : builder.Part(node, 0, gradient, node.Outputs[1])];

    protected override IEnumerable<NodeLayouts> Layouts(DropoutOp op, Node node, Layouts layouts) => layouts.Of(node.Inputs[0]).Select(layout =>
    {
        bool isKept = layouts.IsRead(node.Outputs[1]);
        return NodeLayouts.Alike(layout) with { Results = EquatableArray.Of(layout, isKept ? layout : null), IsAlias = !isKept };
    });

    protected override IEnumerable<NodeLayouts> GradientLayouts(DropoutOp op, Node node, Layouts layouts) =>
        layouts.Of(node.Inputs[1]).Select(layout => NodeLayouts.Alike(layout, 2));

    protected override void Lower(DropoutOp op, Node node, LoweringContext context)
    {
        Buffer x = context.Read(node);
        if (context.Kept(node, node.Stem + "Mask") is not { } mask)
            context[node.Result] = x;
        else
            context.Add(new DropoutForwardStep(node.Stem + "Forward", node.Index, op.P, x, mask, context.Result(node, node.Stem)));
    }

    protected override void LowerGradient(DropoutOp op, Node node, LoweringContext context) =>
        context.Add(new DropoutBackwardStep(node.Stem + "Backward", context.Read(node), context.Read(node, 1), context.Gradient(node)));
}
