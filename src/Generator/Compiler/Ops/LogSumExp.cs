using System;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>(1/β) log Σ e^(βx) over the features of a flat input: a smooth maximum.</summary>
internal sealed record LogSumExpOp(string? Name, double Beta) : LayerOp(Name)
{
    public override string Kind => "LogSumExp";

    public override Shape? InferShape(Shape input, ErrorSink errors) => Shape.Flat(1);

    public override Buffer Lower(Node node, Buffer x, LoweringContext context) => throw new NotSupportedException();
}
