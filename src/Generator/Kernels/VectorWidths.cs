namespace NetGen.Generator.Compiler.Kernels;

/// <summary>The vector widths that kernels are made for.</summary>
internal static class VectorWidths
{
    /// <summary>Floats of a vector, the widest first.</summary>
    public static readonly EquatableArray<int> Lanes = EquatableArray.Of(16, 8, 4);
}
