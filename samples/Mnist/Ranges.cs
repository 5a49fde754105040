using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace NetGen.Samples.Mnist;

/// <summary>Options that take numbers of a range; the samples share this file.</summary>
internal static class Ranges
{
    /// <summary>Refuses other numbers before the program starts. What is no number at all is told already.</summary>
    /// <param name="option">The option.</param>
    /// <param name="least">The least number.</param>
    /// <param name="most">The largest.</param>
    public static void Require(this Option option, double least, double most = double.PositiveInfinity) => option.Validators.Add(result =>
    {
        foreach (Token token in result.Tokens)
        {
            if (double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && !(value >= least && value <= most))
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"Expected {option.Name} to be {(double.IsFinite(most) ? $"from {least} to {most}" : $"at least {least}")}, but got {token.Value}."));
        }
    });
}
