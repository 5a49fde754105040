namespace NetGen.Reports;

/// <summary>What figures that depend on use and machine are for. They are stated, never measured: a report is the same wherever it is written.</summary>
/// <param name="Batch">The samples of a batch.</param>
/// <param name="Balance">The floating-point operations that the machine does in the time in which it moves a byte.</param>
internal readonly record struct ReportOptions(int Batch, double Balance)
{
    /// <summary>Samples of a batch where nothing else is said.</summary>
    public const int DefaultBatch = 64;

    /// <summary>
    /// FLOPs in the time of a byte where nothing else is said. A core with two fused multiply-adds of 256 bits a cycle at 3 to 4 GHz does 100 to 130 GFLOP/s and gets 10 to 15 GB/s from memory;
    /// one of 512 bits does about twice that with 15 to 25 GB/s.
    /// </summary>
    public const double DefaultBalance = 10;

    public static readonly ReportOptions Default = new(DefaultBatch, DefaultBalance);
}
