using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>Y = f(X ∗ W + b), a cross-correlation.</summary>
internal sealed record ConvForwardStep : ProductStep
{
    public ConvForwardStep(string method, ConvKernel conv, Buffer x, Buffer y)
        : base(method, x, conv.InputNeed(vectors: y.Order == BufferOrder.Planes || conv.Form == ConvForm.Depthwise), y, BufferNeed.Picture, conv.Both()) => Conv = conv;

    public ConvKernel Conv { get; }

    public override object Variant => (Conv.Code, EpilogueCode);

    public override long MultiplyAccumulates => Conv.MultiplyAccumulates;

    /// <summary>The sum of several biases.</summary>
    public override long Scratch => ConvolutionForward.Scratch(Conv);

    public override bool Fits => X.Shape == Conv.Input && Y.Shape == Conv.Output && Y.Order == Conv.OutputOrder && HasFittingSides && (Conv.Form == ConvForm.Panels || X.Order == Y.Order);

    public override int ScaleLanes => Conv.Form == ConvForm.Rows ? Packing.Panel : 1;

    protected override bool TakesActivation => true;

    protected override bool TakesAddends => true;

    public override Nest ToNest() => ConvolutionForward.Of(this);
}

/// <summary>dX = the correlation of dY with the filter transposed and flipped, times f'(Saved) where an activation's gradient is fused.</summary>
internal sealed record ConvDataGradientStep : DataGradientStep
{
    public ConvDataGradientStep(string method, ConvKernel conv, Buffer dy, Buffer dx)
        : base(method, dy, conv.GradientNeed(vectors: dx.Order == BufferOrder.Planes), dx, BufferNeed.Picture, Operand.Parameter("weight", conv.WeightOffset)) => Conv = conv;

    public ConvKernel Conv { get; }

    public override object Variant => (Conv.Code, EpilogueCode);

    public override long MultiplyAccumulates => Conv.MultiplyAccumulates;

    /// <summary>The repacked filter of one phase, and a line of pixels that are stored a stride apart.</summary>
    public override long Scratch => ConvolutionDataGradient.Scratch(this);

    /// <summary>Whether lanes of pixels lie a stride apart in the result.</summary>
    public bool IsSpread => DX.Order == BufferOrder.Planes && Conv.Op.Stride.Width > 1;

    public override bool Fits => DY.Shape == Conv.Output && DX.Shape == Conv.Input && DX.Order == Conv.GradientOrder && (DX.Order == BufferOrder.ChannelsLast || DY.Order == DX.Order) && HasFittingSides;

    protected override bool TakesDerivative => !IsSpread;

    /// <summary>Where there is one phase.</summary>
    protected override bool TakesStart => Conv.Op.Stride == Size2.Of(1);

    public override Nest ToNest() => ConvolutionDataGradient.Of(this);
}

/// <summary>dW: at each tap the product of dY and X, summed over samples and pixels.</summary>
internal sealed record ConvWeightGradientStep : Step
{
    public ConvWeightGradientStep(string method, ConvKernel conv, Buffer x, Buffer dy)
        : base(method, Operand.Read("x", x, conv.InputNeed(vectors: conv.Form != ConvForm.Panels)), Operand.Read("dy", dy, BufferNeed.Picture), Operand.ParameterGradient("dw", conv.WeightOffset)) => Conv = conv;

    public ConvKernel Conv { get; }

    public Buffer X => this["x"];

    public Buffer DY => this["dy"];

    public override object Variant => Conv.Code;

    public override long MultiplyAccumulates => Conv.MultiplyAccumulates;

    /// <summary>Room to gather channels in.</summary>
    public override long Scratch => ConvolutionWeightGradient.Scratch(this);

    public override bool Fits => X.Shape == Conv.Input && DY.Shape == Conv.Output && DY.Order == Conv.OutputOrder && (Conv.Form == ConvForm.Panels || X.Order == DY.Order);

    public override Nest ToNest() => ConvolutionWeightGradient.Of(this);
}

/// <summary>db = the sum of dY over samples and pixels.</summary>
internal sealed record ConvBiasGradientStep : Step
{
    public ConvBiasGradientStep(string method, ConvKernel conv, Buffer dy)
        : base(method, Operand.Read("dy", dy, BufferNeed.Picture), Operand.ParameterGradient("db", conv.BiasOffset)) => Conv = conv;

    public ConvKernel Conv { get; }

    public Buffer DY => this["dy"];

    public override object Variant => Conv.Biases;

    public override bool Fits => Conv.HasBias && DY.Shape == Conv.Output;

    public override Nest ToNest() => ConvolutionWeightGradient.Of(this);
}
