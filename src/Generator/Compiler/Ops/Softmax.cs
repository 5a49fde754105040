namespace NetGen.Generator.Compiler.Ops;

/// <summary>eˣ/Σeˣ over the features.</summary>
internal sealed record SoftmaxOp(string? Name) : LayerOp(Name)
{
    public override string Kind => "Softmax";

    public override Shape? InferShape(Shape input, ErrorSink errors)
    {
        if (input.IsFlat)
            return input;
        errors.Report(Rules.NotFlat, Kind, input.ToString(), Display);
        return null;
    }

    public override Buffer Lower(Node node, Buffer x, LoweringContext context)
    {
        Buffer y = context.Workspace(node.Stem, x.Width);
        context.Steps.Add(new SoftmaxForwardStep(node.Stem + "Forward", x, y));
        context.Differentiate((dy, backward) =>
        {
            Buffer dx = context.Gradient(x);
            backward.Add(new SoftmaxBackwardStep(node.Stem + "Backward", dy, y, dx));
            return dx;
        });
        return y;
    }
}
