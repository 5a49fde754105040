using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler;

/// <summary>What the kernels of a layer normalisation, or of one by root mean squares, know of it.</summary>
/// <param name="Label">The layer in comments.</param>
/// <param name="Groups">Groups of a sample that are normalised each for itself.</param>
/// <param name="Length">Elements of a group.</param>
/// <param name="Eps">ε.</param>
/// <param name="HasWeight">Whether there is a weight.</param>
/// <param name="HasBias">Whether there is a bias.</param>
/// <param name="IsCentred">Whether the mean is subtracted; else it counts as 0, and the variance is the mean of squares.</param>
internal sealed record LayerNormKernel(string Label, int Groups, int Length, double Eps, bool HasWeight, bool HasBias, bool IsCentred = true)
{
    /// <summary>The function of the runtime; those that keep statistics or compute a gradient have a longer name.</summary>
    public string Function => IsCentred ? "NormKernels.LayerNorm" : "NormKernels.RMSNorm";

    /// <summary>What its methods' code depends on: not its name.</summary>
    public LayerNormKernel Code => this with { Label = "" };

    /// <summary>What is normalised, for comments.</summary>
    public string Description => Groups == 1 ? $"samples of {Describe.Int(Length)}" : $"{Describe.Int(Groups)} groups of {Describe.Int(Length)} a sample";

    /// <summary>A nest with memory of the step's parameters.</summary>
    public NestBuilder Builder(Step step) =>
        new(step, [.. step.Parameters.Select(parameter => (parameter.Name, Packing.PadToPanel(Length)))]);

    public bool Takes(Buffer rows) => rows.Order == BufferOrder.Flat && rows.Width == Groups * Length;

    public bool Keeps(Buffer statistics) => statistics.Order == BufferOrder.Flat && statistics.Width == 2 * Groups;
}

/// <summary>Y = (X − mean)/√(variance + ε) · weight + bias over groups of each row; Statistics keeps mean and 1/√(variance + ε) of each for the gradient.</summary>
internal sealed record LayerNormForwardStep : Step
{
    /// <summary>Elements of rows; what lies behind a row is cleared, so it is no other's.</summary>
    internal static readonly BufferNeed Written = BufferNeed.Elements with { TakesParts = false };

    public LayerNormForwardStep(string method, LayerNormKernel norm, Buffer x, Buffer y, Buffer? statistics, IReadOnlyList<int> parameters)
        : base(method, [
            Operand.Read("x", x, BufferNeed.Elements), Operand.Write("y", y, Written), .. statistics is null ? new Operand[0] : [Operand.Keep("statistics", statistics, Written)],
            .. norm.HasWeight ? [Operand.Parameter("weight", parameters[0])] : new Operand[0], .. norm.HasBias ? [Operand.Parameter("bias", parameters[1])] : new Operand[0]]) => Norm = norm;

    public LayerNormKernel Norm { get; }

    public Buffer X => this["x"];

    public Buffer Y => this["y"];

    public Buffer? Statistics => Operands.Find("statistics")?.Buffer;

    public override object Variant => (Norm.Code, Statistics is null);

    public override bool Fits => Norm.Takes(X) && Norm.Takes(Y) && (Statistics is null || Norm.Keeps(Statistics));

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        (Area x, Area y) = (nest["x"], nest["y"]);
        Argument[] bias = Norm.IsCentred ? [Norm.HasBias ? nest["bias"] : x, Norm.HasBias] : [];
        List<Argument> arguments = [x, X.Stride, y, Y.Stride, Norm.HasWeight ? nest["weight"] : x, Norm.HasWeight, .. bias, Norm.Groups, Norm.Length, Norm.Eps, Variable.Rows];
        if (Statistics is not null)
            arguments.InsertRange(4, [nest["statistics"], Statistics.Stride]);
        return nest.Build(
            new RuntimeCall(Statistics is null ? Norm.Function : Norm.Function + "Keeping", [.. arguments]),
            $"{Norm.Label} forward: {Norm.Description} {(Norm.IsCentred ? "normalised" : "divided by their root mean squares")}{(Norm.HasWeight ? ", times weight" : "")}{(Norm.HasBias ? ", plus bias" : "")}{(Statistics is null ? "." : $"; statistics keeps {(Norm.IsCentred ? "mean and 1/sqrt(variance + eps)" : "0 and 1/sqrt(mean square + eps)")} of each.")}");
    }
}

/// <summary>dX = (g − mean g − X̂ mean(g X̂))/√(variance + ε) with g = dY · weight, means over each group; without <c>mean g</c> where X is not centred.</summary>
internal sealed record LayerNormGradientStep : Step
{
    public LayerNormGradientStep(string method, LayerNormKernel norm, Buffer dy, Buffer x, Buffer statistics, Buffer dx, int? weight)
        : base(method, [
            Operand.Read("dy", dy, BufferNeed.Elements), Operand.Read("x", x, BufferNeed.Elements), Operand.Read("statistics", statistics, BufferNeed.Elements),
            Operand.Write("dx", dx, LayerNormForwardStep.Written), .. weight is { } offset ? [Operand.Parameter("weight", offset)] : new Operand[0]]) => Norm = norm;

    public LayerNormKernel Norm { get; }

    public Buffer DY => this["dy"];

    public Buffer X => this["x"];

    public Buffer Statistics => this["statistics"];

    public Buffer DX => this["dx"];

    public override object Variant => Norm.Code;

    public override bool Fits => Norm.Takes(DY) && Norm.Takes(X) && Norm.Takes(DX) && Norm.Keeps(Statistics);

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall(
                Norm.Function + "Gradient", nest["dy"], DY.Stride, nest["x"], X.Stride, nest["statistics"], Statistics.Stride, nest["dx"], DX.Stride,
                Norm.HasWeight ? nest["weight"] : nest["x"], Norm.HasWeight, Norm.Groups, Norm.Length, Variable.Rows),
            $"{Norm.Label} backward, data: {Norm.Description}.");
    }
}

/// <summary>dweight = the sum of dY X̂ over the groups of all samples.</summary>
internal sealed record LayerNormWeightGradientStep : Step
{
    public LayerNormWeightGradientStep(string method, LayerNormKernel norm, Buffer dy, Buffer x, Buffer statistics, int weight)
        : base(
            method, Operand.Read("dy", dy, BufferNeed.Elements), Operand.Read("x", x, BufferNeed.Elements), Operand.Read("statistics", statistics, BufferNeed.Elements),
            Operand.ParameterGradient("dw", weight)) => Norm = norm;

    public LayerNormKernel Norm { get; }

    public Buffer DY => this["dy"];

    public Buffer X => this["x"];

    public Buffer Statistics => this["statistics"];

    public override object Variant => Norm.Code;

    /// <summary>The sum of a chunk of samples.</summary>
    public override long Scratch => Packing.PadToPanel(Norm.Length);

    public override bool Fits => Norm.Takes(DY) && Norm.Takes(X) && Norm.Keeps(Statistics);

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.LayerNormWeightGradient", nest["dy"], DY.Stride, nest["x"], X.Stride, nest["statistics"], Statistics.Stride, nest["dw"], Norm.Groups, Norm.Length, nest["scratch"], Variable.Rows),
            $"{Norm.Label} backward, weight: dy times the normalised x, summed over {Norm.Description}.");
    }
}

/// <summary>dbias = the sum of dY over the groups of all samples.</summary>
internal sealed record LayerNormBiasGradientStep : Step
{
    public LayerNormBiasGradientStep(string method, LayerNormKernel norm, Buffer dy, int bias)
        : base(method, Operand.Read("dy", dy, BufferNeed.Elements), Operand.ParameterGradient("db", bias)) => Norm = norm;

    public LayerNormKernel Norm { get; }

    public Buffer DY => this["dy"];

    public override object Variant => Norm.Code;

    /// <summary>The sum of a chunk of samples.</summary>
    public override long Scratch => Packing.PadToPanel(Norm.Length);

    public override bool Fits => Norm.Takes(DY);

    public override Nest ToNest()
    {
        NestBuilder nest = Norm.Builder(this);
        return nest.Build(
            new RuntimeCall("NormKernels.LayerNormBiasGradient", nest["dy"], DY.Stride, nest["db"], Norm.Groups, Norm.Length, nest["scratch"], Variable.Rows),
            $"{Norm.Label} backward, bias: dy summed over {Norm.Description}.");
    }
}
