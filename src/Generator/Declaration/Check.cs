using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>The checks of options that several ops share.</summary>
internal static class Check
{
    public static void Positive(ErrorSink errors, string layer, string option, int value)
    {
        if (value <= 0)
            errors.Report(Rules.NonPositiveSize, layer, option, "must be at least 1, but is " + value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// A length in a picture: none is larger than <see cref="Limits.MaxLength"/>. With all lengths below it, sums of a few never leave an int.
    /// </summary>
    public static void Extent(ErrorSink errors, string layer, string option, Size2 value, int dimensions, bool zero = false)
    {
        if (dimensions == 1 || value.Height == value.Width)
        {
            Extent(errors, layer, option, value.Width, zero);
            return;
        }

        Extent(errors, layer, option + " height", value.Height, zero);
        Extent(errors, layer, option + " width", value.Width, zero);
    }

    private static void Extent(ErrorSink errors, string layer, string option, int value, bool zero)
    {
        if (!zero && value <= 0)
            Positive(errors, layer, option, value);
        else if (value is < 0 or > Limits.MaxLength)
            errors.Report(Rules.OptionOutOfRange, layer, option, string.Format(CultureInfo.InvariantCulture, "at least {0} and at most {1}", zero ? 0 : 1, Limits.MaxLength), value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What takes a flat input gets another.</summary>
    public static void ReportNotFlat(ErrorSink errors, string layer, string display, Shape input) =>
        errors.Report(Rules.NotFlat, layer, input.ToString(), $"put Flatten before it, [Flatten, {display}]");

    /// <summary>Whether the input is of channels and as many dimensions.</summary>
    public static bool IsPicture(ErrorSink errors, string layer, int dimensions, Shape input)
    {
        if (input.Rank == dimensions + 1)
            return true;
        string other = layer.Substring(0, layer.Length - 2) + (dimensions == 1 ? "2d" : "1d");
        errors.Report(
            Rules.NotAPicture, layer, dimensions == 1 ? "channels and length, [c, l]" : "channels, height and width, [c, h, w]", input.ToString(),
            input.Rank == 4 - dimensions ? $"{other} takes that; or declare the input with these dimensions" : "declare the input with these dimensions, and put the layer before Flatten");
        return false;
    }

    /// <summary>Whether a shape is a picture or a sequence with its channels last, as others have it, rather than many channels a few places wide.</summary>
    public static bool HasChannelsLast(Shape shape) => shape.Sizes.ToArray() switch
    {
        [>= 16, >= 16, 1 or 3 or 4] => true,
        [>= 4 and var height, var width, 1] => height == width,
        [>= 16 and var length, >= 1 and <= 4 and var channels] => length >= 16 * channels,
        _ => false,
    };

    /// <summary>The shape with its last dimension first.</summary>
    public static Shape ChannelsFirst(Shape shape) => new(shape.Sizes.Take(shape.Rank - 1).Prepend(shape.Sizes[shape.Rank - 1]).ToEquatableArray());

    /// <summary>Whether windows of this size fit into the padded input.</summary>
    public static bool Fits(ErrorSink errors, string layer, int dimensions, string window, bool fits, Size2 padded, Shape input)
    {
        if (!fits)
            errors.Report(Rules.WindowTooLarge, layer, window, padded.Text(dimensions), input.ToString());
        return fits;
    }

    public static void FiniteNotNegative(ErrorSink errors, string layer, string option, double value)
    {
        if (!(value >= 0) || !IsFinite(value))
            errors.Report(Rules.OptionOutOfRange, layer, option, "a finite float that is not negative", Text(value));
    }

    public static void PositiveFinite(ErrorSink errors, string layer, string option, double value)
    {
        // Below the smallest normal number the inverse overflows.
        if (!((float)value >= 1.17549435e-38f) || !IsFinite(value))
            errors.Report(Rules.OptionOutOfRange, layer, option, "a positive, finite float", Text(value));
    }

    public static void Finite(ErrorSink errors, string layer, string option, double value)
    {
        if (!IsFinite(value))
            errors.Report(Rules.OptionOutOfRange, layer, option, "a finite float", Text(value));
    }

    public static void Initializer(ErrorSink errors, string layer, string option, Initializer initializer)
    {
        if (initializer.Kind is < InitKind.Default or > InitKind.Constant)
            errors.Report(Rules.OptionOutOfRange, layer, option, "a member of Init", ((int)initializer.Kind).ToString(CultureInfo.InvariantCulture));
        if (double.IsNaN(initializer.Scale))
            return;
        if (initializer.Kind == InitKind.Default)
            errors.Report(Rules.OptionOutOfRange, layer, option + "Scale", "an initialiser beside it, because Init.Default has no scale", Text(initializer.Scale));
        else if (initializer.Kind == InitKind.Constant)
            Finite(errors, layer, option + "Scale", initializer.Scale);
        else if (!(initializer.Scale >= 0) || !IsFinite(initializer.Scale))
            errors.Report(Rules.OptionOutOfRange, layer, option + "Scale", "a finite float that is not negative", Text(initializer.Scale));
    }

    /// <summary>Whether the number is finite in the single precision that the network computes in.</summary>
    public static bool IsFinite(double value) => !float.IsNaN((float)value) && !float.IsInfinity((float)value);

    /// <summary>The number as it is written; one that was written as a float, such as <c>0.3f</c>, is not told to the digits of a double.</summary>
    public static string Text(double value) =>
        (float)value is var single && single == value ? single.ToString("R", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);
}
