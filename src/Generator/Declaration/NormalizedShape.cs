using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>What normalises groups of elements, those of the last dimensions of a sample: LayerNorm, and RMSNorm, which is a LayerNorm whose mean is 0.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="NormalizedShape">The last dimensions; empty: all.</param>
/// <param name="Eps">ε.</param>
/// <param name="HasWeight">Whether there is a weight.</param>
/// <param name="HasBias">Whether there is a bias, beside a weight only.</param>
internal abstract record NormalizedShapeOp(string? Name, EquatableArray<int> NormalizedShape, double Eps, bool HasWeight, bool HasBias) : LayerOp(Name)
{
    public sealed override string Display
    {
        get
        {
            string[] arguments = [.. NormalizedShape.Select(size => size.ToString(CultureInfo.InvariantCulture)), .. Eps == UsualEps ? new string[0] : ["Eps = " + Check.Text(Eps)], .. Affine];
            return arguments.Length == 0 ? Kind : $"{Kind}({string.Join(", ", arguments)})";
        }
    }

    /// <summary>The sizes of a group of a sample.</summary>
    public EquatableArray<int> Group(Shape input) => NormalizedShape.Count == 0 ? input.Sizes : NormalizedShape;

    /// <summary>Elements of a group.</summary>
    public int Length(Shape input) => Group(input).Aggregate(1, (product, size) => product * size);

    /// <summary>ε where the user gives none.</summary>
    protected abstract double UsualEps { get; }

    /// <summary>The options about weight and bias that are not as usual.</summary>
    protected virtual string[] Affine => HasWeight ? [] : ["ElementwiseAffine = false"];

    public sealed override void CheckOptions(ErrorSink errors)
    {
        foreach (int size in NormalizedShape)
            Check.Positive(errors, Kind, "size", size);
        Check.FiniteNotNegative(errors, Kind, "Eps", Eps);
    }
}
