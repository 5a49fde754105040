using System;

namespace NetGen;

/// <summary>An update rule, elementwise over a network's packed parameters.</summary>
public interface IOptimizer
{
    /// <summary>Updates the parameters in place.</summary>
    /// <param name="parameters">The network's <see cref="INetwork.FlatParameters"/>.</param>
    /// <param name="gradients">Its <see cref="INetwork.FlatGradients"/>, of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    void Step(Span<float> parameters, ReadOnlySpan<float> gradients);
}
