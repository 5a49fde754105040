using System.Globalization;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Figures in messages.</summary>
internal static class CostText
{
    /// <summary><c>62 %</c>, rounded down: never 100 % where something is left.</summary>
    public static string Share(long part, long whole) => decimal.Floor(100 * (decimal)part / whole).ToString("0", CultureInfo.InvariantCulture) + " %";

    /// <summary><c>4.5</c>.</summary>
    public static string Ratio(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
