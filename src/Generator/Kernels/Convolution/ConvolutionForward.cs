using System.Collections.Generic;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>y = f(x ∗ w + b).</summary>
internal static class ConvolutionForward
{
    /// <summary>The sum of several biases.</summary>
    public static long Scratch(ConvKernel kernel) => kernel.Biases > 1 ? Packing.PadToPanel(kernel.Output.Channels) : 0;

    public static Nest Of(ConvForwardStep step)
    {
        ConvKernel k = step.Conv;
        var nest = new NestBuilder(step, ConvolutionDescription.Parameters(k, "weight", "bias"));
        var body = new List<Statement>();
        if (k.Biases > 1)
        {
            int length = (int)Packing.PadToPanel(k.Output.Channels);
            body.Add(new RuntimeCall("RowKernels.Sum", nest["bias"], length, k.Biases, nest["scratch"]));
            body.Add(new Rebind(nest["bias"], nest["scratch"].Start));
        }

        body.Add(Correlation(step, nest).Nest(nest));
        return nest.Build(
            Block(body),
            $"{k.Label} forward, {k.Display}: {k.Input.Display} to {k.Output.Display}{Describe.Epilogue(step)}{Describe.Keeps(step)}",
            ConvolutionDescription.Cost(k) + ConvolutionDescription.Lanes(k.Form));
    }

    private static Correlation Correlation(ConvForwardStep step, NestBuilder nest)
    {
        ConvKernel k = step.Conv;
        (ConvOp op, Buffer x, Buffer y) = (k.Op, step.X, step.Y);
        return new Correlation
        {
            Name = step.Method,
            Comment = $"{k.Label} forward.",
            Form = k.Form,
            Groups = k.Groups,
            Inputs = k.Inputs,
            Outputs = k.Outputs,
            Size = new Size2(k.Output.Height, k.Output.Width),
            X = new CorrelationPicture(
                nest["x"], x, x.Origin - (op.Pads.Top * x.RowStride) - (op.Pads.Left * x.PixelStride), op.Stride.Height * x.RowStride, op.Stride.Width * x.PixelStride),
            Y = new CorrelationPicture(nest["y"], y, y.Origin, y.RowStride, y.PixelStride),
            Weight = nest["weight"],
            Kernel = op.Kernel,
            XTapRow = op.Dilation.Height * x.RowStride,
            XTapColumn = op.Dilation.Width * x.PixelStride,
            Bias = k.HasBias ? nest["bias"] : null,
            Saved = CorrelationSide.Of(nest, "z", step.Z) ?? CorrelationSide.Of(nest, "kept", step.Kept) ?? CorrelationSide.OfChannels(nest, "scale", step.Scale, step.ScaleLanes),
            Start = CorrelationSide.Of(nest, "start", step.Start),
            Addend = CorrelationSide.Of(nest, "addend", step.Addend),
            Scale = step.Scale?.Width / 3,
            Activation = step.Activation,
            ActivatesLast = step.ActivatesLast,
            KeepsInput = step.Z is not null,
            KeepsOutput = step.Kept is not null,
            XFirst = -op.Pads.Top,
        };
    }
}

/// <summary>What the comments of convolutions' kernels share.</summary>
internal static class ConvolutionDescription
{
    public static string Cost(ConvKernel kernel) => $"{Limits.Grouped(kernel.MultiplyAccumulates)} multiply-accumulates a sample; ";

    public static string Lanes(ConvForm form) => form switch
    {
        ConvForm.Panels => "lanes are channels, panels of 16.",
        ConvForm.Depthwise => "lanes are channels, each for itself.",
        _ => "lanes are pixels of a row.",
    };

    /// <summary>Floats of filter and bias.</summary>
    public static (string Name, long Length)[] Parameters(ConvKernel kernel, string weight, string? bias = null)
    {
        long inner = (long)kernel.Inputs * kernel.Taps;
        long length = kernel.Form == ConvForm.Rows ? Packing.PadToPanel(kernel.Output.Channels * inner) : Packing.PadToPanel(kernel.Output.Channels) * inner;
        return bias is null || !kernel.HasBias ? [(weight, length)] : [(weight, length), (bias, kernel.Biases * Packing.PadToPanel(kernel.Output.Channels))];
    }
}
