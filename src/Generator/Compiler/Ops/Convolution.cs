using System;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>A cross-correlation with a bias, PyTorch's Conv1d and Conv2d.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Dimensions">1 or 2; of one dimension, heights are 1 and their padding 0.</param>
/// <param name="Channels">Output channels.</param>
/// <param name="Kernel">The filter's size.</param>
/// <param name="Stride">Distance of two windows.</param>
/// <param name="Padding">Zeros on each side; unused with <paramref name="IsSame"/>.</param>
/// <param name="IsSame">Padding such that the output is as large as the input; an odd one has its larger half behind, as in PyTorch.</param>
/// <param name="Dilation">Distance of two taps.</param>
/// <param name="Groups">Groups of channels that see only each other.</param>
/// <param name="Bias">Whether there is one.</param>
/// <param name="WeightInit">The weight's initialiser.</param>
/// <param name="BiasInit">The bias's initialiser.</param>
/// <param name="FixedWeight">A filter that is not trained, <c>[channels, in / groups, kh, kw]</c>; empty: the filter is a parameter.</param>
internal sealed record ConvOp(
    string? Name, int Dimensions, int Channels, Size2 Kernel, Size2 Stride, Size2 Padding, bool IsSame, Size2 Dilation, int Groups, bool Bias,
    Initializer WeightInit, Initializer BiasInit, EquatableArray<double> FixedWeight = default) : LayerOp(Name)
{
    public override string Kind => Dimensions == 1 ? "Conv1d" : "Conv2d";

    public bool IsFixed => FixedWeight.Count > 0;

    /// <summary>The zeros around the input.</summary>
    public Border Pads
    {
        get
        {
            if (!IsSame)
                return new Border(Padding.Height, Padding.Width, Padding.Height, Padding.Width);
            int height = Dilation.Height * (Kernel.Height - 1);
            int width = Dilation.Width * (Kernel.Width - 1);
            return new Border(height / 2, width / 2, height - (height / 2), width - (width / 2));
        }
    }

    /// <summary>The output of an input.</summary>
    public Picture Output(Picture input)
    {
        Border pads = Pads;
        int Size(int size, int before, int after, int kernel, int stride, int dilation) =>
            ((size + before + after - (dilation * (kernel - 1)) - 1) / stride) + 1;
        return new Picture(
            Channels,
            Size(input.Height, pads.Top, pads.Bottom, Kernel.Height, Stride.Height, Dilation.Height),
            Size(input.Width, pads.Left, pads.Right, Kernel.Width, Stride.Width, Dilation.Width));
    }

    public override Shape? InferShape(Shape input, ErrorSink errors) => Output(Picture.Of(input)).ToShape(Dimensions);

    public override EquatableArray<ParameterSpec> Parameters(Shape input)
    {
        if (IsFixed)
            return default;
        int inputs = input.Sizes[0] / Groups;
        int fanIn = inputs * Kernel.Count;
        int fanOut = Channels * Kernel.Count;
        var weight = new ParameterSpec(
            "weight",
            Dimensions == 1 ? EquatableArray.Of(Channels, inputs, Kernel.Width) : EquatableArray.Of(Channels, inputs, Kernel.Height, Kernel.Width),
            WeightInit, fanIn, fanOut);
        return Bias
            ? EquatableArray.Of(weight, new ParameterSpec("bias", EquatableArray.Of(Channels), BiasInit, fanIn, fanOut))
            : EquatableArray.Of(weight);
    }

    public override Buffer Lower(Node node, Buffer x, LoweringContext context) => throw new NotSupportedException();

    public override long MultiplyAccumulates(Shape input, Shape output) => output.ElementCount * (input.Sizes[0] / Groups) * Kernel.Count;

    public override long FloatingPointOperations(Shape input, Shape output) =>
        (2 * MultiplyAccumulates(input, output)) + (Bias ? output.ElementCount : 0);
}
