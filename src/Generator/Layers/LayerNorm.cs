namespace NetGen.Generator.Compiler.Ops;

internal sealed class LayerNormRule : NormalizedShapeRule<LayerNormOp>
{
    protected override bool IsCentred => true;

    /// <summary>The definition, of general ops.</summary>
    public override Value Expand(Node node, GraphPatch patch, bool isTraining)
    {
        var op = (LayerNormOp)node.Op;
        Value x = node.Inputs[0];
        EquatableArray<string> axes = Axes(op, x.Type);
        Value mean = patch.Add(new ReduceOp(ReduceKind.Mean, axes), [x], node.Owner);
        Expression a = new Placeholder(0), b = new Placeholder(1);
        Value centred = patch.Map(node, a - b, x, mean);
        Value variance = patch.Add(new ReduceOp(ReduceKind.Mean, axes), [patch.Map(node, a * a, centred)], node.Owner);
        Expression y = a / Expression.SquareRoot(b + op.Eps);
        if (op.HasWeight)
            y *= new Placeholder(2);
        if (op.HasBias)
            y += new Placeholder(3);
        return patch.Map(node, y, [centred, variance, .. node.ParameterValues]);
    }
}
