using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler;

/// <summary>Y = f(X Wᵀ + b).</summary>
internal sealed record LinearForwardStep : ProductStep
{
    public LinearForwardStep(string method, LinearKernel linear, Buffer x, Buffer y)
        : base(method, x, linear.InputNeed, y, linear.OutputNeed, linear.Both()) => Linear = linear;

    public LinearKernel Linear { get; }

    public override object Variant => (Linear.Code, EpilogueCode);

    public override long MultiplyAccumulates => Linear.MultiplyAccumulates;

    public override bool Fits => X.Width == Linear.Inputs && Y.Width == Linear.Outputs && HasFittingSides;

    // An activation across samples fills whole vectors, one across 1 to 4 outputs does not.
    protected override bool TakesActivation => Linear.Form != LinearForm.Narrow;

    protected override bool TakesAddends => Linear.Form == LinearForm.Panels;

    public override Nest ToNest() => LinearForward.Of(this);
}

/// <summary>dW = dYᵀ X.</summary>
internal sealed record LinearWeightGradientStep : Step
{
    public LinearWeightGradientStep(string method, LinearKernel linear, Buffer x, Buffer dy)
        : base(method, Operand.Read("x", x, linear.InputNeed), Operand.Read("dy", dy, linear.OutputNeed), Operand.ParameterGradient("dw", linear.WeightOffset)) => Linear = linear;

    public LinearKernel Linear { get; }

    public Buffer X => this["x"];

    public Buffer DY => this["dy"];

    public override object Variant => Linear.Code;

    public override long MultiplyAccumulates => Linear.MultiplyAccumulates;

    /// <summary>Room to gather columns in.</summary>
    public override long Scratch => LinearGather.Of(Linear, X).Scratch;

    public override bool Fits => X.Width == Linear.Inputs && DY.Width == Linear.Outputs;

    public override Nest ToNest() => LinearWeightGradient.Of(this);
}

/// <summary>db = the sum of dY over the samples.</summary>
internal sealed record LinearBiasGradientStep : Step
{
    public LinearBiasGradientStep(string method, LinearKernel linear, Buffer dy)
        : base(method, Operand.Read("dy", dy, BufferNeed.Rows), Operand.ParameterGradient("db", linear.BiasOffset)) => Linear = linear;

    public LinearKernel Linear { get; }

    public Buffer DY => this["dy"];

    public override object Variant => Linear.Code;

    public override bool Fits => Linear.HasBias && DY.Width == Linear.Outputs;

    public override Nest ToNest() => LinearWeightGradient.Of(this);
}

/// <summary>dX = dY W, times f'(Saved) where an activation's gradient is fused.</summary>
internal sealed record LinearDataGradientStep : DataGradientStep
{
    public LinearDataGradientStep(string method, LinearKernel linear, Buffer dy, Buffer dx)
        : base(method, dy, BufferNeed.Rows, dx, BufferNeed.Rows, Operand.Parameter("weight", linear.WeightOffset)) => Linear = linear;

    public LinearKernel Linear { get; }

    public override object Variant => (Linear.Code, EpilogueCode);

    public override long MultiplyAccumulates => Linear.MultiplyAccumulates;

    /// <summary>A column group of the transposed weight.</summary>
    public override long Scratch => LinearDataGradient.Scratch(Linear);

    public override bool Fits => DX.Width == Linear.Inputs && DY.Width == Linear.Outputs && HasFittingSides;

    /// <summary>Tiles of whole panels can.</summary>
    protected override bool TakesStart => Linear.Form != LinearForm.Tiny && DX.Stride >= Packing.Panel;

    public override Nest ToNest() => LinearDataGradient.Of(this);
}
