using System;
using System.ComponentModel;

namespace NetGen.Runtime;

/// <summary>
/// The steps of a generated network and what they were compiled for: the contract between generated code and <see cref="NetworkRunner"/>.
/// A struct implements it, so that the runner is compiled for each network by itself and calls the steps directly.
/// </summary>
/// <remarks>A change of what is here makes a new version of the contract. A member that is added has a body, so that networks compiled before it still load.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface INetworkKernels
{
    /// <summary>The version of the contract that the steps were compiled for.</summary>
    static abstract int Contract { get; }

    /// <summary>Floats of one sample.</summary>
    static abstract int InputSize { get; }

    /// <summary>Floats of one sample's output.</summary>
    static abstract int OutputSize { get; }

    /// <summary>Floats of all parameters with their padding.</summary>
    static abstract int PackedParameterCount { get; }

    /// <summary>The most samples of one call of <see cref="Infer"/>.</summary>
    static abstract int InferenceBatch { get; }

    /// <summary>The workspace of <see cref="Infer"/>.</summary>
    static abstract WorkspaceSize InferenceWorkspace { get; }

    /// <summary>The workspace of a training pass, shared by all its parts.</summary>
    static abstract WorkspaceSize TrainingWorkspace { get; }

    /// <summary>The parameters in the order of declaration, weight before bias; always the same array.</summary>
    static abstract ParameterLayout[] Layouts { get; }

    /// <summary>The state, which lies behind the parameters; always the same array.</summary>
    static virtual ParameterLayout[] StateLayouts => [];

    /// <summary>Floats of the state with its padding.</summary>
    static virtual int PackedStateCount => 0;

    /// <summary>The fewest samples of a training pass.</summary>
    static virtual int LeastTrainingBatch => 1;

    /// <summary>What is known of the network without running it, as <see cref="NetworkTable{TKernels}"/> reads it.</summary>
    static abstract string Figures { get; }

    /// <summary>
    /// For each gate of <see cref="Backward"/> the parameters whose gradients its steps serve, by their places in <see cref="Layouts"/>: ranges, <c>0-2 5;3</c>.
    /// </summary>
    static virtual string Gates => "";

    /// <summary>
    /// The layers whose outputs are in the workspace of training behind <see cref="Forward"/>, as <see cref="NetworkTable{TKernels}"/> reads them. An entry a layer, separated by semicolons:
    /// the layer's row in the table (of merged layers the first and the last, <c>2-5</c>), where its output starts, so many floats a row of the workspace and so many more, floats from a sample
    /// to the next, channels and the floats between them, pixels of a row and the floats between them, and, but where all pixels are one row, rows and the floats between them.
    /// </summary>
    static virtual string Activations => "";

    /// <summary>
    /// How several workers share the steps of inference, of the forward and of the backward half, separated by semicolons. A step is a letter, s for samples, t for tiles, b for both,
    /// o for neither, a capital where all must have done the steps before; then multiply-adds a sample; then, where it has tiles, <c>x</c> and how many; then, where it is shared by tiles in a small batch, <c>:samples/workers</c>, the most of both;
    /// then, behind a plus sign, how many steps before it have nothing to do with it, so that a worker goes on to it without the others.
    /// Empty: the network is too small.
    /// </summary>
    static virtual string Splits => "";

    /// <summary>What a sample of inference costs, in multiply-adds, by which workers are taken for a batch; of a step that moves more floats than it multiplies those count.</summary>
    static virtual long Cost => 0;

    /// <summary>The most samples of one pass of training; larger batches take several, whose gradients are added. Where steps mix samples, a batch is one pass.</summary>
    static virtual int TrainingBatch => int.MaxValue;

    /// <summary>Floats that a worker needs for itself.</summary>
    static virtual int Scratch => 0;

    /// <summary>One pass of inference.</summary>
    /// <param name="input">The first float of the samples.</param>
    /// <param name="parameters">The first float of the packed parameters, on a cache line; behind them lies the state.</param>
    /// <param name="workspace">The first float of <see cref="InferenceWorkspace"/>, on a cache line.</param>
    /// <param name="output">The first float of the outputs.</param>
    /// <param name="rows">The number of samples, at least 1.</param>
    static abstract void Infer(ref float input, ref float parameters, ref float workspace, ref float output, nuint rows);

    /// <summary>The forward half of a training pass; what the gradients need stays in the workspace.</summary>
    /// <param name="input">The first float of the samples.</param>
    /// <param name="parameters">The first float of the packed parameters, on a cache line.</param>
    /// <param name="workspace">The first float of <see cref="TrainingWorkspace"/>, on a cache line.</param>
    /// <param name="seed">The key of dropout masks.</param>
    /// <param name="step">The number of the training step, part of the key.</param>
    /// <param name="firstSample">The place in the batch of the first sample, part of the key.</param>
    /// <param name="isTraining">Whether dropout drops and batch normalisations take the batch's statistics.</param>
    /// <param name="rows">The number of samples, at least 1.</param>
    static abstract void Forward(ref float input, ref float parameters, ref float workspace, ulong seed, long step, long firstSample, bool isTraining, nuint rows);

    /// <summary>The outputs of a training pass.</summary>
    /// <param name="input">The first float of the samples.</param>
    /// <param name="workspace">What <see cref="Forward"/> left.</param>
    /// <param name="output">The first float of the outputs.</param>
    /// <param name="rows">The number of samples, at least 1.</param>
    static virtual void Output(ref float input, ref float workspace, ref float output, nuint rows) => throw new NotSupportedException();

    /// <summary>Starts the backward half from a gradient of the output.</summary>
    /// <param name="outputGradient">Its first float.</param>
    /// <param name="workspace">What <see cref="Forward"/> left.</param>
    /// <param name="rows">The number of samples, at least 1.</param>
    static abstract void Seed(ref float outputGradient, ref float workspace, nuint rows);

    /// <summary>The backward half: the parameters' gradients, and the input's where it is wanted.</summary>
    /// <param name="input">The first float of the samples.</param>
    /// <param name="parameters">The first float of the packed parameters, on a cache line.</param>
    /// <param name="gradients">The first float of the packed gradients, on a cache line.</param>
    /// <param name="workspace">What <see cref="Forward"/> and then the loss or <see cref="Seed"/> left.</param>
    /// <param name="inputGradient">The first float of the input's gradient; no memory where it is not wanted.</param>
    /// <param name="wantsInputGradient">Whether it is; then all gates are open.</param>
    /// <param name="runs">For each of <see cref="Gates"/> whether its steps run: a gradient that they serve is wanted.</param>
    /// <param name="rows">The number of samples, at least 1.</param>
    static virtual void Backward(ref float input, ref float parameters, ref float gradients, ref float workspace, ref float inputGradient, bool wantsInputGradient, ReadOnlySpan<bool> runs, nuint rows) =>
        throw new NotSupportedException();

    /// <summary>Updates the state from what a training pass left.</summary>
    /// <param name="parameters">The first float of the packed parameters, behind which the state lies.</param>
    /// <param name="workspace">What <see cref="Forward"/> and <see cref="Backward"/> left.</param>
    /// <param name="rows">The number of samples.</param>
    static virtual void Update(ref float parameters, ref float workspace, nuint rows)
    {
    }

    /// <summary>A worker's share of <see cref="Infer"/>.</summary>
    /// <param name="input">As there.</param>
    /// <param name="parameters">As there.</param>
    /// <param name="workspace">As there.</param>
    /// <param name="output">As there.</param>
    /// <param name="batch">The number of samples of all workers, at least 1.</param>
    /// <param name="work">The share.</param>
    /// <param name="scratch">The first of <see cref="Scratch"/> floats of the worker's own, on a cache line.</param>
    static virtual void InferPart(ref float input, ref float parameters, ref float workspace, ref float output, nuint batch, in Work work, ref float scratch) => throw new NotSupportedException();

    /// <summary>A worker's share of <see cref="Forward"/>.</summary>
    /// <param name="input">As there.</param>
    /// <param name="parameters">As there.</param>
    /// <param name="workspace">As there.</param>
    /// <param name="seed">As there.</param>
    /// <param name="step">As there.</param>
    /// <param name="firstSample">As there, of the first sample of all workers.</param>
    /// <param name="isTraining">As there.</param>
    /// <param name="batch">The number of samples of all workers, at least 1.</param>
    /// <param name="work">The share.</param>
    /// <param name="scratch">The first of <see cref="Scratch"/> floats of the worker's own, on a cache line.</param>
    static virtual void ForwardPart(ref float input, ref float parameters, ref float workspace, ulong seed, long step, long firstSample, bool isTraining, nuint batch, in Work work, ref float scratch) =>
        throw new NotSupportedException();

    /// <summary>A worker's share of <see cref="Backward"/>.</summary>
    /// <param name="input">As there.</param>
    /// <param name="parameters">As there.</param>
    /// <param name="gradients">As there.</param>
    /// <param name="workspace">As there.</param>
    /// <param name="inputGradient">As there.</param>
    /// <param name="wantsInputGradient">As there.</param>
    /// <param name="runs">As there.</param>
    /// <param name="batch">The number of samples of all workers, at least 1.</param>
    /// <param name="work">The share.</param>
    /// <param name="scratch">The first of <see cref="Scratch"/> floats of the worker's own, on a cache line.</param>
    static virtual void BackwardPart(
        ref float input, ref float parameters, ref float gradients, ref float workspace, ref float inputGradient, bool wantsInputGradient, ReadOnlySpan<bool> runs, nuint batch, in Work work, ref float scratch) =>
        throw new NotSupportedException();
}

/// <summary>The steps of a network with a loss.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITrainableKernels<TTarget> : INetworkKernels
    where TTarget : unmanaged
{
    /// <summary>The loss; starts the backward half from its gradient.</summary>
    /// <param name="target">The first class number or value.</param>
    /// <param name="workspace">What <see cref="INetworkKernels.Forward"/> left.</param>
    /// <param name="rows">The number of samples, at least 1.</param>
    /// <param name="batch">That of the whole batch, of whose loss this is the samples' share.</param>
    static abstract double Loss(ref TTarget target, ref float workspace, nuint rows, nuint batch);

    /// <summary>Whether the loss is the sum of those of single samples, <see cref="LossPart"/>: where a sample has so many outputs that it is worth to share them.</summary>
    static virtual bool SumsLossBySample => false;

    /// <summary>What some samples add to <see cref="Loss"/>.</summary>
    /// <param name="target">As there.</param>
    /// <param name="workspace">As there.</param>
    /// <param name="piece">The number of samples in the workspace.</param>
    /// <param name="first">The first of the samples.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="batch">As there.</param>
    static virtual double LossPart(ref TTarget target, ref float workspace, nuint piece, nuint first, nuint rows, nuint batch) => throw new NotSupportedException();
}
