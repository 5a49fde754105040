using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>Its second output is what the kernel keeps for the gradient and for the running statistics: means, variances, scales.</summary>
internal sealed class BatchNormRule : LayerRule<BatchNormOp>
{
    public override bool IsComposition => true;

    public override bool HasKernel => true;

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        InferShape((BatchNormOp)op, inputs[0].Shape, errors) is { } shape
            ? [inputs[0], TensorType.Of(Shape.Flat(BatchNormKernel.Kept(shape.Sizes[0]))) with { IsPerSample = false }]
            : null;

    public override int LeastTrainingBatch(Node node) => Pixels(node) == 1 ? 2 : 1;

    /// <summary>The definition, of general ops.</summary>
    public override Value Expand(Node node, GraphPatch patch, bool isTraining)
    {
        var op = (BatchNormOp)node.Op;
        Value x = node.Inputs[0];
        Value[] own = [.. node.ParameterValues];
        (Value mean, Value variance) = (own[own.Length - 3], own[own.Length - 2]);
        Expression a = new Placeholder(0), b = new Placeholder(1), c = new Placeholder(2);
        if (isTraining)
        {
            EquatableArray<string> axes = x.Type.Axes.Skip(1).Select(axis => axis.Name).Prepend(TensorType.Batch).ToEquatableArray();
            Value batchMean = patch.Add(new ReduceOp(ReduceKind.Mean, axes), [x], node.Owner);
            Value squares = patch.Map(node, (a - b) * (a - b), x, batchMean);
            Value batchVariance = patch.Add(new ReduceOp(ReduceKind.Mean, axes), [squares], node.Owner);
            patch.Update(new RunningStatisticsOp(op, Pixels(node)), [batchMean, batchVariance, .. own.Skip(own.Length - 3)], node.Owner);
            mean = patch.Add(new SelectStatisticOp(), [batchMean, mean], node.Owner);
            variance = patch.Add(new SelectStatisticOp(), [batchVariance, variance], node.Owner);
        }

        Expression y = (a - b) / Expression.SquareRoot(c + op.Eps);
        if (op.Affine)
            y = (y * new Placeholder(3)) + new Placeholder(4);
        return patch.Map(node, y, [x, mean, variance, .. own.Take(own.Length - 3)]);
    }

    public override void Update(Node node, GraphPatch patch) =>
        patch.Update(new RunningStatisticsOp((BatchNormOp)node.Op, Pixels(node)), [node.Outputs[1], .. node.ParameterValues.Where(value => value.Role == ValueRole.State)], node.Owner);

    protected override Shape? InferShape(BatchNormOp op, Shape input, ErrorSink errors) =>
        (op.Dimensions == 1 && input.Rank == 1) || Check.IsPicture(errors, op.Kind, op.Dimensions, input) ? input : null;

    protected override EquatableArray<ParameterSpec> Parameters(BatchNormOp op, Shape input)
    {
        EquatableArray<int> channels = EquatableArray.Of(input.Sizes[0]);
        ParameterSpec Spec(string suffix, Initializer initializer, ValueRole role) => new(suffix, channels, initializer, 1, 1) { Role = role };
        ParameterSpec[] affine = op.Affine ? [Spec("weight", Initializer.One, ValueRole.Trained), Spec("bias", Initializer.Zero, ValueRole.Trained)] : [];
        return affine
            .Concat([Spec("running_mean", Initializer.Zero, ValueRole.State), Spec("running_var", Initializer.One, ValueRole.State)])
            .Append(new ParameterSpec("num_batches_tracked", default, Initializer.Zero, 1, 1) { Role = ValueRole.State, Element = ElementType.I64 })
            .ToEquatableArray();
    }

    /// <summary>Of each element; what is done once a channel, for all samples, is not counted. In evaluation (x − mean) · scale + bias, in training the statistics too.</summary>
    protected override Arithmetic Cost(BatchNormOp op, Node node, bool isTraining)
    {
        long elements = node.Input.ElementCount;
        int affine = op.Affine ? 1 : 0;
        return isTraining ? Arithmetic.Of(elements * (2 + affine), elements * (3 + affine)) : Arithmetic.Of(elements, elements * (1 + affine));
    }

    /// <summary>With x̂ the normalised input: db the sum of dy, dw that of dy x̂, dx = (dy − mean of dy − x̂ · mean of dy x̂) · scale.</summary>
    protected override Arithmetic GradientCost(BatchNormOp op, Node part) => Arithmetic.Of(4 * part.Output.ElementCount, 5 * part.Output.ElementCount);

    protected override IReadOnlyList<Value?> Gradient(BatchNormOp op, Node node, Value gradient, GradientBuilder builder)
    {
        (Value x, Value kept) = (node.Inputs[0], node.Outputs[1]);
        int[] inputs = op.Affine ? [0, 1, 2] : [0];
        return [.. builder.Parts(node, inputs, gradient, x, kept), null, null, null];
    }

    // The order of the statistics' sums is that of the elements, so the picture stays as it lies. Channels of one value each are features, whatever they were before.
    protected override IEnumerable<NodeLayouts> Layouts(BatchNormOp op, Node node, Layouts layouts)
    {
        Layout x = node.Input.Rank == 1 ? Layout.Row(node.Input) : layouts.Of(node.Inputs[0]).First(layout => layout.Order != BufferOrder.Flat);
        return [NodeLayouts.Alike(x) with { Results = EquatableArray.Of(x, layouts.IsRead(node.Outputs[1]) ? Layout.Row(node.Outputs[1].Shape) : null) }];
    }

    protected override IEnumerable<NodeLayouts> GradientLayouts(BatchNormOp op, Node node, Layouts layouts)
    {
        Layout x = layouts.Found(node.Of!, 0);
        return [NodeLayouts.Of(x, x, x, layouts[node.Inputs[2]]) with { Results = node.Outputs.Select((_, i) => i == 0 ? x : (Layout?)null).ToEquatableArray() }];
    }

    protected override void Lower(BatchNormOp op, Node node, LoweringContext context)
    {
        Buffer x = context.Read(node);
        Buffer y = context.Result(node, node.Stem);
        BatchNormKernel kernel = Kernel(op, node);
        int[] parameters = [.. node.ParameterValues.Select(context.Offset)];
        Buffer? kept = context.Kept(node, node.Stem + "Kept");
        Buffer scale = kept ?? context.Workspace(node.Stem + "Scale", Layout.Row(Shape.Flat(BatchNormKernel.ScaleRows * kernel.Row)));
        context.Add(kept is null ? new BatchNormScaleStep(scale.Name, kernel, scale, parameters) : new BatchNormStatisticsStep(node.Stem + "Statistics", kernel, x, kept, parameters));
        context.Add(new NormalizeStep(node.Stem + "Normalize", kernel, x, scale, y));
    }

    protected override void LowerGradient(BatchNormOp op, Node node, LoweringContext context)
    {
        Node layer = node.Of!;
        BatchNormKernel kernel = Kernel(op, layer);
        Buffer[] reads = context.ReadAll(node);
        (Buffer dy, Buffer x, Buffer kept) = (reads[0], reads[1], reads[2]);
        Buffer sums = context.Workspace(node.Stem + "Sums", Layout.Row(Shape.Flat(BatchNormKernel.SumRows * kernel.Row)));
        context.Add(new BatchNormSumsStep(node.Stem + "BackwardSums", kernel, dy, x, kept, sums, op.Affine ? [context.Offset(layer.Inputs[1]), context.Offset(layer.Inputs[2])] : []));
        context.Add(new BatchNormGradientStep(node.Stem + "Backward", kernel, dy, x, kept, sums, context.Gradient(node)));
    }

    private static BatchNormKernel Kernel(BatchNormOp op, Node node) => new(node.Key, node.Input.Sizes[0], op.Eps, op.Affine);

    private static int Pixels(Node node) => (int)(node.Input.ElementCount / node.Input.Sizes[0]);
}

internal sealed class SelectStatisticRule : OpRule, ILowered
{
    public override Type OpType => typeof(SelectStatisticOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        inputs.Count == 2 && inputs[0] == inputs[1] && !inputs[0].IsPerSample ? [inputs[0], inputs[0] with { Axes = default }] : null;

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) =>
        [builder.Add(node, new MapOp(new Placeholder(0) * new Placeholder(1), node.Result.Type), node.Inputs[0], gradient, node.Outputs[1]), null];

    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts)
    {
        Layout batch = layouts[node.Inputs[0]];
        return [NodeLayouts.Alike(batch) with { Results = EquatableArray.Of<Layout?>(batch, Layout.Row(node.Outputs[1].Shape)) }];
    }

    public void Lower(Node node, LoweringContext context)
    {
        Buffer y = context.Result(node, node.Stem + node.Id.ToString(CultureInfo.InvariantCulture));
        context.Add(new SelectStatisticStep(node.Stem + "Select", context.Read(node), context.Offset(node.Inputs[1]), y, context.Result(node, y.Name + "IsTraining", 1)));
    }
}

internal sealed class RunningStatisticsRule : OpRule, ILowered
{
    public override Type OpType => typeof(RunningStatisticsOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        inputs.Count is 4 or 5 && inputs.All(input => !input.IsPerSample) ? [.. inputs.Skip(inputs.Count - 3)] : null;

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) => throw new CompilerException(nameof(Differentiation), "running statistics have no gradient");

    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts) =>
        [NodeLayouts.Of(null, [.. node.Data.Select(value => layouts[value])]) with { Results = node.Outputs.Select(_ => (Layout?)null).ToEquatableArray() }];

    public void Lower(Node node, LoweringContext context)
    {
        var op = (RunningStatisticsOp)node.Op;
        var kernel = new BatchNormKernel(node.Key, node.Output.Sizes[0], op.Norm.Eps, op.Norm.Affine);
        context.Add(new RunningStatisticsStep(
            node.Stem + "Update", kernel, op.Norm, op.Pixels, context.ReadAll(node), [.. node.ParameterValues.Select(context.Offset)]));
    }
}
