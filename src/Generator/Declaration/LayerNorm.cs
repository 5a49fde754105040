namespace NetGen.Generator.Compiler.Ops;

/// <summary>(x − mean)/√(variance + ε) · weight + bias over the last dimensions of a sample: PyTorch's LayerNorm.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="NormalizedShape">The last dimensions; empty: all.</param>
/// <param name="Eps">ε.</param>
/// <param name="HasWeight">Whether there is a weight.</param>
/// <param name="HasBias">Whether there is a bias.</param>
internal sealed record LayerNormOp(string? Name, EquatableArray<int> NormalizedShape, double Eps, bool HasWeight, bool HasBias)
    : NormalizedShapeOp(Name, NormalizedShape, Eps, HasWeight, HasBias)
{
    public const double DefaultEps = 1e-5;

    public override string Kind => "LayerNorm";

    protected override double UsualEps => DefaultEps;

    protected override string[] Affine => HasWeight && !HasBias ? ["Bias = false"] : base.Affine;
}
