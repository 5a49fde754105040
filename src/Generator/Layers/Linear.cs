using System.Globalization;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>y = x Wᵀ + b.</summary>
internal sealed record LinearOp(string? Name, int Units, bool Bias, Initializer WeightInit, Initializer BiasInit) : LayerOp(Name)
{
    public override string Kind => "Linear";

    public override LayerOp Essence => this with { Name = null, WeightInit = Initializer.Default, BiasInit = Initializer.Default };

    public override string Display => string.Format(CultureInfo.InvariantCulture, "Linear({0})", Units);

    public override void CheckOptions(ErrorSink errors)
    {
        Check.Positive(errors, Kind, "units", Units);
        Check.Initializer(errors, Kind, "Init", WeightInit);
        Check.Initializer(errors, Kind, "BiasInit", BiasInit);
    }

    public override Shape? InferShape(Shape input, ErrorSink errors)
    {
        if (input.IsFlat)
            return Shape.Flat(Units);
        errors.Report(Rules.NotFlat, Kind, input.ToString(), Display);
        return null;
    }

    public override EquatableArray<ParameterSpec> Parameters(Shape input)
    {
        int features = input.Sizes[0];
        var weight = new ParameterSpec("weight", EquatableArray.Of(Units, features), WeightInit, features, Units);
        return Bias
            ? EquatableArray.Of(weight, new ParameterSpec("bias", EquatableArray.Of(Units), BiasInit, features, Units))
            : EquatableArray.Of(weight);
    }

    public override Buffer Lower(Node node, Buffer x, LoweringContext context)
    {
        // Whole panels of channels lie side by side: the weight follows their order. Others go to PyTorch's.
        if (x.Kind != BufferKind.Input && !(x.Order == BufferOrder.ChannelsLast && x.Shape.Channels % Packing.Panel == 0))
            x = context.Flat(x);
        LinearKernel kernel = context.Linear(node, x);
        Buffer y = context.Workspace(node.Stem, new Picture(Units, 1, 1), BufferOrder.Flat);
        context.Add(new LinearForwardStep(node.Stem + "Forward", kernel, x, y));
        context.Differentiate((dy, backward) =>
        {
            dy = backward.Flat(dy);
            backward.Add(new LinearWeightGradientStep(node.Stem + "BackwardWeights", kernel, x, dy));
            if (Bias)
                backward.Add(new LinearBiasGradientStep(node.Stem + "BackwardBias", kernel, dy));
            Buffer dx = backward.Gradient(x);
            backward.Add(new LinearDataGradientStep(node.Stem + "BackwardData", kernel, dy, dx));
            return dx;
        });
        return y;
    }

    public override long MultiplyAccumulates(Shape input, Shape output) => input.ElementCount * output.ElementCount;
}
