namespace NetGen.Generator.Compiler.Ops;

internal sealed class RMSNormRule : NormalizedShapeRule<RMSNormOp>
{
    protected override bool IsCentred => false;

    /// <summary>The definition, of general ops.</summary>
    public override Value Expand(Node node, GraphPatch patch, bool isTraining)
    {
        var op = (RMSNormOp)node.Op;
        Value x = node.Inputs[0];
        Expression a = new Placeholder(0), b = new Placeholder(1);
        Value square = patch.Add(new ReduceOp(ReduceKind.Mean, Axes(op, x.Type)), [patch.Map(node, a * a, x)], node.Owner);
        Expression y = a / Expression.SquareRoot(b + op.Eps);
        if (op.HasWeight)
            y *= new Placeholder(2);
        return patch.Map(node, y, [x, square, .. node.ParameterValues]);
    }
}
