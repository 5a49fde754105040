using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetGen.Runtime;

/// <summary>Where packed parameters lie.</summary>
internal interface IPackedMemory
{
    Span<float> Span { get; }
}

/// <summary>Floats that start on a cache line (64 bytes), zero at first. The array is pinned, so the start stays where it is.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AlignedBuffer : IPackedMemory
{
    private const int Line = 64;

    private readonly float[] _array;
    private readonly int _start;

    /// <summary>
    /// Cache lines between the starts, within their pages, of buffers that are gone through side by side. With equal starts a load waits for the store before it, whose address ends alike, and the streams
    /// fall on the same sets of the caches: Adam on sixty million parameters took 1.5 times as long.
    /// </summary>
    private const int Stagger = 9;

    private const int Page = 4096;

    /// <summary>Shorter buffers are not worth a page.</summary>
    private const int ShortestStream = 1 << 14;

    /// <summary>Allocates a buffer.</summary>
    /// <param name="length">The number of floats; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or more than an array can hold.</exception>
    public AlignedBuffer(int length)
        : this(length, Line, 0)
    {
    }

    /// <summary>Allocates one of the buffers that are gone through side by side.</summary>
    /// <param name="length">The number of floats; at least 0.</param>
    /// <param name="stream">Which of them it is, from 0 to 6.</param>
    internal AlignedBuffer(int length, int stream)
        : this(length, length < ShortestStream ? Line : Page, stream * Stagger * Line)
    {
    }

    private AlignedBuffer(int length, int granule, int place)
    {
        int slack = (granule / sizeof(float)) - 1;
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength - slack);
        Length = length;
        _array = GC.AllocateArray<float>(length + slack, pinned: true);
        _start = (int)((place - Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0)) & (granule - 1)) / sizeof(float);
    }

    /// <summary>The number of floats.</summary>
    public int Length { get; }

    /// <summary>All floats.</summary>
    public Span<float> Span => new(_array, _start, Length);

    /// <summary>The first float.</summary>
    public ref float Reference => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _start);
}

/// <summary>Buffers that are gone through side by side, in an order of their own.</summary>
internal static class Streams
{
    public const int Parameters = 0, Gradients = 1, FirstSlot = 2, Accumulated = 5;
}
