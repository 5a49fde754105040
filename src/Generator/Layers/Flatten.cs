using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class FlattenRule : LayerRule<FlattenOp>
{
    protected override Shape InferShape(FlattenOp op, Shape input, ErrorSink errors) => Shape.Flat((int)input.ElementCount);

    protected override IReadOnlyList<Value?> Gradient(FlattenOp op, Node node, Value gradient, GradientBuilder builder) => [builder.Part(node, 0, gradient)];

    // What follows reads the picture as it lies, or has it copied to PyTorch's order, in which the caller's memory is.
    protected override Buffer Lower(FlattenOp op, Node node, Buffer x, LoweringContext context) =>
        x.Kind == BufferKind.Input ? x with { Shape = new Picture(x.Width, 1, 1), Order = BufferOrder.Flat } : x;

    protected override Buffer LowerGradient(FlattenOp op, Node node, Buffer dy, LoweringContext context) => dy;
}
