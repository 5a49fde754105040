using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>
/// Batches of what a source hands out, one sample after another, read ahead by one thread for a few batches. Their order is the source's, whatever is the faster. Steps allocate nothing
/// beyond what the source does.
/// </summary>
/// <remarks>
/// The thread that reads is one more than those that <see cref="WorkerThreads"/> counts: a source or a transform that computes much takes processor time from the network.
/// Who waits for a batch can be cancelled, whatever the source is at. The source itself cannot, where it is an <see cref="IEnumerable{T}"/>: .NET interrupts no method that blocks. Its thread stays
/// until the source answers, a background thread that keeps no process alive; an asynchronous source gets a token, and can end at once.
/// </remarks>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
public sealed class PrefetchLoader<TTarget> : DataLoader<TTarget>
    where TTarget : unmanaged
{
    private readonly Func<long, CancellationToken, IEnumerable<Sample<TTarget>>> _source;
    private readonly ITransform? _transform;
    private readonly int _rawSize;
    private readonly LoaderSettings _settings = new();
    private readonly Slot[] _slots;
    private Reading? _reading;
    private bool _isDisposed;

    /// <summary>Takes a sequence that is enumerated anew for every epoch.</summary>
    /// <param name="source">The samples.</param>
    /// <param name="inputSize">The floats of a sample's input, before the transform.</param>
    /// <param name="batchSize">The samples of a batch.</param>
    /// <param name="options">What is not said otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public PrefetchLoader(IEnumerable<Sample<TTarget>> source, int inputSize, int batchSize, PrefetchOptions? options = null)
        : this((_, _) => source, inputSize, batchSize, options) => ArgumentNullException.ThrowIfNull(source);

    /// <summary>Takes a function that gives an epoch's samples.</summary>
    /// <param name="source">Gives them, by the epoch's number; called on the thread that reads.</param>
    /// <param name="inputSize">The floats of a sample's input, before the transform.</param>
    /// <param name="batchSize">The samples of a batch.</param>
    /// <param name="options">What is not said otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public PrefetchLoader(Func<long, IEnumerable<Sample<TTarget>>> source, int inputSize, int batchSize, PrefetchOptions? options = null)
        : this((epoch, _) => source(epoch), inputSize, batchSize, options) => ArgumentNullException.ThrowIfNull(source);

    /// <summary>Takes a function that gives an epoch's samples, which are waited for.</summary>
    /// <param name="source">Gives them, by the epoch's number; its token is cancelled when the rest of the epoch is not wanted.</param>
    /// <param name="inputSize">The floats of a sample's input, before the transform.</param>
    /// <param name="batchSize">The samples of a batch.</param>
    /// <param name="options">What is not said otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public PrefetchLoader(Func<long, CancellationToken, IAsyncEnumerable<Sample<TTarget>>> source, int inputSize, int batchSize, PrefetchOptions? options = null)
        : this((epoch, token) => Await(source(epoch, token), token), inputSize, batchSize, options) => ArgumentNullException.ThrowIfNull(source);

    private PrefetchLoader(Func<long, CancellationToken, IEnumerable<Sample<TTarget>>> source, int inputSize, int batchSize, PrefetchOptions? options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        options ??= new PrefetchOptions();
        (_source, _rawSize, Options, _transform) = (source, inputSize, options, options.Transform);
        InputSize = _transform?.OutputSize(inputSize) ?? inputSize;
        BatchSize = batchSize;

        // One more than is read ahead: the one that is being trained on.
        _slots = new Slot[options.Batches + 1];
        for (int i = 0; i < _slots.Length; i++)
            _slots[i] = new Slot(new float[checked(batchSize * InputSize)], new TTarget[checked(batchSize * TargetSize)]);
        _settings.Add("samples", options.SampleCount);
        _settings.Add("batchSize", batchSize);
        _settings.Add("seed", options.Seed);
        _settings.Add("dropLast", options.DropLast);
        _settings.Add("augment", options.Augment);
        _settings.Add("transform", _transform);
    }

    /// <summary>What was not said otherwise.</summary>
    public PrefetchOptions Options { get; }

    /// <summary>How long a source is waited for that does not come back from a sample.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override int InputSize { get; }

    /// <inheritdoc/>
    public override int TargetSize => Options.TargetSize;

    /// <inheritdoc/>
    public override int BatchSize { get; }

    /// <inheritdoc/>
    public override long? SampleCount => Options is { DropLast: true, SampleCount: { } count } ? count - (count % BatchSize) : Options.SampleCount;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is none: <see cref="MoveNext()"/> was not called, or the epoch has ended.</exception>
    public override Batch<TTarget> Current => _reading?.Current is { } slot
        ? new(slot.Inputs.AsSpan(0, slot.Count * InputSize), slot.Targets.AsSpan(0, slot.Count * TargetSize), slot.Count)
        : throw new InvalidOperationException("Expected a batch, but there is none: call Begin, then MoveNext, as long as it says that there is one.");

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or there are fewer batches of <see cref="PrefetchOptions.SampleCount"/>.</exception>
    /// <exception cref="ObjectDisposedException">The loader is disposed.</exception>
    /// <remarks>It does not wait: where the source is still at a sample of the epoch before, the thread that reads this one does.</remarks>
    public override void Begin(long epoch, long firstBatch = 0)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        if (SampleCount is { } count)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBatch, (count + BatchSize - 1) / BatchSize);
        _reading?.Stop();
        _reading = new Reading(this, epoch, firstBatch, _reading);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException"><see cref="Begin"/> was not called.</exception>
    /// <exception cref="DataSourceException">The source threw, what it handed out does not fit, or it ended before the number of samples that was promised. The batches before it have been handed out.</exception>
    /// <exception cref="ObjectDisposedException">The loader is disposed.</exception>
    public override bool MoveNext() => MoveNext(CancellationToken.None);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException"><see cref="Begin"/> was not called.</exception>
    /// <exception cref="DataSourceException">As of <see cref="MoveNext()"/>.</exception>
    /// <exception cref="ObjectDisposedException">The loader is disposed.</exception>
    public override bool MoveNext(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return (_reading ?? throw new InvalidOperationException("Expected an epoch that has begun: call Begin before MoveNext.")).MoveNext(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _settings.Save(state);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">It is the state of a loader that hands out other batches.</exception>
    public override Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _settings.Check(state);
        return static () => { };
    }

    /// <summary>Ends the thread that reads; waits for the source to hand out the sample that it is at, but no more than five seconds.</summary>
    public override void Dispose()
    {
        _isDisposed = true;
        _reading?.Stop();
        _reading?.Wait(Patience);
        _reading = null;
        base.Dispose();
    }

    private static IEnumerable<Sample<TTarget>> Await(IAsyncEnumerable<Sample<TTarget>> source, CancellationToken token)
    {
        IAsyncEnumerator<Sample<TTarget>> samples = source.GetAsyncEnumerator(token);
        try
        {
            while (samples.MoveNextAsync().AsTask().GetAwaiter().GetResult())
                yield return samples.Current;
        }
        finally
        {
            samples.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private void Fill(Slot slot, in Sample<TTarget> sample, long epoch, long index)
    {
        ReadOnlySpan<float> input = sample.Input.Span;
        if (input.Length != _rawSize || sample.TargetSize != TargetSize)
        {
            throw new DataSourceException(string.Create(
                CultureInfo.InvariantCulture,
                $"Expected samples of {_rawSize} floats with targets of {TargetSize}, but sample {index} of epoch {epoch} has {input.Length} with {sample.TargetSize}."));
        }

        Span<float> destination = slot.Inputs.AsSpan(slot.Count * InputSize, InputSize);
        if (_transform is null)
            input.CopyTo(destination);
        else if (Options.Augment)
            _transform.Augment(input, destination, new SampleRandom(Options.Seed, epoch, index));
        else
            _transform.Apply(input, destination);
        sample.CopyTarget(slot.Targets.AsSpan(slot.Count * TargetSize, TargetSize));
        slot.Count++;
    }

    /// <summary>The memory of a batch.</summary>
    private sealed class Slot(float[] inputs, TTarget[] targets)
    {
        public float[] Inputs { get; } = inputs;

        public TTarget[] Targets { get; } = targets;

        public int Count { get; set; }
    }

    /// <summary>The reading of one epoch: slots go round in a ring, from the thread that fills them to the one that trains on them and back.</summary>
    private sealed class Reading
    {
        private readonly PrefetchLoader<TTarget> _loader;
        private readonly CancellationTokenSource _cancellation = new();
        private readonly object _gate = new();
        private readonly Thread _thread;
        private readonly long _epoch;
        private readonly long _firstSample;
        private Reading? _previous;
        private Task _stopping = Task.CompletedTask;
        private long _written;
        private long _taken;

        /// <summary>Slots that are filled, and the one that is trained on.</summary>
        private int _busy;
        private bool _hasEnded;
        private volatile bool _isStopped;
        private DataSourceException? _error;

        public Reading(PrefetchLoader<TTarget> loader, long epoch, long firstBatch, Reading? previous)
        {
            (_loader, _epoch, _firstSample, _previous) = (loader, epoch, checked(firstBatch * loader.BatchSize), previous);
            _thread = new Thread(Read) { IsBackground = true, Name = "NetGen data" };
            _thread.Start();
        }

        public Slot? Current { get; private set; }

        public bool MoveNext(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static reading => ((Reading)reading!).Pulse(), this);
            lock (_gate)
            {
                if (Current is not null)
                {
                    Current = null;
                    _busy--;
                    Monitor.PulseAll(_gate);
                }

                while (_taken == _written && !_hasEnded)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Monitor.Wait(_gate);
                }

                if (_taken < _written)
                    Current = _loader._slots[_taken++ % _loader._slots.Length];
                else if (_error is not null)
                    throw new DataSourceException(_error.Message, _error.InnerException);
                return Current is not null;
            }
        }

        public void Stop()
        {
            _isStopped = true;
            Pulse();
            _stopping = CancelAsync();
        }

        /// <summary>Waits for the end of a thread that was told to stop.</summary>
        public void Wait(TimeSpan most)
        {
            if (_thread.Join(most))
                _stopping.ContinueWith(static (_, cancellation) => ((CancellationTokenSource)cancellation!).Dispose(), _cancellation, TaskScheduler.Default);
        }

        /// <summary>Tells the source, on no thread of who stops: what the source registered may block there, or throw, and nobody is left to be told.</summary>
        private async Task CancelAsync() => await _cancellation.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        private void Pulse()
        {
            lock (_gate)
                Monitor.PulseAll(_gate);
        }

        private void Read()
        {
            // They have slots and source in common.
            _previous?.Wait(Timeout.InfiniteTimeSpan);
            _previous = null;
            long index = 0;
            try
            {
                if (!_isStopped)
                    ReadSamples(ref index);
            }
            catch (Exception e)
            {
                // Whatever it is, it belongs to the thread that trains.
                _error = e as DataSourceException
                    ?? new DataSourceException(string.Create(CultureInfo.InvariantCulture, $"The source of samples threw behind {index} samples of epoch {_epoch}: {e.Message}"), e);
            }

            lock (_gate)
            {
                _hasEnded = true;
                Monitor.PulseAll(_gate);
            }
        }

        private void ReadSamples(ref long index)
        {
            long? count = _loader.Options.SampleCount;
            Slot? slot = null;
            foreach (Sample<TTarget> sample in _loader._source(_epoch, _cancellation.Token))
            {
                if (_isStopped)
                    return;
                if (index >= _firstSample)
                {
                    slot ??= FreeSlot();
                    if (slot is null)
                        return;
                    _loader.Fill(slot, sample, _epoch, index);
                    if (slot.Count == _loader.BatchSize)
                        HandOver(ref slot);
                }

                if (++index == count)
                    break;
            }

            // The last of the batches that are passed over may be the partial one that ends an epoch.
            long least = count ?? (_loader.Options.DropLast ? _firstSample : Math.Max(0, _firstSample - _loader.BatchSize + 1));
            if (index < least)
                throw new DataSourceException(string.Create(CultureInfo.InvariantCulture, $"Expected {(count is null ? "at least " : "")}{least} samples, but the source ended behind {index} in epoch {_epoch}."));
            if (slot is not null && !_loader.Options.DropLast)
                HandOver(ref slot);
        }

        private Slot? FreeSlot()
        {
            lock (_gate)
            {
                while (_busy == _loader._slots.Length && !_isStopped)
                    Monitor.Wait(_gate);
                Slot slot = _loader._slots[_written % _loader._slots.Length];
                slot.Count = 0;
                return _isStopped ? null : slot;
            }
        }

        private void HandOver(ref Slot? slot)
        {
            lock (_gate)
            {
                _busy++;
                _written++;
                Monitor.PulseAll(_gate);
            }

            slot = null;
        }
    }
}

/// <summary>What a <see cref="PrefetchLoader{TTarget}"/> is not told otherwise.</summary>
public sealed record PrefetchOptions
{
    /// <summary>The numbers of a sample's target; 1 for a class.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public int TargetSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1;

    /// <summary>The most batches that are read ahead.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public int Batches
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 4;

    /// <summary>
    /// The samples of an epoch. A source that has more, even without end, is left there; one that ends before is told. Null: an epoch is as long as the source.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public long? SampleCount
    {
        get;
        init
        {
            if (value is { } count)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
            field = value;
        }
    }

    /// <summary>Whether the last batch is left out if it is not full.</summary>
    public bool DropLast { get; init; }

    /// <summary>What is done to the inputs, on the thread that reads; null: nothing.</summary>
    public ITransform? Transform { get; init; }

    /// <summary>Whether random transforms draw numbers, or do as in evaluation.</summary>
    public bool Augment { get; init; }

    /// <summary>The seed of random transforms.</summary>
    public ulong Seed { get; init; }
}
