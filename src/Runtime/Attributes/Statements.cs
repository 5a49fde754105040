using System;

namespace NetGen;

/// <summary>What is stated about a network: it changes nothing that is generated, and the build checks it or goes by it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class StatementAttribute : Attribute;

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
