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
    /// <summary>Rows that the runtime keeps, one of each statistic: first those that normalise, and that of the variances at <see cref="VarianceRow"/>.</summary>
    public const int KeptRows = 6;

    /// <summary>Rows that normalise: means, scales and shifts.</summary>
    public const int ScaleRows = 3;

    /// <summary>Rows of sums that the input's gradient needs.</summary>
    public const int SumRows = 2;

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

    /// <summary>Whether a buffer has what is kept.</summary>
    public bool Keeps(Buffer kept) => kept.Width == Kept(Channels);

    /// <summary>Whether a buffer has the sums that the input's gradient needs.</summary>
    public bool Sums(Buffer sums) => sums.Width == SumRows * Row;

    public bool Takes(params Buffer[] pictures) => pictures.All(picture => picture.Shape.Channels == Channels && picture.IsLike(pictures[0]));
}

/// <summary>Mean and variance of each channel, in training the batch's, and what follows from them: all that normalising, its gradients and the running statistics need.</summary>
internal sealed record BatchNormStatisticsStep : Step
{
    public BatchNormStatisticsStep(string method, BatchNormKernel norm, Buffer x, Buffer kept, IReadOnlyList<int> parameters)
        : base(method, [
            Operand.Read("x", x, MapOperand.Read), Operand.Write("kept", kept, BufferNeed.Shared), .. norm.Parameters(parameters), Operand.Scalar("bool", "isTraining")]) => Norm = norm;

    public BatchNormKernel Norm { get; }

    public Buffer X => this["x"];

    public override object Variant => Norm.Code;

    public override bool Fits => Norm.Takes(X) && Norm.Keeps(this["kept"]);

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.BatchNormStatistics", [
                nest["x"], PictureLayout.Of(X), .. Norm.Arguments(nest, "weight", "bias", nest["mean"]), nest["mean"], nest["variance"], nest["kept"], Norm.Eps, new Flag("isTraining"), Variable.Rows]),
            $"{Norm.Label} forward: mean and variance of {Describe.Int(Norm.Channels)} channels, in training the batch's, otherwise the running ones.");
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

    public override bool Fits => Scale.Width == BatchNormKernel.ScaleRows * Lanes * Norm.Row;

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

/// <summary>Y = (X − mean) · scale + shift for each channel; the three numbers are the first rows of what is made of parameters in evaluation, or kept in training.</summary>
internal sealed record NormalizeStep : Step
{
    public NormalizeStep(string method, BatchNormKernel norm, Buffer x, Buffer scale, Buffer y)
        : base(method, Operand.Read("x", x, MapOperand.Read), Operand.Read("scale", scale, BufferNeed.Shared), Operand.Write("y", y, BufferNeed.Picture)) => Norm = norm;

    public BatchNormKernel Norm { get; }

    public Buffer X => this["x"];

    public Buffer Scale => this["scale"];

    public Buffer Y => this["y"];

    public override object Variant => Norm.Code;

    public override bool Fits => Norm.Takes(X, Y) && (Scale.Width == BatchNormKernel.ScaleRows * Norm.Row || Norm.Keeps(Scale));

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.Normalize", nest["x"], PictureLayout.Of(X), nest["y"], PictureLayout.Of(Y), nest["scale"], Variable.Rows),
            $"{Norm.Label}: y = (x - mean) scale + shift for each of {Describe.Int(Norm.Channels)} channels.");
    }
}

/// <summary>The gradients of weight and bias, where there are any, and what that of the input needs, which are sums over the same elements.</summary>
internal sealed record BatchNormSumsStep : Step
{
    public BatchNormSumsStep(string method, BatchNormKernel norm, Buffer dy, Buffer x, Buffer kept, Buffer sums, IReadOnlyList<int> parameters)
        : base(method, [
            Operand.Read("dy", dy, MapOperand.Read), Operand.Read("x", x, MapOperand.Read), Operand.Read("kept", kept, BufferNeed.Shared), Operand.Write("sums", sums, BufferNeed.Shared),
            .. parameters.Select((offset, i) => Operand.ParameterGradient(i == 0 ? "dw" : "db", offset))]) => Norm = norm;

    public BatchNormKernel Norm { get; }

    public Buffer DY => this["dy"];

    public Buffer X => this["x"];

    public override object Variant => Norm.Code;

    public override bool Fits => Norm.Takes(DY, X) && Norm.Keeps(this["kept"]) && Norm.Sums(this["sums"]);

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.BatchNormSums", [
                nest["dy"], PictureLayout.Of(DY), nest["x"], PictureLayout.Of(X), .. Norm.Arguments(nest, "dw", "db", nest["sums"]), nest["kept"], nest["sums"], Variable.Rows]),
            $"{Norm.Label} backward: sums of dy and of dy (x - mean) of {Describe.Int(Norm.Channels)} channels{(Norm.Affine ? ", the gradients of bias and weight" : "")}.");
    }
}

/// <summary>The input's gradient of those sums, a sample at a time.</summary>
internal sealed record BatchNormGradientStep : Step
{
    public BatchNormGradientStep(string method, BatchNormKernel norm, Buffer dy, Buffer x, Buffer kept, Buffer sums, Buffer dx)
        : base(
            method, Operand.Read("dy", dy, MapOperand.Read), Operand.Read("x", x, MapOperand.Read), Operand.Read("kept", kept, BufferNeed.Shared), Operand.Read("sums", sums, BufferNeed.Shared),
            Operand.Write("dx", dx, BufferNeed.Picture)) => Norm = norm;

    public BatchNormKernel Norm { get; }

    public Buffer DY => this["dy"];

    public Buffer X => this["x"];

    public Buffer DX => this["dx"];

    public override object Variant => Norm.Code;

    public override bool Fits => Norm.Takes(DY, X, DX) && Norm.Keeps(this["kept"]) && Norm.Sums(this["sums"]);

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall(
                "NormKernels.BatchNormGradient", nest["dy"], PictureLayout.Of(DY), nest["x"], PictureLayout.Of(X), nest["dx"], PictureLayout.Of(DX), nest["kept"], nest["sums"], Variable.Rows),
            $"{Norm.Label} backward: dx of {Describe.Int(Norm.Channels)} channels.");
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
