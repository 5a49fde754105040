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

/// <summary>What a pass waits for: for its arithmetic or for the memory. A pass that does nothing waits for nothing.</summary>
internal enum Bound { Nothing, Compute, Memory }

/// <summary>A pass of a layer, or of a network: its arithmetic of one sample, and the bytes that it reads and writes.</summary>
/// <param name="Arithmetic">What is computed for one sample.</param>
/// <param name="Moved">What is read and written, each value once a node that does: activations, what is kept for gradients, parameters and their gradients.</param>
internal readonly record struct PassCost(Arithmetic Arithmetic, ByteCount Moved)
{
    public static PassCost operator +(PassCost a, PassCost b) => new(a.Arithmetic + b.Arithmetic, a.Moved + b.Moved);

    /// <summary>FLOPs of a batch.</summary>
    public long FloatingPointOperations(int batch) => Arithmetic.FloatingPointOperations * batch;

    /// <summary>Arithmetic intensity: FLOPs a byte; 0 where nothing moves.</summary>
    public double Intensity(int batch) => Moved.At(batch) is var bytes and > 0 ? (double)FloatingPointOperations(batch) / bytes : 0;

    /// <summary>The roofline's verdict: a pass with fewer FLOPs a byte than the machine waits for memory.</summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="balance">The machine's FLOPs in the time of a byte.</param>
    public Bound Bound(int batch, double balance = ReportOptions.DefaultBalance) =>
        Moved.At(batch) == 0 ? Analyses.Bound.Nothing : Intensity(batch) < balance ? Analyses.Bound.Memory : Analyses.Bound.Compute;
}
