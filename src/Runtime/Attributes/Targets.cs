namespace NetGen;

/// <summary>
/// States that the target of a sample is one of several classes that exclude each other. The build then checks that outputs and loss fit:
/// one output a class (of two classes one may do, but for <see cref="CrossEntropyLossAttribute"/>), and a loss for classes.
/// </summary>
/// <param name="count">The number of classes; at least 2.</param>
public sealed class ClassesAttribute(int count) : StatementAttribute
{
    /// <summary>The number of classes.</summary>
    public int Count { get; } = count;
}

/// <summary>
/// States that the target of a sample is several labels, each 0 or 1 whatever the others are. The build then checks that outputs and loss fit:
/// one output a label, and a loss for labels. A single label is two classes.
/// </summary>
/// <param name="count">The number of labels; at least 1.</param>
public sealed class LabelsAttribute(int count) : StatementAttribute
{
    /// <summary>The number of labels.</summary>
    public int Count { get; } = count;
}

/// <summary>
/// States that the targets are real numbers in a range. The build then checks that the outputs reach all of it, and that the loss is one for such targets.
/// </summary>
/// <param name="min">The smallest target; negative infinity, the default, where there is none.</param>
/// <param name="max">The largest target; infinity, the default, where there is none.</param>
public sealed class TargetRangeAttribute(double min = double.NegativeInfinity, double max = double.PositiveInfinity) : StatementAttribute
{
    /// <summary>The smallest target.</summary>
    public double Min { get; } = min;

    /// <summary>The largest target.</summary>
    public double Max { get; } = max;
}
