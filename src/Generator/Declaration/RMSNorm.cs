namespace NetGen.Generator.Compiler.Ops;

/// <summary>x/√(mean of x² + ε) · weight over the last dimensions of a sample: PyTorch's RMSNorm.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="NormalizedShape">The last dimensions; empty: all.</param>
/// <param name="Eps">ε.</param>
/// <param name="HasWeight">Whether there is a weight.</param>
internal sealed record RMSNormOp(string? Name, EquatableArray<int> NormalizedShape, double Eps, bool HasWeight)
    : NormalizedShapeOp(Name, NormalizedShape, Eps, HasWeight, HasBias: false)
{
    /// <summary>The distance from 1 to the next float, as PyTorch has it without an ε.</summary>
    public const double DefaultEps = 1.1920928955078125e-07;

    public override string Kind => "RMSNorm";

    protected override double UsualEps => DefaultEps;
}
