namespace NetGen.Reports;

/// <summary>What figures that depend on use and machine are for. They are stated, never measured: a report is the same wherever it is written.</summary>
/// <param name="Batch">The samples of a batch.</param>
/// <param name="Balance">The floating-point operations that the machine does in the time in which it moves a byte.</param>
internal readonly record struct ReportOptions(int Batch, double Balance)
{
    public static readonly ReportOptions Default = new(64, 10);
}
