using System;

namespace NetGen;

/// <summary>
/// Declares a partial class as a neural network. The attributes that follow it are its layers, in order of execution;
/// the other half of the class is generated at build time.
/// </summary>
/// <param name="inputShape">
/// The shape of one sample, without the batch: <c>[Network(784)]</c> for a flat input of 784 features,
/// <c>[Network(1, 28, 28)]</c> for channels, height and width. Every size must be positive.
/// </param>
/// <example>
/// <code>
/// [Network(784)]
/// [Linear(128), ReLU, Linear(10)]
/// [CrossEntropyLoss]
/// public sealed partial class MnistMlp;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class NetworkAttribute(params int[] inputShape) : Attribute
{
    /// <summary>The shape of one sample, without the batch.</summary>
    public int[] InputShape { get; } = inputShape;
}
