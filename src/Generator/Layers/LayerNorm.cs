using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>Its second output is mean and 1/√(variance + ε) of each group, which the gradient needs.</summary>
internal sealed class LayerNormRule : LayerRule<LayerNormOp>
{
    public override bool IsComposition => true;

    public override bool HasKernel => true;

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        InferShape((LayerNormOp)op, inputs[0].Shape, errors) is { } shape ? [inputs[0], TensorType.Of(Shape.Flat(2 * NormalizedShape.Groups(((LayerNormOp)op).NormalizedShape, shape)))] : null;

    /// <summary>The definition, of general ops.</summary>
    public override Value Expand(Node node, GraphPatch patch, bool isTraining)
    {
        var op = (LayerNormOp)node.Op;
        Value x = node.Inputs[0];
        TensorType type = x.Type;
        EquatableArray<string> axes = NormalizedShape.Axes(op.NormalizedShape, type);
        Value mean = patch.Add(new ReduceOp(ReduceKind.Mean, axes), [x], node.Owner);
        Expression a = new Placeholder(0), b = new Placeholder(1);
        Value centred = Map(a - b, x, mean);
        Value variance = patch.Add(new ReduceOp(ReduceKind.Mean, axes), [Map(a * a, centred)], node.Owner);
        Expression y = a / Expression.SquareRoot(b + op.Eps);
        if (op.HasWeight)
            y *= new Placeholder(2);
        if (op.HasBias)
            y += new Placeholder(3);
        return Map(y, [centred, variance, .. node.ParameterValues]);

        Value Map(Expression expression, params Value[] operands)
        {
            (MapOp map, Value[] inputs) = MapOp.Of(expression, type, operands);
            return patch.Add(map, inputs, node.Owner);
        }
    }

    protected override Shape? InferShape(LayerNormOp op, Shape input, ErrorSink errors) => NormalizedShape.Infer(op.Kind, op.NormalizedShape, input, errors);

    protected override EquatableArray<ParameterSpec> Parameters(LayerNormOp op, Shape input)
    {
        ParameterSpec Spec(string suffix, Initializer initializer) => NormalizedShape.Parameter(suffix, initializer, op.NormalizedShape, input);
        return (op.HasWeight, op.HasBias) switch
        {
            (true, true) => EquatableArray.Of(Spec("weight", Initializer.One), Spec("bias", Initializer.Zero)),
            (true, false) => EquatableArray.Of(Spec("weight", Initializer.One)),
            _ => default,
        };
    }

    protected override Arithmetic Cost(LayerNormOp op, Node node, bool isTraining) => NormalizedShape.Cost(node.Input, NormalizedShape.Groups(op.NormalizedShape, node.Input), isCentred: true, op.HasWeight, op.HasBias);

    protected override Arithmetic GradientCost(LayerNormOp op, Node part) =>
        NormalizedShape.GradientCost(((GradientOp)part.Op).Input, part.Of!.Input, NormalizedShape.Groups(op.NormalizedShape, part.Of.Input), isCentred: true, op.HasWeight);

    protected override IReadOnlyList<Value?> Gradient(LayerNormOp op, Node node, Value gradient, GradientBuilder builder)
    {
        (Value x, Value kept) = (node.Inputs[0], node.Outputs[1]);
        Value dx = op.HasWeight ? builder.Part(node, 0, gradient, x, kept, node.Inputs[1]) : builder.Part(node, 0, gradient, x, kept);
        return [dx, op.HasWeight ? builder.Part(node, 1, gradient, x, kept) : null, op.HasBias ? builder.Part(node, 2, gradient) : null];
    }

    protected override IEnumerable<NodeLayouts> Layouts(LayerNormOp op, Node node, Layouts layouts)
    {
        Layout rows = Layout.Row(node.Input);
        return [NodeLayouts.Alike(rows) with { Results = EquatableArray.Of(rows, layouts.IsRead(node.Outputs[1]) ? Layout.Row(node.Outputs[1].Shape) : null) }];
    }

    protected override IEnumerable<NodeLayouts> GradientLayouts(LayerNormOp op, Node node, Layouts layouts)
    {
        Layout rows = Layout.Row(node.Of!.Input);
        Layout kept = Layout.Row(node.Of.Outputs[1].Shape);
        return [((GradientOp)node.Op).Input switch
        {
            2 => NodeLayouts.Of(null, rows),
            1 => NodeLayouts.Of(null, rows, rows, kept),
            _ => NodeLayouts.Of(rows, rows, rows, kept),
        }];
    }

    protected override void Lower(LayerNormOp op, Node node, LoweringContext context)
    {
        Buffer x = context.Read(node);
        Buffer y = context.Result(node, node.Stem);
        context.Add(new LayerNormForwardStep(node.Stem + "Forward", Kernel(op, node), x, y, context.Kept(node, node.Stem + "Statistics"), [.. node.ParameterValues.Select(context.Offset)]));
    }

    protected override void LowerGradient(LayerNormOp op, Node node, LoweringContext context)
    {
        Node layer = node.Of!;
        LayerNormKernel kernel = Kernel(op, layer);
        Buffer[] reads = context.ReadAll(node);
        context.Add(((GradientOp)node.Op).Input switch
        {
            2 => new LayerNormBiasGradientStep(node.Stem + "BackwardBias", kernel, reads[0], context.Offset(layer.Inputs[2])),
            1 => new LayerNormWeightGradientStep(node.Stem + "BackwardWeights", kernel, reads[0], reads[1], reads[2], context.Offset(layer.Inputs[1])),
            _ => new LayerNormGradientStep(
                node.Stem + "BackwardData", kernel, reads[0], reads[1], reads[2], context.Gradient(node), op.HasWeight ? context.Offset(layer.Inputs[1]) : null),
        });
    }

    private static LayerNormKernel Kernel(LayerNormOp op, Node node) => new(
        node.Key, NormalizedShape.Groups(op.NormalizedShape, node.Input), NormalizedShape.Length(op.NormalizedShape, node.Input), op.Eps, op.HasWeight, op.HasBias);
}
