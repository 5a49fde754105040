using System;
using System.IO;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>
/// Hands out a dataset in batches (<c>torch.utils.data.DataLoader</c>). An epoch's order is a function of seed and epoch alone: Fisher and Yates's shuffle with Philox's numbers, in Durstenfeld's form.
/// It has no thread: samples are copied and transformed by the one that calls. Steps allocate nothing.
/// </summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
public sealed class ArrayLoader<TTarget> : DataLoader<TTarget>
    where TTarget : unmanaged
{
    private readonly Dataset<TTarget> _data;
    private readonly ITransform? _transform;
    private readonly bool _shuffle;
    private readonly bool _augment;
    private readonly ulong _seed;
    private readonly int[] _order;
    private readonly float[] _inputs;
    private readonly TTarget[] _targets;
    private readonly LoaderSettings _settings = new();
    private long _epoch;
    private int _next;
    private int _count = -1;

    /// <summary>Makes a loader.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="batchSize">The samples of a batch.</param>
    /// <param name="shuffle">Whether each epoch has an order of its own; otherwise it is that of the dataset.</param>
    /// <param name="seed">The seed of orders and of random transforms.</param>
    /// <param name="dropLast">Whether the last batch is left out if it is not full.</param>
    /// <param name="transform">What is done to the inputs; null: nothing.</param>
    /// <param name="augment">Whether random transforms draw numbers, or do as in evaluation; null: they draw where the loader shuffles, since one that does not is for evaluation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is not positive.</exception>
    /// <exception cref="ArgumentException">The transform does not take such samples.</exception>
    public ArrayLoader(Dataset<TTarget> data, int batchSize, bool shuffle = false, ulong seed = 0, bool dropLast = false, ITransform? transform = null, bool? augment = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (_data, _shuffle, _seed, _transform, _augment) = (data, shuffle, seed, transform, augment ?? shuffle);
        BatchSize = batchSize;
        InputSize = transform?.OutputSize(data.InputSize) ?? data.InputSize;
        int kept = dropLast ? data.Count - (data.Count % batchSize) : data.Count;
        SampleCount = kept;
        int most = Math.Min(batchSize, kept);
        _order = shuffle ? new int[data.Count] : [];
        _inputs = shuffle || transform is not null ? new float[checked(most * InputSize)] : [];
        _targets = shuffle ? new TTarget[checked(most * TargetSize)] : [];
        _settings.Add("samples", data.Count);
        _settings.Add("batchSize", batchSize);
        _settings.Add("seed", seed);
        _settings.Add("shuffle", shuffle);
        _settings.Add("dropLast", dropLast);
        _settings.Add("augment", _augment);
        _settings.Add("transform", transform);
        _settings.Add("dataTransforms", data.InputTransforms);
        _settings.Add("targetTransforms", data.TargetTransforms);
    }

    /// <inheritdoc/>
    public override int InputSize { get; }

    /// <inheritdoc/>
    public override int TargetSize => _data.TargetSize;

    /// <inheritdoc/>
    public override int BatchSize { get; }

    /// <inheritdoc/>
    public override long? SampleCount { get; }

    /// <summary>The batches of an epoch.</summary>
    public int BatchCount => (int)((SampleCount!.Value + BatchSize - 1) / BatchSize);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is none: <see cref="MoveNext"/> was not called, or the epoch has ended.</exception>
    public override Batch<TTarget> Current
    {
        get
        {
            if (_count <= 0)
                throw new InvalidOperationException("Expected a batch, but there is none: call Begin, then MoveNext, as long as it says that there is one.");
            int start = _next - _count;
            return new(
                _inputs.Length > 0 ? _inputs.AsSpan(0, _count * InputSize) : _data.Inputs.Slice(start * InputSize, _count * InputSize),
                _shuffle ? _targets.AsSpan(0, _count * TargetSize) : _data.Targets.Slice(start * TargetSize, _count * TargetSize),
                _count);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or there are fewer batches.</exception>
    public override void Begin(long epoch, long firstBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBatch, BatchCount);
        if (_shuffle)
        {
            for (int i = 0; i < _order.Length; i++)
                _order[i] = i;
            new RandomSequence(_seed, RandomUse.Shuffle, epoch).Shuffle(_order);
        }

        _epoch = epoch;
        _next = (int)Math.Min(firstBatch * BatchSize, SampleCount!.Value);
        _count = 0;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException"><see cref="Begin"/> was not called.</exception>
    public override bool MoveNext()
    {
        if (_count < 0)
            throw new InvalidOperationException("Expected an epoch that has begun: call Begin before MoveNext.");
        _count = (int)Math.Min(BatchSize, SampleCount!.Value - _next);
        for (int i = 0; i < _count; i++)
        {
            int sample = _shuffle ? _order[_next + i] : _next + i;
            if (_inputs.Length > 0)
                Read(sample, _inputs.AsSpan(i * InputSize, InputSize));
            if (_shuffle)
                _data.Target(sample).CopyTo(_targets.AsSpan(i * TargetSize));
        }

        _next += _count;
        return _count > 0;
    }

    /// <inheritdoc/>
    public override void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _settings.Save(state);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">It is the state of a loader that hands out other batches: its number of samples, batch size, seed, order or transforms differ, or what these were fitted to.</exception>
    public override Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _settings.Check(state);
        return static () => { };
    }

    private void Read(int sample, Span<float> input)
    {
        if (_transform is null)
            _data.Input(sample).CopyTo(input);
        else if (_augment)
            _transform.Augment(_data.Input(sample), input, new SampleRandom(_seed, _epoch, sample));
        else
            _transform.Apply(_data.Input(sample), input);
    }
}
