using System;
using System.Globalization;

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
    public override LayerOp Essence => this with { Name = null, WeightInit = Initializer.Default, BiasInit = Initializer.Default };

    /// <summary>The largest number of phases of a data gradient, one each residue of the strides.</summary>
    private const int MostPhases = 1024;

    public override string Kind => Dimensions == 1 ? "Conv1d" : "Conv2d";

    public override string Display
    {
        get
        {
            string options = (Stride == Size2.Of(1) ? "" : Stride.Option(nameof(Stride), Dimensions))
                + (Padding == default ? "" : Padding.Option(nameof(Padding), Dimensions))
                + (IsSame ? ", SamePadding = true" : "")
                + (Dilation == Size2.Of(1) ? "" : Dilation.Option(nameof(Dilation), Dimensions))
                + (Groups == 1 ? "" : ", Groups = " + Groups.ToString(CultureInfo.InvariantCulture))
                + (IsFixed ? ", FixedWeight = [...]" : Bias ? "" : ", Bias = false");
            return $"{Kind}({Channels.ToString(CultureInfo.InvariantCulture)}, {Kernel.Argument(Dimensions)}{options})";
        }
    }

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

    public override void CheckOptions(ErrorSink errors)
    {
        int before = errors.Errors.Count;
        Check.Positive(errors, Kind, "channels", Channels);
        Check.Positive(errors, Kind, nameof(Groups), Groups);
        Check.Extent(errors, Kind, "kernel", Kernel, Dimensions);
        Check.Extent(errors, Kind, nameof(Stride), Stride, Dimensions);
        Check.Extent(errors, Kind, nameof(Padding), Padding, Dimensions, zero: true);
        Check.Extent(errors, Kind, nameof(Dilation), Dilation, Dimensions);
        Check.Initializer(errors, Kind, "Init", WeightInit);
        Check.Initializer(errors, Kind, "BiasInit", BiasInit);
        if (IsSame && Stride != Size2.Of(1))
            errors.Report(Rules.OptionConflict, Kind, "SamePadding", "a stride", "an output as large as the input exists for a stride of 1 only");
        if (IsSame && Padding != default)
            errors.Report(Rules.OptionConflict, Kind, "SamePadding", "a padding", "it says how much to pad itself");
        for (int i = 0; i < FixedWeight.Count; i++)
        {
            if (!Check.IsFinite(FixedWeight[i]))
                errors.Report(Rules.OptionOutOfRange, Kind, string.Format(CultureInfo.InvariantCulture, "FixedWeight[{0}]", i), "a finite float", Check.Text(FixedWeight[i]));
        }

        if (errors.Errors.Count > before)
            return;
        if (Channels % Groups != 0)
            errors.Report(Rules.Groups, Kind, Groups.ToString(CultureInfo.InvariantCulture), Channels.ToString(CultureInfo.InvariantCulture), "output");
        if ((long)Stride.Height * Stride.Width > MostPhases)
            errors.Report(Rules.OptionOutOfRange, Kind, nameof(Stride), string.Format(CultureInfo.InvariantCulture, "height times width at most {0}", MostPhases), ((long)Stride.Height * Stride.Width).ToString(CultureInfo.InvariantCulture));
        long span = Math.Max((long)Dilation.Height * (Kernel.Height - 1), (long)Dilation.Width * (Kernel.Width - 1)) + 1;
        if (span > GraphBuilder.MaxActivations)
            errors.Report(Rules.OptionOutOfRange, Kind, "the kernel, dilated,", string.Format(CultureInfo.InvariantCulture, "at most {0} rows and columns", GraphBuilder.MaxActivations), span.ToString(CultureInfo.InvariantCulture));
    }

    public override Shape? InferShape(Shape input, ErrorSink errors)
    {
        if (!Check.IsPicture(errors, Kind, Dimensions, input))
            return null;
        int inputs = input.Sizes[0];
        if (inputs % Groups != 0)
        {
            errors.Report(Rules.Groups, Kind, Groups.ToString(CultureInfo.InvariantCulture), inputs.ToString(CultureInfo.InvariantCulture), "input");
            return null;
        }

        Size2 padded = Padded(Picture.Of(input));
        var dilated = new Size2((Dilation.Height * (Kernel.Height - 1)) + 1, (Dilation.Width * (Kernel.Width - 1)) + 1);
        string kernel = "kernel of " + Kernel.Text(Dimensions) + (dilated == Kernel ? "" : $", dilated {dilated.Text(Dimensions)},");
        if (!Check.Fits(errors, Kind, Dimensions, kernel, dilated.Height <= padded.Height && dilated.Width <= padded.Width, padded, input))
            return null;

        double taps = (double)Channels * (inputs / Groups) * Kernel.Height * Kernel.Width;
        if (taps > GraphBuilder.MaxFloats)
        {
            errors.Report(Rules.TooLarge, Kind, taps.ToString("R", CultureInfo.InvariantCulture) + " weights", GraphBuilder.MaxFloats.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        if (IsFixed && FixedWeight.Count != (int)taps)
        {
            string shape = Dimensions == 1 ? Kernel.Text(1) : Kernel.ToString();
            errors.Report(
                Rules.FixedWeightLength, Kind, ((int)taps).ToString(CultureInfo.InvariantCulture),
                string.Format(CultureInfo.InvariantCulture, "{0}x{1}x{2}", Channels, inputs / Groups, shape), FixedWeight.Count.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        return Output(Picture.Of(input)).ToShape(Dimensions);
    }

    /// <summary>The border of zeros around the input, and the one around the output's gradient.</summary>
    public override double BorderCount(Shape input)
    {
        var picture = Picture.Of(input);
        Picture output = Output(picture);
        var kernel = new ConvKernel("", "", this, picture, output, ConvKernel.FormOf(this, picture), 0, -1);
        return Border(picture, kernel.InputNeed(vectors: true).Border) + Border(output, kernel.GradientNeed(vectors: true).Border);

        static double Border(Picture picture, Border border) =>
            ((double)picture.Channels * (picture.Height + border.Top + border.Bottom) * (picture.Width + border.Left + border.Right)) - picture.Count;
    }

    private Size2 Padded(Picture input)
    {
        Border pads = Pads;
        return new Size2(input.Height + pads.Top + pads.Bottom, input.Width + pads.Left + pads.Right);
    }

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

    public override Buffer Lower(Node node, Buffer x, LoweringContext context)
    {
        ConvKernel kernel = context.Convolution(node);
        if (IsFixed)
            return LowerFixed(node, kernel, x, context);

        // Where lanes are output channels, the input's elements are taken one by one, so few planes will do as they lie; many would each be on a page of its own.
        if (kernel.Form != ConvForm.Panels || x.Shape.Channels >= Packing.Panel)
            x = context.As(x, kernel.OutputOrder, kernel.Input);
        Buffer y = context.Workspace(node.Stem, kernel.Output, kernel.OutputOrder);
        context.Add(new ConvForwardStep(node.Stem + "Forward", kernel, x, y));
        context.Differentiate((dy, backward) =>
        {
            Buffer lanes = backward.As(dy, kernel.OutputOrder, kernel.Output);
            backward.Add(new ConvWeightGradientStep(node.Stem + "BackwardWeights", kernel, x, lanes));
            if (Bias)
                backward.Add(new ConvBiasGradientStep(node.Stem + "BackwardBias", kernel, lanes));
            if (kernel.GradientOrder == BufferOrder.Planes)
                lanes = backward.As(dy, BufferOrder.Planes, kernel.Output);
            Buffer dx = backward.Workspace("d" + x.Name, kernel.Input, kernel.GradientOrder);
            backward.Add(new ConvDataGradientStep(node.Stem + "BackwardData", kernel, lanes, dx));
            return dx;
        });
        return y;
    }

    private static Buffer LowerFixed(Node node, ConvKernel kernel, Buffer x, LoweringContext context)
    {
        x = context.As(x, BufferOrder.Planes, kernel.Input);
        Buffer y = context.Workspace(node.Stem, kernel.Output, BufferOrder.Planes);
        context.Add(new FixedConvStep(node.Stem + "Forward", FixedFilter.Forward(kernel), x, y));
        context.Differentiate((dy, backward) =>
        {
            dy = backward.As(dy, BufferOrder.Planes, kernel.Output);
            Buffer dx = backward.Gradient(x);
            backward.Add(new FixedConvStep(node.Stem + "BackwardData", FixedFilter.Gradient(kernel), dy, dx));
            return dx;
        });
        return y;
    }

    public override long MultiplyAccumulates(Shape input, Shape output) => output.ElementCount * (input.Sizes[0] / Groups) * Kernel.Count;
}
