using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>What normalises over the last dimensions of a sample. Its second output is mean, 0 where there is none, and 1/√(variance + ε) of each group, which the gradient needs.</summary>
internal abstract class NormalizedShapeRule<TOp> : LayerRule<TOp>
    where TOp : NormalizedShapeOp
{
    public override bool IsComposition => true;

    public override bool HasKernel => true;

    /// <summary>Whether the mean is subtracted.</summary>
    protected abstract bool IsCentred { get; }

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        InferShape((TOp)op, inputs[0].Shape, errors) is { } shape ? [inputs[0], TensorType.Of(Shape.Flat(2 * Groups((TOp)op, shape)))] : null;

    protected override Shape? InferShape(TOp op, Shape input, ErrorSink errors)
    {
        EquatableArray<int> given = op.NormalizedShape;
        if (given.Count <= input.Rank && input.Sizes.Skip(input.Rank - given.Count).SequenceEqual(given))
            return input;
        errors.Report(Rules.OptionOutOfRange, op.Kind, "the normalized shape", $"the last dimensions of the input, which is {input}", new Shape(given).ToString());
        return null;
    }

    protected override EquatableArray<ParameterSpec> Parameters(TOp op, Shape input)
    {
        ParameterSpec Spec(string suffix, Initializer initializer) => new(suffix, op.Group(input), initializer, 1, 1) { Axes = Axes(op, TensorType.Of(input)) };
        return (op.HasWeight, op.HasBias) switch
        {
            (true, true) => EquatableArray.Of(Spec("weight", Initializer.One), Spec("bias", Initializer.Zero)),
            (true, false) => EquatableArray.Of(Spec("weight", Initializer.One)),
            _ => default,
        };
    }

    /// <summary>
    /// Of each element: (subtract the mean,) square, divide by the root, scale and shift; a sum for each mean; of each group the means themselves, ε, the root and its inverse.
    /// </summary>
    protected override Arithmetic Cost(TOp op, Node node, bool isTraining)
    {
        (long elements, long groups) = (node.Input.ElementCount, Groups(op, node.Input));
        return Arithmetic.Of(
            (elements * (2 + Count(op.HasWeight))) + (groups * (3 + Count(IsCentred))),
            (elements * (1 + (2 * Count(IsCentred)) + Count(op.HasBias))) + groups);
    }

    /// <summary>
    /// With g the gradient times the weight and x̂ the normalised input: dx = (g − mean of g − x̂ · mean of g x̂)/root, without the mean of g where nothing is centred;
    /// dw the sum of dy x̂; db that of dy. x̂ is computed anew.
    /// </summary>
    protected override Arithmetic GradientCost(TOp op, Node part)
    {
        Shape input = part.Of!.Input;
        (long elements, long groups) = (input.ElementCount, Groups(op, input));
        return ((GradientOp)part.Op).Input switch
        {
            0 => Arithmetic.Of((elements * (4 + Count(op.HasWeight))) + (groups * (1 + Count(IsCentred))), elements * (IsCentred ? 5 : 2)),
            1 => Arithmetic.Of(elements * 2, elements * (1 + Count(IsCentred))),
            _ => Arithmetic.Of(0, elements),
        };
    }

    protected override IReadOnlyList<Value?> Gradient(TOp op, Node node, Value gradient, GradientBuilder builder)
    {
        (Value x, Value kept) = (node.Inputs[0], node.Outputs[1]);
        Value dx = op.HasWeight ? builder.Part(node, 0, gradient, x, kept, node.Inputs[1]) : builder.Part(node, 0, gradient, x, kept);
        return [dx, op.HasWeight ? builder.Part(node, 1, gradient, x, kept) : null, op.HasBias ? builder.Part(node, 2, gradient) : null];
    }

    protected override IEnumerable<NodeLayouts> Layouts(TOp op, Node node, Layouts layouts)
    {
        Layout rows = Layout.Row(node.Input);
        return [NodeLayouts.Alike(rows) with { Results = EquatableArray.Of(rows, layouts.IsRead(node.Outputs[1]) ? Layout.Row(node.Outputs[1].Shape) : null) }];
    }

    protected override IEnumerable<NodeLayouts> GradientLayouts(TOp op, Node node, Layouts layouts)
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

    protected override void Lower(TOp op, Node node, LoweringContext context)
    {
        Buffer x = context.Read(node);
        Buffer y = context.Result(node, node.Stem);
        context.Add(new LayerNormForwardStep(node.Stem + "Forward", Kernel(op, node), x, y, context.Kept(node, node.Stem + "Statistics"), [.. node.ParameterValues.Select(context.Offset)]));
    }

    protected override void LowerGradient(TOp op, Node node, LoweringContext context)
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

    /// <summary>The names of the normalised axes.</summary>
    protected static EquatableArray<string> Axes(TOp op, TensorType input) =>
        input.Axes.Skip(input.Axes.Count - op.Group(input.Shape).Count).Select(axis => axis.Name).ToEquatableArray();

    private static int Count(bool value) => value ? 1 : 0;

    /// <summary>Groups of a sample.</summary>
    private static int Groups(TOp op, Shape input) => (int)(input.ElementCount / op.Length(input));

    private LayerNormKernel Kernel(TOp op, Node node) => new(node.Key, Groups(op, node.Input), op.Length(node.Input), op.Eps, op.HasWeight, op.HasBias, IsCentred);
}
