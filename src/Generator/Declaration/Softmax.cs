namespace NetGen.Generator.Compiler.Ops;

/// <summary>eˣ/Σeˣ over the features; of a picture over the channels of each pixel, the first dimension of any shape.</summary>
internal sealed record SoftmaxOp(string? Name) : LayerOp(Name)
{
    public override string Kind => "Softmax";
}
