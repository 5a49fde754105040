using System;
using System.Threading;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>Samples as a training step takes them.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
/// <param name="inputs"><c>[count, input]</c>.</param>
/// <param name="targets">Class numbers <c>[count]</c> or values <c>[count, target]</c>.</param>
/// <param name="count">The number of samples.</param>
public readonly ref struct Batch<TTarget>(ReadOnlySpan<float> inputs, ReadOnlySpan<TTarget> targets, int count)
    where TTarget : unmanaged
{
    /// <summary>The inputs, <c>[count, input]</c>.</summary>
    public ReadOnlySpan<float> Inputs { get; } = inputs;

    /// <summary>Class numbers <c>[count]</c> or values <c>[count, target]</c>.</summary>
    public ReadOnlySpan<TTarget> Targets { get; } = targets;

    /// <summary>The number of samples.</summary>
    public int Count { get; } = count;
}

/// <summary>
/// Hands out an epoch's samples in batches; the order is a function of its seed and of the epoch's number alone. It belongs to one training, and so to one thread, at a time.
/// </summary>
/// <remarks>A thread that a loader has is none of those that <see cref="WorkerThreads"/> counts.</remarks>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
public abstract class DataLoader<TTarget> : IResumable, IDisposable
    where TTarget : unmanaged
{
    /// <summary>The floats of a sample's input.</summary>
    public abstract int InputSize { get; }

    /// <summary>The numbers of a sample's target; 1 for a class.</summary>
    public abstract int TargetSize { get; }

    /// <summary>The most samples of a batch.</summary>
    public abstract int BatchSize { get; }

    /// <summary>The samples of an epoch; null where that is not known before its end.</summary>
    public abstract long? SampleCount { get; }

    /// <summary>The batch at the current place; valid until the next <see cref="MoveNext()"/>.</summary>
    public abstract Batch<TTarget> Current { get; }

    /// <summary>Starts an epoch.</summary>
    /// <param name="epoch">Its number, from 0.</param>
    /// <param name="firstBatch">Batches that are passed over: those of an interrupted epoch that were done.</param>
    public abstract void Begin(long epoch, long firstBatch = 0);

    /// <summary>Goes to the next batch.</summary>
    /// <returns>Whether there is one; the epoch has ended where there is none.</returns>
    public abstract bool MoveNext();

    /// <summary>Goes to the next batch, which is waited for until the token is cancelled. A training calls this one.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>As <see cref="MoveNext()"/>.</returns>
    /// <remarks>The base looks at the token, then calls <see cref="MoveNext()"/>, which nothing interrupts: a loader that may wait long overrides this too, or it is cancelled only behind its wait.</remarks>
    /// <exception cref="OperationCanceledException">It was cancelled; the batches that were not handed out yet still are.</exception>
    public virtual bool MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return MoveNext();
    }

    /// <inheritdoc/>
    public abstract void Save(TrainingState state);

    /// <inheritdoc/>
    public abstract Action Load(TrainingState state);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
