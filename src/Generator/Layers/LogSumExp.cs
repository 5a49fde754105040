using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class LogSumExpRule : LayerRule<LogSumExpOp>
{
    protected override Shape? InferShape(LogSumExpOp op, Shape input, ErrorSink errors)
    {
        if (input.IsFlat)
            return Shape.Flat(1);
        errors.Report(Rules.NotFlat, op.Kind, input.ToString(), op.Display);
        return null;
    }

    protected override IReadOnlyList<Value?> Gradient(LogSumExpOp op, Node node, Value gradient, GradientBuilder builder) => [builder.Part(node, 0, gradient, node.Inputs[0])];

    protected override Buffer Lower(LogSumExpOp op, Node node, Buffer x, LoweringContext context)
    {
        x = context.Flat(x);
        Buffer y = context.Workspace(node.Stem, new Picture(1, 1, 1), BufferOrder.Flat);
        context.Add(new LogSumExpForwardStep(node.Stem + "Forward", op.Beta, x, y));
        return y;
    }

    protected override Buffer LowerGradient(LogSumExpOp op, Node node, Buffer dy, LoweringContext context)
    {
        Buffer x = context.Flat(context[node.Inputs[1]]);
        Buffer dx = context.Gradient(x);
        context.Add(new LogSumExpBackwardStep(node.Stem + "Backward", op.Beta, dy, x, dx));
        return dx;
    }
}
