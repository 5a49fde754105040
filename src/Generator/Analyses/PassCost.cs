using NetGen.Reports;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>Bytes by the number of samples.</summary>
/// <param name="Fixed">Bytes whatever the batch: those of parameters and of what all samples share.</param>
/// <param name="PerSample">Bytes for each sample.</param>
internal readonly record struct ByteCount(long Fixed, long PerSample)
{
    public long At(long batch) => Fixed + (PerSample * batch);

    public static ByteCount operator +(ByteCount a, ByteCount b) => new(a.Fixed + b.Fixed, a.PerSample + b.PerSample);
}

/// <summary>A pass of a layer, or of a network: its arithmetic of one sample, and the bytes that it reads and writes.</summary>
/// <param name="Arithmetic">What is computed for one sample.</param>
/// <param name="Moved">What is read and written, each value once a node that does: activations, what is kept for gradients, parameters and their gradients.</param>
internal readonly record struct PassCost(Arithmetic Arithmetic, ByteCount Moved)
{
    public static PassCost operator +(PassCost a, PassCost b) => new(a.Arithmetic + b.Arithmetic, a.Moved + b.Moved);

    /// <summary>As reports have it, which says what of it follows for a batch.</summary>
    public Pass Figures => new(Arithmetic.MultiplyAccumulates, Arithmetic.Multiplications, Arithmetic.Additions, Arithmetic.ActivationEvaluations, Moved.Fixed, Moved.PerSample);
}
