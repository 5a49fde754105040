using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>x/√(mean of x² + ε) · weight over the last dimensions of a sample: PyTorch's RMSNorm.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="NormalizedShape">The last dimensions; empty: all.</param>
/// <param name="Eps">ε.</param>
/// <param name="HasWeight">Whether there is a weight.</param>
internal sealed record RMSNormOp(string? Name, EquatableArray<int> NormalizedShape, double Eps, bool HasWeight) : LayerOp(Name)
{
    /// <summary>The distance from 1 to the next float, as PyTorch has it without an ε.</summary>
    public const double DefaultEps = 1.1920928955078125e-07;

    public override string Kind => "RMSNorm";

    public override string Display
    {
        get
        {
            string[] arguments =
            [
                .. NormalizedShape.Select(size => size.ToString(CultureInfo.InvariantCulture)),
                .. Eps == DefaultEps ? new string[0] : ["Eps = " + Check.Text(Eps)],
                .. HasWeight ? new string[0] : ["ElementwiseAffine = false"],
            ];
            return arguments.Length == 0 ? Kind : $"{Kind}({string.Join(", ", arguments)})";
        }
    }

    public override void CheckOptions(ErrorSink errors)
    {
        foreach (int size in NormalizedShape)
            Check.Positive(errors, Kind, "size", size);
        Check.FiniteNotNegative(errors, Kind, "Eps", Eps);
    }
}
