using System.Globalization;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>The checks of options that several ops share.</summary>
internal static class Check
{
    public static void Positive(ErrorSink errors, string layer, string option, int value)
    {
        if (value <= 0)
            errors.Report(Rules.NonPositiveSize, layer, option, value.ToString(CultureInfo.InvariantCulture));
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
            errors.Report(Rules.OptionOutOfRange, layer, option + "Scale", "nothing, because Init.Default takes no scale", Text(initializer.Scale));
        else if (initializer.Kind == InitKind.Constant)
            Finite(errors, layer, option + "Scale", initializer.Scale);
        else if (!(initializer.Scale >= 0) || !IsFinite(initializer.Scale))
            errors.Report(Rules.OptionOutOfRange, layer, option + "Scale", "a finite float that is not negative", Text(initializer.Scale));
    }

    /// <summary>Whether the number is finite in the single precision that the network computes in.</summary>
    private static bool IsFinite(double value) => !float.IsNaN((float)value) && !float.IsInfinity((float)value);

    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
