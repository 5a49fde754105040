using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class LogSumExpRule : LayerRule<LogSumExpOp>
{
    protected override Shape? InferShape(LogSumExpOp op, Shape input, ErrorSink errors)
    {
        if (input.IsFlat)
            return Shape.Flat(1);
        Check.ReportNotFlat(errors, op.Kind, op.Display, input);
        return null;
    }

    protected override Arithmetic Cost(LogSumExpOp op, Node node, bool isTraining) => Arithmetic.OfEvaluations(node.Input.ElementCount);

    protected override Arithmetic GradientCost(LogSumExpOp op, Node part) => Arithmetic.OfEvaluations(part.Output.ElementCount);

    protected override IReadOnlyList<Value?> Gradient(LogSumExpOp op, Node node, Value gradient, GradientBuilder builder) => [builder.Part(node, 0, gradient, node.Inputs[0])];

    protected override IEnumerable<NodeLayouts> Layouts(LogSumExpOp op, Node node, Layouts layouts) => [NodeLayouts.Of(Layout.Row(node.Output), Layout.Row(node.Input))];

    protected override IEnumerable<NodeLayouts> GradientLayouts(LogSumExpOp op, Node node, Layouts layouts)
    {
        (Layout x, Layout y) = (Layout.Row(node.Of!.Input), Layout.Row(node.Of.Output));
        return [NodeLayouts.Of(x, y, x)];
    }

    protected override void Lower(LogSumExpOp op, Node node, LoweringContext context) =>
        context.Add(new LogSumExpForwardStep(node.Stem + "Forward", op.Beta, context.Read(node), context.Result(node, node.Stem)));

    protected override void LowerGradient(LogSumExpOp op, Node node, LoweringContext context) =>
        context.Add(new LogSumExpBackwardStep(node.Stem + "Backward", op.Beta, context.Read(node), context.Read(node, 1), context.Gradient(node)));
}
