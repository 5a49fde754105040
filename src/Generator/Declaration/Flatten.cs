namespace NetGen.Generator.Compiler.Ops;

/// <summary>Joins all dimensions; a view, for samples are row-major.</summary>
internal sealed record FlattenOp(string? Name) : LayerOp(Name)
{
    public override string Kind => "Flatten";
}
