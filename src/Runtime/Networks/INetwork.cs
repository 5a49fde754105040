using System;
using System.Collections.Generic;

namespace NetGen;

/// <summary>
/// A network of any shape. Batches are contiguous spans of samples in PyTorch's row-major order; the number of samples is what the span holds.
/// </summary>
/// <remarks>
/// One thread at a time trains: all members but <see cref="Predict"/> that compute anything, here and in <see cref="ITrainableNetwork{TTarget}"/>, share a workspace. Any number of threads predict, but not during a
/// training step. Both are checked. What writes parameters without a training step, through <see cref="IParameterized.FlatParameters"/> or a <see cref="ParameterView"/>, is not: keep predictions away from it.
/// </remarks>
public interface INetwork : IParameterized
{
    /// <summary>What members say that were added later: networks compiled before still load.</summary>
    internal const string Older = "The network was compiled with an older version of NetGen, which does not have this. Build its project again.";

    /// <summary>
    /// What training updates beside the parameters and evaluation reads, by PyTorch's names: running statistics of batch normalisations
    /// (<c>torch.nn.Module.buffers</c>). Empty where there is none. <see cref="IParameterized.FlatParameters"/> does not have them.
    /// </summary>
    ParameterCollection Buffers => ParameterCollection.Empty;

    /// <summary>
    /// Where the network's random numbers are. A training step advances it by one step; an update of one's own behind <c>ComputeGradients</c> does so itself, or the next masks are the same:
    /// <c>network.RandomState = network.RandomState.Next()</c>. A training that goes on restores it.
    /// </summary>
    RandomState RandomState
    {
        get => throw new NotSupportedException(Older);
        set => throw new NotSupportedException(Older);
    }

    /// <summary>
    /// The number of threads that training and <see cref="Predict"/> compute with, the calling one among them; null, as it is at first: <see cref="WorkerThreads.Count"/>. Results have the same bits whatever it is.
    /// Where little is to be computed, or another network has the threads, fewer are taken, or the calling one alone.
    /// </summary>
    /// <remarks>It may be set at any time; what is being computed meanwhile may still go on with the old number. A checkpoint does not have it.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number is not in 1 to <see cref="WorkerThreads.Most"/>.</exception>
    int? Parallelism
    {
        get => throw new NotSupportedException(Older);
        set => throw new NotSupportedException(Older);
    }

    /// <summary>
    /// 16 hexadecimal digits that are the same for networks of the same layers, names and shapes, on every machine and in every process. A checkpoint tells by them whether it is of
    /// a network like this one.
    /// </summary>
    string StructureHash => NetworkStructure.Hash(this);

    /// <summary>
    /// Evaluates the network (evaluation mode: no dropout, running statistics). Thread-safe, allocates nothing once warm, and a sample's result does not depend on its batch, nor on threads.
    /// </summary>
    /// <remarks>Where the batch is worth it, up to <see cref="Parallelism"/> threads compute. They help one caller at a time: of several predictions at once the others are computed each by the thread that calls.</remarks>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="output"><c>[batch, output]</c>; must not overlap the input.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="InvalidOperationException">A training step of the network ran on another thread meanwhile; what stands in the output is no prediction.</exception>
    void Predict(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>
    /// The vector-Jacobian product: the gradients of <c>Σ output·outputGradient</c> (evaluation mode) with respect to the parameters,
    /// left in <see cref="IParameterized.Gradients"/>, and to the input where <paramref name="inputGradient"/> is not empty.
    /// </summary>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="outputGradient"><c>[batch, output]</c>.</param>
    /// <param name="inputGradient"><c>[batch, input]</c>, or empty; must not overlap the input.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, the batch is empty or the input's gradient overlaps the input.</exception>
    /// <exception cref="InvalidOperationException">Another thread trains the network.</exception>
    void VectorJacobianProduct(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient = default);

    /// <summary>One training step with a loss of one's own: as that of <see cref="ITrainableNetwork{TTarget}"/>, whatever loss the network is declared with, or none.</summary>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="loss">Gives the loss and its gradient from the outputs in training mode. Where it throws, nothing has changed.</param>
    /// <param name="optimizer">Updates the parameters from the gradients.</param>
    /// <returns>What the loss returned.</returns>
    /// <exception cref="ArgumentException">The input's length does not fit, the batch is empty, or a batch normalisation sees one value a channel; nothing has changed then.</exception>
    /// <exception cref="InvalidOperationException">Another thread trains the network, or the loss itself does.</exception>
    float TrainStep(ReadOnlySpan<float> input, CustomLoss loss, IOptimizer optimizer) => throw new NotSupportedException(Older);

    /// <summary>Loss and gradients of the training mode for a loss of one's own, without an update of anything; the dropout masks are those of the step to come.</summary>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="loss">Gives the loss and its gradient from the outputs in training mode.</param>
    /// <param name="inputGradient"><c>[batch, input]</c>, or empty when it is not wanted; must not overlap the input.</param>
    /// <returns>What the loss returned.</returns>
    /// <exception cref="ArgumentException">A span's length does not fit, the batch is empty, or a batch normalisation sees one value a channel; nothing has changed then.</exception>
    /// <exception cref="InvalidOperationException">Another thread trains the network, or the loss itself does.</exception>
    float ComputeGradients(ReadOnlySpan<float> input, CustomLoss loss, Span<float> inputGradient = default) => throw new NotSupportedException(Older);
}

/// <summary>What a generated network's type knows: creation and sizes without an instance.</summary>
/// <typeparam name="TSelf">The network.</typeparam>
public interface INetwork<TSelf> : INetwork
    where TSelf : INetwork<TSelf>
{
    /// <summary>Creates a network with freshly initialised parameters.</summary>
    /// <param name="seed">The seed of initialisation and dropout; equal seeds give equal networks.</param>
    static abstract TSelf Create(ulong seed);

    /// <summary>The number of floats of one sample.</summary>
    static abstract int InputSize { get; }

    /// <summary>The number of floats of one sample's output.</summary>
    static abstract int OutputSize { get; }

    /// <summary>The number of trainable parameters, as PyTorch counts them.</summary>
    static abstract int ParameterCount { get; }

    /// <summary>What is known of the network since it was built, as table, Markdown, JSON, SVG and HTML.</summary>
    static abstract NetworkReport Report { get; }

    /// <summary>The report's table: shapes, parameters, what the layers cost and see, and their signals.</summary>
    static abstract string Summary { get; }

    /// <summary>The rows of the layer table, in order of execution.</summary>
    static abstract IReadOnlyList<LayerInfo> Layers { get; }
}

/// <summary>A network with a loss.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
public interface ITrainableNetwork<TTarget> : INetwork
    where TTarget : unmanaged
{
    /// <summary>One training step (training mode): forward, loss, backward, update of <see cref="INetwork.Buffers"/> and parameters. Allocates nothing once warm.</summary>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    /// <param name="optimizer">Updates the parameters from the gradients.</param>
    /// <returns>The loss before the update.</returns>
    /// <exception cref="ArgumentException">
    /// A span's length does not fit, the batch is empty, a label is out of range, or a batch normalisation sees one value a channel; nothing has changed then.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another thread trains the network.</exception>
    float TrainStep(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, IOptimizer optimizer);

    /// <summary>Loss and gradients of the training mode, without an update of anything; the dropout masks are those of the step to come.</summary>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    /// <param name="inputGradient"><c>[batch, input]</c>, or empty when it is not wanted; must not overlap the input.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="ArgumentException">
    /// A span's length does not fit, the batch is empty, a label is out of range, or a batch normalisation sees one value a channel; nothing has changed then.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another thread trains the network.</exception>
    float ComputeGradients(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, Span<float> inputGradient = default);

    /// <summary>
    /// The loss in evaluation mode: no dropout, running statistics, nothing updated. It takes the whole batch at once, in the workspace of training.
    /// A loss over several batches of different sizes is their mean weighted by samples.
    /// </summary>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    /// <param name="output"><c>[batch, output]</c>: takes the outputs that the loss is of, which are those of <see cref="INetwork.Predict"/> but for rounding; or empty when they are not wanted. Must not overlap input or targets.</param>
    /// <returns>The loss, as <see cref="TrainStep"/> averages it.</returns>
    /// <exception cref="ArgumentException">A span's length does not fit, spans overlap, the batch is empty or a label is out of range.</exception>
    /// <exception cref="InvalidOperationException">Another thread trains the network.</exception>
    float EvaluateLoss(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, Span<float> output = default) => throw new NotSupportedException(Older);
}
