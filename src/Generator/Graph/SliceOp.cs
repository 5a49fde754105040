namespace NetGen.Generator.Compiler.Ops;

/// <summary>Some channels of a value. Slices of a value do not overlap, cover it, and are all that reads it.</summary>
/// <param name="First">The first channel.</param>
/// <param name="Count">The number of channels.</param>
internal sealed record SliceOp(int First, int Count) : Op((string?)null)
{
    public override string Kind => "Slice";

    public override string Display => $"Slice({First.ToString(System.Globalization.CultureInfo.InvariantCulture)}, {Count.ToString(System.Globalization.CultureInfo.InvariantCulture)})";
}
