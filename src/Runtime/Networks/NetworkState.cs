using System;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace NetGen.Runtime;

/// <summary>Everything that an instance of a generated network owns: parameters, state, gradients and workspaces.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public class NetworkState : IParameterized
{
    private const int Slots = 64;

    // Slots lie a cache line apart, so that threads do not share one.
    private const int SlotStride = 8;

    private readonly AlignedBuffer _parameters;
    private readonly int _packedLength;
    private readonly AlignedBuffer?[] _pool = new AlignedBuffer?[Slots * SlotStride];
    private AlignedBuffer? _gradients;
    private AlignedBuffer _training = new(0);

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
        _parameters = new AlignedBuffer(checked(packedLength + stateLength));
        for (int i = 0; i < layouts.Length; i++)
            Initializer.Fill(_parameters.Span, layouts[i], seed, i);
        foreach (ParameterLayout layout in stateLayouts)
            Initializer.Fill(_parameters.Span, layout, seed, layouts.Length);
        Buffers = new ParameterCollection(_parameters, stateLayouts, areBuffers: true);
        Parameters = new ParameterCollection(_parameters, layouts);
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AlignedBuffer AllocateGradients()
    {
        Interlocked.CompareExchange(ref _gradients, new AlignedBuffer(_packedLength), null);
        return _gradients;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GrowTraining(long floats)
    {
        _training = new AlignedBuffer(0);
        _training = NewWorkspace(floats, "Training");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AlignedBuffer NewWorkspace(long floats, string what) => floats <= Array.MaxLength - Slots
        ? new AlignedBuffer((int)floats)
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{what} on this batch takes {floats} floats of workspace, more than the {Array.MaxLength - Slots} that one buffer holds. Use a smaller batch."));
}
