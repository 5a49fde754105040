namespace NetGen.Generator.Compiler.Ops;

/// <summary>(1/β) log Σ e^(βx) over the features of a flat input: a smooth maximum.</summary>
internal sealed record LogSumExpOp(string? Name, double Beta) : LayerOp(Name)
{
    public override string Kind => "LogSumExp";

    public override string Display => $"LogSumExp({Check.Text(Beta)})";

    public override void CheckOptions(ErrorSink errors) => Check.PositiveFinite(errors, Kind, "beta", Beta);

    public override Shape? InferShape(Shape input, ErrorSink errors)
    {
        if (input.IsFlat)
            return Shape.Flat(1);
        errors.Report(Rules.NotFlat, Kind, input.ToString(), Display);
        return null;
    }

    public override Buffer Lower(Node node, Buffer x, LoweringContext context)
    {
        x = context.Flat(x);
        Buffer y = context.Workspace(node.Stem, new Picture(1, 1, 1), BufferOrder.Flat);
        context.Add(new LogSumExpForwardStep(node.Stem + "Forward", Beta, x, y));
        context.Differentiate((dy, backward) =>
        {
            Buffer dx = backward.Gradient(x);
            backward.Add(new LogSumExpBackwardStep(node.Stem + "Backward", Beta, dy, x, dx));
            return dx;
        });
        return y;
    }
}
