using System;

namespace NetGen.Training;

/// <summary>A loss of one's own for a <see cref="Trainer{TNetwork, TTarget}"/>, and its gradient.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
/// <param name="outputs">The network's outputs of the batch, <c>[batch, output]</c>.</param>
/// <param name="targets">Class numbers <c>[batch]</c> or values <c>[batch, target]</c>, as many a sample as the data have: their number need not be the outputs'.</param>
/// <param name="outputGradients"><c>[batch, output]</c>: takes the loss's derivative with respect to each output; zero before.</param>
/// <returns>The loss of the batch, a mean over its samples.</returns>
public delegate float LossFunction<TTarget>(ReadOnlySpan<float> outputs, ReadOnlySpan<TTarget> targets, Span<float> outputGradients)
    where TTarget : unmanaged;

/// <summary>What a <see cref="LossFunction{TTarget}"/> is a method of, if its loss of a batch is a weighted mean.</summary>
/// <typeparam name="TTarget">As the function's.</typeparam>
internal interface IWeightedLoss<TTarget>
    where TTarget : unmanaged
{
    /// <summary>What a batch weighs in the mean of several.</summary>
    /// <param name="targets">The batch's targets.</param>
    double Weight(ReadOnlySpan<TTarget> targets);
}
