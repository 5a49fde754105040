using System;

namespace NetGen;

/// <summary>What has parameters and their gradients: a network, and what an optimizer sees of one.</summary>
public interface IParameterized
{
    /// <summary>The parameters by name, in PyTorch's shapes, in the order of declaration.</summary>
    ParameterCollection Parameters { get; }

    /// <summary>The gradients of the last backward pass, with the parameters' names and shapes.</summary>
    ParameterCollection Gradients { get; }

    /// <summary>
    /// All parameters as one span in the internal, packed order, <c>PackedParameterCount</c> floats; padding is zero.
    /// For elementwise work such as an optimizer's.
    /// </summary>
    Span<float> FlatParameters { get; }

    /// <summary>The gradients of the last backward pass in the order of <see cref="FlatParameters"/>; padding is zero.</summary>
    Span<float> FlatGradients { get; }
}
