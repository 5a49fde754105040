namespace NetGen.Reports;

/// <summary>In what steps are counted where threads share them, by the compiler and by the runtime.</summary>
internal static class StepCost
{
    /// <summary>What moving a float takes, in multiply-adds.</summary>
    public const int Move = 2;
}
