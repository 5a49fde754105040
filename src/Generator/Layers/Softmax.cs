namespace NetGen.Generator.Compiler.Ops;

/// <summary>eˣ/Σeˣ over the features; of a picture over the channels of each pixel, the first dimension of any shape.</summary>
internal sealed record SoftmaxOp(string? Name) : LayerOp(Name)
{
    public override string Kind => "Softmax";

    public override Buffer Lower(Node node, Buffer x, LoweringContext context)
    {
        x = node.Input.IsFlat ? context.Flat(x) : context.As(x, BufferOrder.ChannelsLast, Picture.Of(node.Input));
        Buffer y = context.Like(node.Stem, x);
        context.Add(new SoftmaxForwardStep(node.Stem + "Forward", x, y));
        context.Differentiate((dy, backward) =>
        {
            dy = backward.As(dy, x.Order, x.Shape);
            Buffer dx = backward.Gradient(x);
            backward.Add(new SoftmaxBackwardStep(node.Stem + "Backward", dy, y, dx));
            return dx;
        });
        return y;
    }
}
