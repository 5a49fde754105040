using System.Collections.Generic;
using System.Globalization;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class ConvRule : LayerRule<ConvOp>
{
    protected override Shape? InferShape(ConvOp op, Shape input, ErrorSink errors)
    {
        if (!Check.IsPicture(errors, op.Kind, op.Dimensions, input))
            return null;
        int inputs = input.Sizes[0];
        if (inputs % op.Groups != 0)
        {
            errors.Report(Rules.Groups, op.Kind, op.Groups.ToString(CultureInfo.InvariantCulture), inputs.ToString(CultureInfo.InvariantCulture), "input");
            return null;
        }

        Size2 padded = Padded(op, Picture.Of(input));
        var dilated = new Size2((op.Dilation.Height * (op.Kernel.Height - 1)) + 1, (op.Dilation.Width * (op.Kernel.Width - 1)) + 1);
        string kernel = "kernel of " + op.Kernel.Text(op.Dimensions) + (dilated == op.Kernel ? "" : $", dilated {dilated.Text(op.Dimensions)},");
        if (!Check.Fits(errors, op.Kind, op.Dimensions, kernel, dilated.Height <= padded.Height && dilated.Width <= padded.Width, padded, input))
            return null;

        double taps = (double)op.Channels * (inputs / op.Groups) * op.Kernel.Height * op.Kernel.Width;
        if (taps > Limits.MaxFloats)
        {
            errors.Report(Rules.TooLarge, op.Kind, taps.ToString("R", CultureInfo.InvariantCulture) + " weights", Limits.MaxFloats.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        if (op.IsFixed && op.FixedWeight.Count != (int)taps)
        {
            string shape = op.Dimensions == 1 ? op.Kernel.Text(1) : op.Kernel.ToString();
            errors.Report(
                Rules.FixedWeightLength, op.Kind, ((int)taps).ToString(CultureInfo.InvariantCulture),
                string.Format(CultureInfo.InvariantCulture, "{0}x{1}x{2}", op.Channels, inputs / op.Groups, shape), op.FixedWeight.Count.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        return op.Output(Picture.Of(input)).ToShape(op.Dimensions);
    }

    /// <summary>The border of zeros around the input, and the one around the output's gradient.</summary>
    protected override double BorderCount(ConvOp op, Shape input)
    {
        var picture = Picture.Of(input);
        Picture output = op.Output(picture);
        var kernel = new ConvKernel("", "", op, picture, output, ConvKernel.FormOf(op, picture), 0, -1);
        return Border(picture, kernel.InputNeed(vectors: true).Border) + Border(output, kernel.GradientNeed(vectors: true).Border);

        static double Border(Picture picture, Border border) =>
            ((double)picture.Channels * (picture.Height + border.Top + border.Bottom) * (picture.Width + border.Left + border.Right)) - picture.Count;
    }

    protected override EquatableArray<ParameterSpec> Parameters(ConvOp op, Shape input)
    {
        if (op.IsFixed)
            return default;
        int inputs = input.Sizes[0] / op.Groups;
        int fanIn = inputs * op.Kernel.Count;
        int fanOut = op.Channels * op.Kernel.Count;
        var weight = new ParameterSpec(
            "weight",
            op.Dimensions == 1 ? EquatableArray.Of(op.Channels, inputs, op.Kernel.Width) : EquatableArray.Of(op.Channels, inputs, op.Kernel.Height, op.Kernel.Width),
            op.WeightInit, fanIn, fanOut);
        return op.Bias
            ? EquatableArray.Of(weight, new ParameterSpec("bias", EquatableArray.Of(op.Channels), op.BiasInit, fanIn, fanOut))
            : EquatableArray.Of(weight);
    }

    protected override long MultiplyAccumulates(ConvOp op, Shape input, Shape output) => output.ElementCount * (input.Sizes[0] / op.Groups) * op.Kernel.Count;

    protected override IReadOnlyList<Value?> Gradient(ConvOp op, Node node, Value gradient, GradientBuilder builder)
    {
        if (op.IsFixed)
            return [builder.Part(node, 0, gradient)];
        Value weight = builder.Part(node, 1, gradient, node.Inputs[0]);
        Value? bias = op.Bias ? builder.Part(node, 2, gradient) : null;
        return [builder.Part(node, 0, gradient, node.Inputs[1]), weight, bias];
    }

    protected override IEnumerable<NodeLayouts> Layouts(ConvOp op, Node node, Layouts layouts)
    {
        ConvKernel kernel = Kernel(op, node);
        return [NodeLayouts.Of(Output(kernel)) with { Reads = EquatableArray.Of(Input(kernel, layouts[node.Inputs[0]])) }];
    }

    protected override IEnumerable<NodeLayouts> GradientLayouts(ConvOp op, Node node, Layouts layouts)
    {
        ConvKernel kernel = Kernel(op, node.Of!);
        Layout dy = Output(kernel);
        var dx = new Layout(op.IsFixed ? BufferOrder.Planes : kernel.GradientOrder, kernel.Input);
        return [((GradientOp)node.Op).Input switch
        {
            1 => NodeLayouts.Of(null, dy) with { Reads = EquatableArray.Of(new Reading(dy), Input(kernel, layouts.Found(node.Of!, 0))) },
            2 => NodeLayouts.Of(null, dy),
            _ => NodeLayouts.Of(dx, dx.Order == BufferOrder.Planes ? dy with { Order = BufferOrder.Planes } : dy),
        }];
    }

    protected override void Lower(ConvOp op, Node node, LoweringContext context)
    {
        ConvKernel kernel = context.Convolution(node);
        Buffer x = context.Read(node);
        Buffer y = context.Result(node, node.Stem);
        context.Add(op.IsFixed
            ? new FixedConvStep(node.Stem + "Forward", FixedFilter.Forward(kernel), x, y)
            : new ConvForwardStep(node.Stem + "Forward", kernel, x, y));
    }

    protected override void LowerGradient(ConvOp op, Node node, LoweringContext context)
    {
        ConvKernel kernel = context.Convolution(node.Of!);
        switch (((GradientOp)node.Op).Input)
        {
            case 1:
                Buffer x = context.Read(node, 1);
                context.Add(new ConvWeightGradientStep(node.Stem + "BackwardWeights", kernel, x, context.Read(node)));
                break;
            case 2:
                context.Add(new ConvBiasGradientStep(node.Stem + "BackwardBias", kernel, context.Read(node)));
                break;
            default:
                Buffer dy = context.Read(node);
                Buffer dx = context.Gradient(node);
                context.Add(op.IsFixed
                    ? new FixedConvStep(node.Stem + "BackwardData", FixedFilter.Gradient(kernel), dy, dx)
                    : new ConvDataGradientStep(node.Stem + "BackwardData", kernel, dy, dx));
                break;
        }
    }

    /// <summary>
    /// Where lanes are output channels, the input's elements are taken one by one, so few planes will do as they lie; many would each be on a page of its own.
    /// The order of the terms follows from how they lie at first, so they are read so whatever becomes of the value.
    /// </summary>
    private static Reading Input(ConvKernel kernel, Layout lies) => !kernel.Op.IsFixed && kernel.Form == ConvForm.Panels && kernel.Input.Channels < Packing.Panel
        ? new Reading(lies.Order == BufferOrder.Flat ? new Layout(BufferOrder.Planes, kernel.Input) : lies)
        : new Reading(Output(kernel) with { Shape = kernel.Input });

    private static Layout Output(ConvKernel kernel) => new(kernel.Op.IsFixed ? BufferOrder.Planes : kernel.OutputOrder, kernel.Output);

    /// <summary>A convolution's kernel, wherever its parameters lie.</summary>
    private static ConvKernel Kernel(ConvOp op, Node node)
    {
        var input = Picture.Of(node.Input);
        return new ConvKernel("", "", op, input, Picture.Of(node.Output), ConvKernel.FormOf(op, input), 0, -1);
    }

    private static Size2 Padded(ConvOp op, Picture input)
    {
        Border pads = op.Pads;
        return new Size2(input.Height + pads.Top + pads.Bottom, input.Width + pads.Left + pads.Right);
    }
}
