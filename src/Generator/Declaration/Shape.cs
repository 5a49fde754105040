using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>The shape of one sample, without the batch.</summary>
internal sealed record Shape(EquatableArray<int> Sizes)
{
    public static Shape Flat(int features) => new(EquatableArray.Of(features));

    public int Rank => Sizes.Count;

    public bool IsFlat => Rank == 1;

    public long ElementCount => Sizes.Aggregate(1L, (product, size) => product * size);

    /// <summary>As the user reads it: <c>1x28x28</c>.</summary>
    public override string ToString() => string.Join("x", Sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)));
}
