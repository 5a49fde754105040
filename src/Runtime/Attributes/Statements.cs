using System;
using NetGen.Reports;

namespace NetGen;

/// <summary>What is stated about a network: it does not change the computation, and the build checks it or goes by it in what it predicts.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class StatementAttribute : Attribute;

/// <summary>
/// What a network may cost: a build of one that costs more fails with <c>NG3001</c>. What is not set is not limited.
/// Figures are those of the network's <c>Summary</c> and of its report.
/// </summary>
public sealed class BudgetAttribute : StatementAttribute
{
    /// <summary>The most trainable parameters.</summary>
    public long Parameters { get; set; } = long.MaxValue;

    /// <summary>The most multiply-accumulates of one sample's forward pass.</summary>
    public long Macs { get; set; } = long.MaxValue;

    /// <summary>The most bytes of memory that training on a batch takes: parameters, their gradients and the workspace. An optimizer's come to it.</summary>
    public long TrainingBytes { get; set; } = long.MaxValue;

    /// <summary>The most bytes of memory that predicting a batch takes on one thread: parameters and the workspace.</summary>
    public long InferenceBytes { get; set; } = long.MaxValue;

    /// <summary>The least that is seen: along each dimension of the input, how many places a place of the last layer sees that has places; 0: whatever it is.</summary>
    public long ReceptiveField { get; set; }

    /// <summary>The samples of the batch that bytes are counted for; 64 by default.</summary>
    public int Batch { get; set; } = ReportOptions.DefaultBatch;
}

/// <summary>
/// The mean and the variance of an element of the network's input; elements are taken for independent. The build goes by it where it predicts signals at initialisation:
/// pictures of numbers from 0 to 255 are quite another input than normalised ones. Without it the mean is 0 and the variance 1.
/// </summary>
public sealed class InputDistributionAttribute : StatementAttribute
{
    /// <summary>The mean of an element.</summary>
    public double Mean { get; set; }

    /// <summary>The variance of an element; not negative.</summary>
    public double Variance { get; set; } = 1;
}
