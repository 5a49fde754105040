namespace NetGen.Generator.Compiler.Ops;

/// <summary>eˣ/Σeˣ over the features; of a picture over the channels of each pixel, the first dimension of any shape.</summary>
internal sealed record SoftmaxOp(string? Name) : LayerOp(Name)
{
    public override string Kind => "Softmax";

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
