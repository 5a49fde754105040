using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>A LayerNorm whose mean is 0: its second output is 0 and 1/√(mean of x² + ε) of each group, which the gradient needs.</summary>
internal sealed class RMSNormRule : LayerRule<RMSNormOp>
{
    public override bool IsComposition => true;

    public override bool HasKernel => true;

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        InferShape((RMSNormOp)op, inputs[0].Shape, errors) is { } shape ? [inputs[0], TensorType.Of(Shape.Flat(2 * NormalizedShape.Groups(((RMSNormOp)op).NormalizedShape, shape)))] : null;

    /// <summary>The definition, of general ops.</summary>
    public override Value Expand(Node node, GraphPatch patch, bool isTraining)
    {
        var op = (RMSNormOp)node.Op;
        Value x = node.Inputs[0];
        TensorType type = x.Type;
        Expression a = new Placeholder(0), b = new Placeholder(1);
        Value square = patch.Add(new ReduceOp(ReduceKind.Mean, NormalizedShape.Axes(op.NormalizedShape, type)), [Map(a * a, x)], node.Owner);
        Expression y = a / Expression.SquareRoot(b + op.Eps);
        if (op.HasWeight)
            y *= new Placeholder(2);
        return Map(y, [x, square, .. node.ParameterValues]);

        Value Map(Expression expression, params Value[] operands)
        {
            (MapOp map, Value[] inputs) = MapOp.Of(expression, type, operands);
            return patch.Add(map, inputs, node.Owner);
        }
    }

    protected override Shape? InferShape(RMSNormOp op, Shape input, ErrorSink errors) => NormalizedShape.Infer(op.Kind, op.NormalizedShape, input, errors);

    protected override EquatableArray<ParameterSpec> Parameters(RMSNormOp op, Shape input) =>
        op.HasWeight ? EquatableArray.Of(NormalizedShape.Parameter("weight", Initializer.One, op.NormalizedShape, input)) : default;

    protected override Arithmetic Cost(RMSNormOp op, Node node, bool isTraining) => NormalizedShape.Cost(node.Input, NormalizedShape.Groups(op.NormalizedShape, node.Input), isCentred: false, op.HasWeight, hasBias: false);

    protected override Arithmetic GradientCost(RMSNormOp op, Node part) =>
        NormalizedShape.GradientCost(((GradientOp)part.Op).Input, part.Of!.Input, NormalizedShape.Groups(op.NormalizedShape, part.Of.Input), isCentred: false, op.HasWeight);

    protected override IReadOnlyList<Value?> Gradient(RMSNormOp op, Node node, Value gradient, GradientBuilder builder)
    {
        (Value x, Value kept) = (node.Inputs[0], node.Outputs[1]);
        return op.HasWeight
            ? [builder.Part(node, 0, gradient, x, kept, node.Inputs[1]), builder.Part(node, 1, gradient, x, kept)]
            : [builder.Part(node, 0, gradient, x, kept)];
    }

    protected override IEnumerable<NodeLayouts> Layouts(RMSNormOp op, Node node, Layouts layouts)
    {
        Layout rows = Layout.Row(node.Input);
        return [NodeLayouts.Alike(rows) with { Results = EquatableArray.Of(rows, layouts.IsRead(node.Outputs[1]) ? Layout.Row(node.Outputs[1].Shape) : null) }];
    }

    protected override IEnumerable<NodeLayouts> GradientLayouts(RMSNormOp op, Node node, Layouts layouts)
    {
        Layout rows = Layout.Row(node.Of!.Input);
        return [NodeLayouts.Of(((GradientOp)node.Op).Input == 0 ? rows : null, rows, rows, Layout.Row(node.Of.Outputs[1].Shape))];
    }

    protected override void Lower(RMSNormOp op, Node node, LoweringContext context)
    {
        Buffer x = context.Read(node);
        Buffer y = context.Result(node, node.Stem);
        context.Add(new LayerNormForwardStep(node.Stem + "Forward", Kernel(op, node), x, y, context.Kept(node, node.Stem + "Statistics"), [.. node.ParameterValues.Select(context.Offset)]));
    }

    protected override void LowerGradient(RMSNormOp op, Node node, LoweringContext context)
    {
        Node layer = node.Of!;
        LayerNormKernel kernel = Kernel(op, layer);
        Buffer[] reads = context.ReadAll(node);
        context.Add(((GradientOp)node.Op).Input == 0
            ? new LayerNormGradientStep(node.Stem + "BackwardData", kernel, reads[0], reads[1], reads[2], context.Gradient(node), op.HasWeight ? context.Offset(layer.Inputs[1]) : null)
            : new LayerNormWeightGradientStep(node.Stem + "BackwardWeights", kernel, reads[0], reads[1], reads[2], context.Offset(layer.Inputs[1])));
    }

    private static LayerNormKernel Kernel(RMSNormOp op, Node node) => new(
        node.Key, NormalizedShape.Groups(op.NormalizedShape, node.Input), NormalizedShape.Length(op.NormalizedShape, node.Input), op.Eps, op.HasWeight, HasBias: false, IsCentred: false);
}
