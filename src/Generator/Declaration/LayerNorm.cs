using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>(x − mean)/√(variance + ε) · weight + bias over the last dimensions of a sample: PyTorch's LayerNorm.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="NormalizedShape">The last dimensions; empty: all.</param>
/// <param name="Eps">ε.</param>
/// <param name="HasWeight">Whether there is a weight.</param>
/// <param name="HasBias">Whether there is a bias.</param>
internal sealed record LayerNormOp(string? Name, EquatableArray<int> NormalizedShape, double Eps, bool HasWeight, bool HasBias) : LayerOp(Name)
{
    public const double DefaultEps = 1e-5;

    public override string Kind => "LayerNorm";

    public override string Display
    {
        get
        {
            string[] arguments =
            [
                .. NormalizedShape.Select(size => size.ToString(CultureInfo.InvariantCulture)),
                .. Eps == DefaultEps ? new string[0] : ["Eps = " + Check.Text(Eps)],
                .. HasWeight ? HasBias ? new string[0] : ["Bias = false"] : ["ElementwiseAffine = false"],
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
