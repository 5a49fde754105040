using System;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace NetGen.Runtime;

/// <summary>Everything that an instance of a generated network owns: parameters, state, gradients and workspaces.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public class NetworkState : IParameterized
{
    /// <summary>Workspaces that are kept: those of the most threads that share a prediction. A power of two.</summary>
    private const int Slots = WorkerThreads.Most;

    /// <summary>Floats that a buffer has more than is asked for, at most, since it starts at a cache line.</summary>
    private const int Slack = 64;

    // Slots lie a cache line apart, so that threads do not share one.
    private const int SlotStride = 8;

    private readonly AlignedBuffer _parameters;
    private readonly int _packedLength;
    private readonly AlignedBuffer?[] _pool = new AlignedBuffer?[Slots * SlotStride];
    private AlignedBuffer? _gradients;
    private AlignedBuffer _training = new(0);

    // The thread in a member of training; 0 where there is none.
    private int _trainer;

    // Whether that thread is in an optimizer, who may use the network.
    private bool _isInOptimizer;

    // Odd while a training step runs.
    private int _version;

    /// <summary>Allocates and initialises parameters and state.</summary>
    /// <param name="seed">The seed of initialisation and dropout.</param>
    /// <param name="layouts">The parameters in the order of declaration, weight before bias; kept, not changed.</param>
    /// <param name="packedLength">The floats of all parameters with their padding, which stays zero.</param>
    /// <param name="stateLayouts">The state, which lies behind the parameters; kept, not changed.</param>
    /// <param name="stateLength">The floats of the state with its padding.</param>
    public NetworkState(ulong seed, ParameterLayout[] layouts, int packedLength, ParameterLayout[]? stateLayouts = null, int stateLength = 0)
    {
        ArgumentNullException.ThrowIfNull(layouts);
        stateLayouts ??= [];
        Seed = seed;
        _packedLength = packedLength;
        _parameters = new AlignedBuffer(checked(packedLength + stateLength), Streams.Parameters);
        for (int i = 0; i < layouts.Length; i++)
            Initializer.Fill(_parameters.Span, layouts[i], seed, i);
        foreach (ParameterLayout layout in stateLayouts)
            Initializer.Fill(_parameters.Span, layout, seed, layouts.Length);
        Buffers = new ParameterCollection(_parameters, stateLayouts, areBuffers: true);
        Parameters = new ParameterCollection(_parameters, layouts) { Owner = this };
        Gradients = new ParameterCollection(new GradientMemory(this), layouts);
    }

    /// <summary>The seed of initialisation and dropout.</summary>
    public ulong Seed { get; internal set; }

    /// <summary>The number of training steps done; part of the key of dropout masks.</summary>
    public long Step { get; set; }

    /// <summary>Both.</summary>
    public RandomState RandomState
    {
        get => new(Seed, Step);
        set => (Seed, Step) = value;
    }

    /// <summary>The parameters by name.</summary>
    public ParameterCollection Parameters { get; }

    /// <summary>The state by name.</summary>
    public ParameterCollection Buffers { get; }

    /// <summary>The gradients by name.</summary>
    public ParameterCollection Gradients { get; }

    /// <summary>All parameters in packed order.</summary>
    public Span<float> FlatParameters => _parameters.Span[.._packedLength];

    /// <summary>All gradients in packed order; allocated on first use.</summary>
    public Span<float> FlatGradients => GradientBuffer.Span;

    /// <summary>Parameters, then state.</summary>
    internal Span<float> Memory => _parameters.Span;

    /// <summary>The first float of the parameters, on a cache line; behind them lies the state.</summary>
    public ref float ParameterReference => ref _parameters.Reference;

    /// <summary>The first float of the gradients, on a cache line; allocated on first use.</summary>
    public ref float GradientReference => ref GradientBuffer.Reference;

    /// <summary>The gradients, which are allocated when they are first asked for.</summary>
    private sealed class GradientMemory(NetworkState state) : IPackedMemory
    {
        public Span<float> Span => state.FlatGradients;
    }

    private AlignedBuffer GradientBuffer => _gradients ?? AllocateGradients();

    /// <summary>The workspace of training, which only grows. Its contents are undefined. One thread at a time.</summary>
    /// <param name="floats">The floats needed.</param>
    /// <returns>The first float, on a cache line.</returns>
    /// <exception cref="ArgumentException">More floats than one buffer can hold: the batch is too large.</exception>
    public ref float TrainingWorkspace(long floats)
    {
        if (floats > _training.Length)
            GrowTraining(floats);
        return ref _training.Reference;
    }

    /// <summary>Takes the workspace of training for this thread; in an optimizer's step the thread has it already.</summary>
    /// <returns>What <see cref="ExitTraining"/> takes: whether it did not have it.</returns>
    /// <exception cref="InvalidOperationException">Another thread has it, or this one is using it.</exception>
    internal bool EnterTraining()
    {
        int thread = Environment.CurrentManagedThreadId;
        int trainer = Interlocked.CompareExchange(ref _trainer, thread, 0);
        if (trainer == 0)
            return true;
        if (trainer != thread)
            ThrowTraining();
        if (!_isInOptimizer)
            ThrowNested();
        _isInOptimizer = false;
        return false;
    }

    /// <summary>Gives the workspace of training back.</summary>
    /// <param name="isOwn">What <see cref="EnterTraining"/> gave.</param>
    internal void ExitTraining(bool isOwn)
    {
        _isInOptimizer = !isOwn;
        if (isOwn)
            Volatile.Write(ref _trainer, 0);
    }

    /// <summary>Begins an optimizer's step.</summary>
    internal void AllowNested() => _isInOptimizer = true;

    /// <summary><see cref="EnterTraining"/>, and begins changes of parameters and state. Predictions take no part in a lock, but see that there were some.</summary>
    internal bool EnterStep()
    {
        bool isOwn = EnterTraining();
        if (isOwn)
        {
            _version++;
            Volatile.WriteBarrier();
        }

        return isOwn;
    }

    /// <summary>Ends the changes.</summary>
    /// <param name="isOwn">What <see cref="EnterStep"/> gave.</param>
    internal void ExitStep(bool isOwn)
    {
        if (isOwn)
            Volatile.Write(ref _version, _version + 1);
        ExitTraining(isOwn);
    }

    /// <summary>Begins to read parameters and state.</summary>
    /// <returns>What <see cref="EndPrediction"/> takes.</returns>
    /// <exception cref="InvalidOperationException">Another thread is in a training step.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int BeginPrediction()
    {
        int version = Volatile.Read(ref _version);
        if ((version & 1) != 0 && _trainer != Environment.CurrentManagedThreadId)
            ThrowPrediction();
        return version;
    }

    /// <summary>Ends it.</summary>
    /// <param name="version">What <see cref="BeginPrediction"/> gave.</param>
    /// <exception cref="InvalidOperationException">Another thread has begun a training step since.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EndPrediction(int version)
    {
        Volatile.ReadBarrier();
        if (_version != version)
            ThrowPrediction();
    }

    /// <summary>Takes a workspace out of the pool; its contents are undefined. Thread-safe, and allocates nothing once warm.</summary>
    /// <param name="floats">The floats needed.</param>
    /// <exception cref="ArgumentException">More floats than one buffer can hold.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public AlignedBuffer RentWorkspace(long floats)
    {
        int start = Environment.CurrentManagedThreadId;

        // A buffer may come back behind the search, so it looks twice before it allocates.
        for (int i = 0; i < 2 * Slots; i++)
        {
            ref AlignedBuffer? slot = ref Slot(start + i);

            // A buffer that is too small is dropped; the one allocated in its place comes back to the pool.
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } buffer && buffer.Length >= floats)
                return buffer;
        }

        return NewWorkspace(floats, "Predicting");
    }

    /// <summary>Gives a workspace back.</summary>
    /// <param name="buffer">What <see cref="RentWorkspace"/> returned; the caller must not use it any more.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ReturnWorkspace(AlignedBuffer buffer)
    {
        int start = Environment.CurrentManagedThreadId;
        for (int i = 0; i < Slots; i++)
        {
            ref AlignedBuffer? slot = ref Slot(start + i);
            if (slot is null && Interlocked.CompareExchange(ref slot, buffer, null) is null)
                return;
        }
    }

    // Without the type check of an element's address.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref AlignedBuffer? Slot(int index) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_pool), (index & (Slots - 1)) * SlotStride);

    [DoesNotReturn]
    private static void ThrowTraining() => throw new InvalidOperationException(
        "Expected one thread at a time to train a network, but another one is doing so: TrainStep, ComputeGradients, EvaluateLoss and VectorJacobianProduct share a workspace. Take turns, or make a network for each thread.");

    [DoesNotReturn]
    private static void ThrowNested() => throw new InvalidOperationException(
        "Expected a loss that does not train its network, but it does: the gradients of the network are being computed. It may call Predict.");

    [DoesNotReturn]
    private static void ThrowPrediction() => throw new InvalidOperationException(
        "Expected no training step during a prediction, but another thread ran one, so the outputs may be of parameters that were changing. Take turns, or predict with a copy of the network.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AlignedBuffer AllocateGradients()
    {
        Interlocked.CompareExchange(ref _gradients, new AlignedBuffer(_packedLength, Streams.Gradients), null);
        return _gradients;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GrowTraining(long floats)
    {
        _training = new AlignedBuffer(0);
        _training = NewWorkspace(floats, "Training");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AlignedBuffer NewWorkspace(long floats, string what) => floats <= Array.MaxLength - Slack
        ? new AlignedBuffer((int)floats)
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{what} on this batch takes {floats} floats of workspace, more than the {Array.MaxLength - Slack} that one buffer holds. Use a smaller batch."));
}
