namespace NetGen.Generator.Compiler.Ops;

/// <summary>Zeroes elements with probability <paramref name="P"/> in training and scales the rest by 1/(1−p).</summary>
internal sealed record DropoutOp(string? Name, double P) : LayerOp(Name)
{
    public override string Kind => "Dropout";

    public override string Display => $"Dropout({Check.Text(P)})";

    public override Buffer Lower(Node node, Buffer x, LoweringContext context)
    {
        if (!context.IsTraining || P == 0)
            return x;
        Buffer mask = context.Like(node.Stem + "Mask", x);
        Buffer y = context.Like(node.Stem, x);
        context.Add(new DropoutForwardStep(node.Stem + "Forward", node.Index, P, x, mask, y));
        context.Differentiate((dy, backward) =>
        {
            dy = backward.As(dy, x.Order, x.Shape);
            Buffer dx = backward.Gradient(x);
            backward.Add(new DropoutBackwardStep(node.Stem + "Backward", dy, mask, dx));
            return dx;
        });
        return y;
    }

    public override void CheckOptions(ErrorSink errors)
    {
        if (!(P >= 0 && P < 1))
            errors.Report(Rules.DropoutProbability, Check.Text(P));
    }
}
