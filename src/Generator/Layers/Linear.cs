using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class LinearRule : LayerRule<LinearOp>
{
    protected override Shape? InferShape(LinearOp op, Shape input, ErrorSink errors)
    {
        if (input.IsFlat)
            return Shape.Flat(op.Units);
        errors.Report(Rules.NotFlat, op.Kind, input.ToString(), op.Display);
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

    protected override Buffer Lower(LinearOp op, Node node, Buffer x, LoweringContext context)
    {
        x = Read(x, context);
        Buffer y = context.Workspace(node.Stem, new Picture(op.Units, 1, 1), BufferOrder.Flat);
        context.Add(new LinearForwardStep(node.Stem + "Forward", context.Linear(node, x), x, y));
        return y;
    }

    protected override Buffer? LowerGradient(LinearOp op, Node node, Buffer dy, LoweringContext context)
    {
        dy = context.Flat(dy);
        Buffer x = Read(context[node.Of!.Inputs[0]], context);
        LinearKernel kernel = context.Linear(node.Of!, x);
        switch (((GradientOp)node.Op).Input)
        {
            case 1:
                context.Add(new LinearWeightGradientStep(node.Stem + "BackwardWeights", kernel, x, dy));
                return null;
            case 2:
                context.Add(new LinearBiasGradientStep(node.Stem + "BackwardBias", kernel, dy));
                return null;
            default:
                Buffer dx = context.Gradient(x);
                context.Add(new LinearDataGradientStep(node.Stem + "BackwardData", kernel, dy, dx));
                return dx;
        }
    }

    /// <summary>Whole panels of channels lie side by side: the weight follows their order. Others go to PyTorch's.</summary>
    private static Buffer Read(Buffer x, LoweringContext context) =>
        x.Kind != BufferKind.Input && !(x.Order == BufferOrder.ChannelsLast && x.Shape.Channels % Packing.Panel == 0) ? context.Flat(x) : x;
}
