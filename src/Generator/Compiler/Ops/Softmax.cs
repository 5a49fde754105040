namespace NetGen.Generator.Compiler.Ops;

/// <summary>eˣ/Σeˣ over the features.</summary>
internal sealed record SoftmaxOp(string? Name) : LayerOp(Name)
{
    public override string Kind => "Softmax";

    public override Shape? InferShape(Shape input, ErrorSink errors)
    {
        if (input.IsFlat)
            return input;
        errors.Report(Rules.NotFlat, Kind, input.ToString());
        return null;
    }
}
