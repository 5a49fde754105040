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
    // An array as an argument of an attribute is not CLS compliant: the usual numbers of dimensions do without.

    /// <summary>A flat input.</summary>
    /// <param name="features">The features of a sample.</param>
    public NetworkAttribute(int features)
        : this([features])
    {
    }

    /// <summary>A sequence.</summary>
    /// <param name="channels">The channels of a sample.</param>
    /// <param name="length">Its length.</param>
    public NetworkAttribute(int channels, int length)
        : this([channels, length])
    {
    }

    /// <summary>A picture.</summary>
    /// <param name="channels">The channels of a sample.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    public NetworkAttribute(int channels, int height, int width)
        : this([channels, height, width])
    {
    }

    /// <summary>The shape of one sample, without the batch.</summary>
    public int[] InputShape { get; } = inputShape;
}
