using System;
using System.Globalization;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>A cross-correlation with a bias, PyTorch's Conv1d and Conv2d.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Dimensions">1 or 2; of one dimension, heights are 1 and their padding 0.</param>
/// <param name="Channels">Output channels.</param>
/// <param name="Kernel">The filter's size.</param>
internal sealed record ConvOp(string? Name, int Dimensions, int Channels, Size2 Kernel) : LayerOp(Name)
{
    /// <summary>Distance of two windows.</summary>
    public Size2 Stride { get; init; } = Size2.Of(1);

    /// <summary>Zeros on each side; unused with <see cref="IsSame"/>.</summary>
    public Size2 Padding { get; init; }

    /// <summary>Padding such that the output is as large as the input; an odd one has its larger half behind, as in PyTorch.</summary>
    public bool IsSame { get; init; }

    /// <summary>Distance of two taps.</summary>
    public Size2 Dilation { get; init; } = Size2.Of(1);

    /// <summary>Groups of channels that see only each other.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether there is a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>The weight's initialiser.</summary>
    public Initializer WeightInit { get; init; } = Initializer.Default;

    /// <summary>The bias's initialiser.</summary>
    public Initializer BiasInit { get; init; } = Initializer.Default;

    /// <summary>A filter that is not trained, <c>[channels, in / groups, kh, kw]</c>; empty: the filter is a parameter.</summary>
    public EquatableArray<double> FixedWeight { get; init; }

    public override Op Essence => this with { Name = null, WeightInit = Initializer.Default, BiasInit = Initializer.Default };

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
        if (span > Limits.MaxLength)
            errors.Report(Rules.OptionOutOfRange, Kind, "the kernel, dilated,", string.Format(CultureInfo.InvariantCulture, "at most {0} rows and columns", Limits.MaxLength), span.ToString(CultureInfo.InvariantCulture));
    }
}
