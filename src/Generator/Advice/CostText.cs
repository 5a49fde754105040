using System.Globalization;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Figures in messages.</summary>
internal static class CostText
{
    /// <summary><c>101,770</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>62 %</c>, rounded down: never 100 % where something is left.</summary>
    public static string Share(long part, long whole) => decimal.Floor(100 * (decimal)part / whole).ToString("0", CultureInfo.InvariantCulture) + " %";

    /// <summary><c>4.5</c>.</summary>
    public static string Ratio(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>A layer as the summary names it: <c>fc1 Linear(128)</c>.</summary>
    public static string Layer(LayerCost layer) => $"{layer.Node.Key} {layer.Node.Op.Display}";
}
