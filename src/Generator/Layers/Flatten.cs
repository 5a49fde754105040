namespace NetGen.Generator.Compiler.Ops;

/// <summary>Joins all dimensions; a view, for samples are row-major.</summary>
internal sealed record FlattenOp(string? Name) : LayerOp(Name)
{
    public override string Kind => "Flatten";

    public override Shape? InferShape(Shape input, ErrorSink errors) => Shape.Flat((int)input.ElementCount);

    // What follows reads the picture as it lies, or has it copied to PyTorch's order, in which the caller's memory is.
    public override Buffer Lower(Node node, Buffer x, LoweringContext context) =>
        x.Kind == BufferKind.Input ? x with { Shape = new Picture(x.Width, 1, 1), Order = BufferOrder.Flat } : x;
}
