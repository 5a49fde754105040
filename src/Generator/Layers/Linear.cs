using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class LinearRule : LayerRule<LinearOp>
{
    protected override Shape? InferShape(LinearOp op, Shape input, ErrorSink errors)
    {
        if (input.IsFlat)
            return Shape.Flat(op.Units);
        Check.ReportNotFlat(errors, op.Kind, op.Display, input);
        return null;
    }

    protected override EquatableArray<ParameterSpec> Parameters(LinearOp op, Shape input)
    {
        int features = input.Sizes[0];
        var weight = new ParameterSpec("weight", EquatableArray.Of(op.Units, features), op.WeightInit, features, op.Units);
        return op.Bias
            ? EquatableArray.Of(weight, new ParameterSpec("bias", EquatableArray.Of(op.Units), op.BiasInit, features, op.Units))
            : EquatableArray.Of(weight);
    }

    protected override long MultiplyAccumulates(LinearOp op, Shape input, Shape output) => input.ElementCount * output.ElementCount;

    protected override IReadOnlyList<Value?> Gradient(LinearOp op, Node node, Value gradient, GradientBuilder builder)
    {
        Value weight = builder.Part(node, 1, gradient, node.Inputs[0]);
        Value? bias = op.Bias ? builder.Part(node, 2, gradient) : null;
        return [builder.Part(node, 0, gradient, node.Inputs[1]), weight, bias];
    }

    protected override IEnumerable<NodeLayouts> Layouts(LinearOp op, Node node, Layouts layouts)
    {
        // Features without gaps: the weight follows their order, and with it the order of the sums. Others go to PyTorch's.
        Layout lies = layouts[node.Inputs[0]];
        Layout row = Layout.Row(node.Input);
        return [NodeLayouts.Of(Layout.Row(node.Output), lies.IsRow || (lies.Order == BufferOrder.ChannelsLast && lies.Shape.Channels % Packing.Panel == 0) ? lies : row)];
    }

    protected override IEnumerable<NodeLayouts> GradientLayouts(LinearOp op, Node node, Layouts layouts)
    {
        Layout x = layouts.Found(node.Of!, 0);
        Layout dy = Layout.Row(node.Of!.Output);
        return [((GradientOp)node.Op).Input switch
        {
            1 => NodeLayouts.Of(null, dy, x),
            2 => NodeLayouts.Of(null, dy),
            _ => NodeLayouts.Of(x.Order == BufferOrder.Planes ? Layout.Row(node.Of.Input) : x, dy),
        }];
    }

    protected override void Lower(LinearOp op, Node node, LoweringContext context)
    {
        Buffer x = context.Read(node);
        context.Add(new LinearForwardStep(node.Stem + "Forward", context.Linear(node, x), x, context.Result(node, node.Stem)));
    }

    protected override void LowerGradient(LinearOp op, Node node, LoweringContext context)
    {
        Buffer dy = context.Read(node);
        Buffer x = context.Read(node.Of!);
        LinearKernel kernel = context.Linear(node.Of!, x);
        context.Add(((GradientOp)node.Op).Input switch
        {
            1 => new LinearWeightGradientStep(node.Stem + "BackwardWeights", kernel, x, dy),
            2 => new LinearBiasGradientStep(node.Stem + "BackwardBias", kernel, dy),
            _ => new LinearDataGradientStep(node.Stem + "BackwardData", kernel, dy, context.Gradient(node)),
        });
    }
}
