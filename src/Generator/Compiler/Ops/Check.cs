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
        if (!(value > 0) || double.IsInfinity(value))
            errors.Report(Rules.OptionOutOfRange, layer, option, "a positive, finite number", Text(value));
    }

    public static void Finite(ErrorSink errors, string layer, string option, double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
            errors.Report(Rules.OptionOutOfRange, layer, option, "a finite number", Text(value));
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
        else if (!(initializer.Scale >= 0) || double.IsInfinity(initializer.Scale))
            errors.Report(Rules.OptionOutOfRange, layer, option + "Scale", "a finite number that is not negative", Text(initializer.Scale));
    }

    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
