using System;

namespace NetGen;

/// <summary>A loss of one's own, and its gradient.</summary>
/// <param name="output">The network's outputs of the batch, <c>[batch, output]</c>.</param>
/// <param name="outputGradient"><c>[batch, output]</c>: takes the loss's derivative with respect to each output; zero before.</param>
/// <returns>The loss, which the caller gets as it is.</returns>
/// <remarks>Keep one delegate instead of a new one each step, and a step allocates nothing. It may predict with the network, but not train it.</remarks>
public delegate float CustomLoss(ReadOnlySpan<float> output, Span<float> outputGradient);
