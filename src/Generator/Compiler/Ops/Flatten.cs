namespace NetGen.Generator.Compiler.Ops;

/// <summary>Joins all dimensions; a view, for samples are row-major.</summary>
internal sealed record FlattenOp(string? Name) : LayerOp(Name)
{
    public override string Kind => "Flatten";

    public override Shape? InferShape(Shape input, ErrorSink errors) => Shape.Flat((int)input.ElementCount);

    public override Buffer Lower(Node node, Buffer x, LoweringContext context) => x;
}
