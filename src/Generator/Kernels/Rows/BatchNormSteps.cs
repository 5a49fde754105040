using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>What the kernels of a batch normalisation know of it.</summary>
/// <param name="Label">The layer in comments.</param>
/// <param name="Channels">Channels that are normalised each for itself.</param>
/// <param name="Eps">ε.</param>
/// <param name="Affine">Whether there are weight and bias.</param>
internal sealed record BatchNormKernel(string Label, int Channels, double Eps, bool Affine)
{
    /// <summary>Rows that the runtime keeps, one of each statistic; that of the variances is at <see cref="VarianceRow"/>.</summary>
    private const int KeptRows = 6;

    private const int VarianceRow = 3;

    /// <summary>What its methods' code depends on: not its name.</summary>
    public BatchNormKernel Code => this with { Label = "" };

    /// <summary>Floats of a row of channels.</summary>
    public int Row => (int)Packing.PadToPanel(Channels);

    /// <summary>Where the variances start in what is kept.</summary>
    public int Variance => VarianceRow * Row;

    /// <summary>Floats that are kept for the gradient.</summary>
    public static int Kept(int channels) => KeptRows * (int)Packing.PadToPanel(channels);

    /// <summary>Weight and bias, and mean and variance, as operands.</summary>
    public Operand[] Parameters(IReadOnlyList<int> offsets)
    {
        string[] names = Affine ? ["weight", "bias", "mean", "variance"] : ["mean", "variance"];
        return [.. names.Select((name, i) => Operand.Parameter(name, offsets[i]))];
    }

    /// <summary>A nest with memory of the step's parameters, the count of batches a panel of its own.</summary>
    public NestBuilder Builder(Step step) => new(step, [.. step.Parameters.Select(parameter => (parameter.Name, parameter.Name == "batches" ? Packing.Panel : (long)Row))]);

    /// <summary>The arguments of weight and bias.</summary>
    public Argument[] Arguments(NestBuilder nest, string weight, string bias, Area unused) => Affine ? [nest[weight], nest[bias], true] : [unused, unused, false];

    public bool Takes(params Buffer[] pictures) => pictures.All(picture => picture.Shape.Channels == Channels && picture.IsLike(pictures[0]));
}

/// <summary>Y = (X − mean)/√(variance + ε) · weight + bias for each channel, and what gradient and running statistics need.</summary>
internal sealed record BatchNormForwardStep : Step
{
    public BatchNormForwardStep(string method, BatchNormKernel norm, Buffer x, Buffer y, Buffer kept, IReadOnlyList<int> parameters)
        : base(method, [
            Operand.Read("x", x, MapOperand.Read), Operand.Write("y", y, BufferNeed.Picture), Operand.Keep("kept", kept, BufferNeed.Shared),
            .. norm.Parameters(parameters), Operand.Scalar("bool", "isTraining")]) => Norm = norm;

    public BatchNormKernel Norm { get; }

    public Buffer X => this["x"];

    public Buffer Y => this["y"];

    public override object Variant => Norm.Code;

    public override bool Fits => Norm.Takes(X, Y);

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.BatchNorm", [
                nest["x"], PictureLayout.Of(X), nest["y"], PictureLayout.Of(Y), .. Norm.Arguments(nest, "weight", "bias", nest["mean"]),
                nest["mean"], nest["variance"], nest["kept"], Norm.Eps, new Flag("isTraining"), Variable.Rows]),
            $"{Norm.Label} forward: {Describe.Int(Norm.Channels)} channels normalised, in training by the batch's mean and variance, otherwise by the running ones.");
    }
}

/// <summary>Mean, weight/√(variance + ε) and bias of each channel in evaluation.</summary>
internal sealed record BatchNormScaleStep : Step
{
    public BatchNormScaleStep(string method, BatchNormKernel norm, Buffer scale, IReadOnlyList<int> parameters)
        : base(method, [Operand.Write("scale", scale, BufferNeed.Shared), .. norm.Parameters(parameters)]) => Norm = norm;

    public BatchNormKernel Norm { get; }

    public Buffer Scale => this["scale"];

    /// <summary>How often each number stands there.</summary>
    public int Lanes { get; private init; } = 1;

    public override object Variant => (Norm.Code, Lanes);

    public override bool Fits => Scale.Width == 3 * Lanes * Norm.Row;

    /// <summary>The same with each number several times.</summary>
    /// <param name="lanes">How often.</param>
    /// <param name="id">The number of the buffer.</param>
    public BatchNormScaleStep Spread(int lanes, int id)
    {
        Buffer spread = Scale with { Id = id, Shape = new Picture(lanes * Scale.Width, 1, 1) };
        return this with { Lanes = lanes, Operands = Operands.Set("scale", spread), Method = Method + "Spread" };
    }

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.BatchNormScale", [.. Norm.Arguments(nest, "weight", "bias", nest["mean"]), nest["mean"], nest["variance"], nest["scale"], Norm.Channels, Lanes, Norm.Eps]),
            $"{Norm.Label} in evaluation: mean, weight / sqrt(variance + eps) and bias of each channel, three rows{(Lanes > 1 ? $", each number {Describe.Int(Lanes)} times" : "")}.");
    }
}

/// <summary>Y = (X − mean) · scale + shift for each channel.</summary>
internal sealed record NormalizeStep : Step
{
    public NormalizeStep(string method, BatchNormKernel norm, Buffer x, Buffer scale, Buffer y)
        : base(method, Operand.Read("x", x, MapOperand.Read), Operand.Read("scale", scale, BufferNeed.Shared), Operand.Write("y", y, BufferNeed.Picture)) => Norm = norm;

    public BatchNormKernel Norm { get; }

    public Buffer X => this["x"];

    public Buffer Scale => this["scale"];

    public Buffer Y => this["y"];

    public override object Variant => Norm.Code;

    public override bool Fits => Norm.Takes(X, Y) && Scale.Width == 3 * Norm.Row;

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.Normalize", nest["x"], PictureLayout.Of(X), nest["y"], PictureLayout.Of(Y), nest["scale"], Variable.Rows),
            $"{Norm.Label} in evaluation: y = (x - mean) scale + shift for each of {Describe.Int(Norm.Channels)} channels.");
    }
}

/// <summary>The gradients of input, weight and bias, which are sums over the same elements.</summary>
internal sealed record BatchNormGradientStep : Step
{
    public BatchNormGradientStep(string method, BatchNormKernel norm, Buffer dy, Buffer x, Buffer kept, Buffer dx, int? weight, int? bias)
        : base(method, [
            Operand.Read("dy", dy, MapOperand.Read), Operand.Read("x", x, MapOperand.Read), Operand.Read("kept", kept, BufferNeed.Shared), Operand.Write("dx", dx, BufferNeed.Picture),
            .. weight is { } w ? [Operand.ParameterGradient("dw", w)] : new Operand[0], .. bias is { } b ? [Operand.ParameterGradient("db", b)] : new Operand[0]]) => Norm = norm;

    public BatchNormKernel Norm { get; }

    /// <summary>It sums over the batch, whether or not weight and bias want these sums.</summary>
    public override bool MixesSamples => true;

    public Buffer DY => this["dy"];

    public Buffer X => this["x"];

    public Buffer DX => this["dx"];

    public override object Variant => Norm.Code;

    /// <summary>Two sums a channel.</summary>
    public override long Scratch => 2 * Norm.Row;

    public override bool Fits => Norm.Takes(DY, X, DX);

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.BatchNormGradient", [
                nest["dy"], PictureLayout.Of(DY), nest["x"], PictureLayout.Of(X), nest["dx"], PictureLayout.Of(DX), .. Norm.Arguments(nest, "dw", "db", nest["scratch"]),
                nest["kept"], nest["scratch"], Variable.Rows]),
            $"{Norm.Label} backward: dx{(Norm.Affine ? ", dweight and dbias" : "")} of {Describe.Int(Norm.Channels)} channels.");
    }
}

/// <summary>Y = the batch's statistic in training, the running one otherwise; Flag = whether it is training.</summary>
internal sealed record SelectStatisticStep : Step
{
    public SelectStatisticStep(string method, Buffer batch, int running, Buffer y, Buffer flag)
        : base(
            method, Operand.Read("x", batch, BufferNeed.Shared), Operand.Write("y", y, BufferNeed.Shared), Operand.Keep("flag", flag, BufferNeed.Shared),
            Operand.Parameter("running", running), Operand.Scalar("bool", "isTraining"))
    {
    }

    public Buffer Y => this["y"];

    public override bool Fits => this["x"].IsLike(Y);

    public override Nest ToNest()
    {
        var nest = new NestBuilder(this, ("running", Packing.PadToPanel(Y.Width)));
        return nest.Build(
            new RuntimeCall("NormKernels.SelectStatistic", nest["x"], nest["running"], nest["y"], nest["flag"], Y.Width, new Flag("isTraining")),
            $"The batch's statistic of {Describe.Int(Y.Width)} channels in training, the running one otherwise.");
    }
}

/// <summary>The running statistics move towards the batch's, and one batch more is counted.</summary>
internal sealed record RunningStatisticsStep : Step
{
    public RunningStatisticsStep(string method, BatchNormKernel norm, BatchNormOp op, int pixels, IReadOnlyList<Buffer> batch, IReadOnlyList<int> state)
        : base(method, [
            .. batch.Select((buffer, i) => Operand.Read(batch.Count == 1 ? "kept" : i == 0 ? "batchMean" : "batchVariance", buffer, BufferNeed.Shared)),
            Operand.State("mean", state[0]), Operand.State("variance", state[1]), Operand.State("batches", state[2])]) => (Norm, Op, Pixels) = (norm, op, pixels);

    public BatchNormKernel Norm { get; }

    public BatchNormOp Op { get; }

    /// <summary>Values of a channel in a sample.</summary>
    public int Pixels { get; }

    public override object Variant => (Norm.Code, Op.Momentum, Pixels);

    public override bool Fits => true;

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        (Place mean, Place variance) = nest.Has("kept") ? (nest["kept"].Start, nest["kept"].At(Norm.Variance)) : (nest["batchMean"].Start, nest["batchVariance"].Start);
        return nest.Build(
            new RuntimeCall(
                "NormKernels.UpdateRunningStatistics", mean, variance, nest["mean"], nest["variance"], nest["batches"], Norm.Channels, Pixels,
                Op.IsCumulative, Op.IsCumulative ? 0.0 : Op.Momentum, Variable.Rows),
            $"{Norm.Label}: the running mean and variance {(Op.IsCumulative ? "are those of all batches" : "move towards the batch's")}.");
    }
}
