using System;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>dw: at each tap dy times x, summed over the pixels of all samples; db: dy summed over them.</summary>
internal static class ConvolutionWeightGradient
{
    public static long Scratch(ConvWeightGradientStep step) => step.Conv.Form == ConvForm.Rows ? 0 : OuterGradientPlan.Create(step.Conv, step.X, step.DY).Scratch;

    public static Nest Of(ConvWeightGradientStep step)
    {
        ConvKernel k = step.Conv;
        var nest = new NestBuilder(step, ConvolutionDescription.Parameters(k, "dw"));
        return nest.Build(
            k.Form == ConvForm.Rows ? new DotGradient(step, nest).Body() : new OuterGradient(step, nest).Body(),
            $"{k.Label} backward, weights: at each tap dy times x, summed over the pixels of all samples.",
            ConvolutionDescription.Cost(k) + ConvolutionDescription.Lanes(k.Form));
    }

    public static Nest Of(ConvBiasGradientStep step)
    {
        ConvKernel k = step.Conv;
        int length = (int)Packing.PadToPanel(k.Output.Channels);
        var nest = new NestBuilder(step, ("db", (long)k.Biases * length));
        Statement sum = new RuntimeCall("PictureKernels.BiasGradient", nest["dy"], PictureLayout.Of(step.DY), nest["db"], Variable.Rows);
        return nest.Build(
            k.Biases == 1 ? sum : Block(sum, new RuntimeCall("RowKernels.Copy", nest["db"], 0, nest["db"].At(length), length, length, k.Biases - 1)),
            $"{k.Label} backward, bias: dy summed over the pixels of all samples.");
    }
}

/// <summary>A chunk of a sum over pixels: samples, or some lines of pixels of one sample.</summary>
internal sealed record PixelChunk(Number Sample, Number Line, Number Samples, Number Lines, Condition IsFirst)
{
    /// <summary>A range over the chunks.</summary>
    public static Statement Over(ConvKernel k, int samples, int rows, Func<PixelChunk, Statement> body)
    {
        if (rows < k.Output.Height)
        {
            return NestBuilder.Over("first", Variable.Rows, 1, RangeRole.Chunks, first => NestBuilder.Over("line", 0, k.Output.Height, rows, RangeRole.Chunks, line => body(new PixelChunk(
                first, line, Number.One, TapLoops.Length(line, rows, k.Output.Height)!, (first + line).IsEqualTo(Number.Zero)))));
        }

        return NestBuilder.Over("first", Variable.Rows, samples, RangeRole.Chunks, first =>
        {
            Condition isFirst = first.IsEqualTo(Number.Zero);
            if (samples == 1)
                return body(new PixelChunk(first, Number.Zero, Number.One, k.Output.Height, isFirst));
            var count = new Variable("count", NumberType.Int);
            return Block(
                new Declare(count, Number.If(Variable.Rows - first < samples, Variable.Rows - first, samples).As(NumberType.Int)),
                body(new PixelChunk(first, Number.Zero, count, k.Output.Height, isFirst)));
        });
    }
}
