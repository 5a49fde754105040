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

    /// <summary>Allocates a buffer.</summary>
    /// <param name="length">The number of floats; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or more than an array can hold.</exception>
    public AlignedBuffer(int length)
    {
        const int Slack = (Line / sizeof(float)) - 1;
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength - Slack);
        Length = length;
        _array = GC.AllocateArray<float>(length + Slack, pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) & (Line - 1)) / sizeof(float);
    }

    /// <summary>The number of floats.</summary>
    public int Length { get; }

    /// <summary>All floats.</summary>
    public Span<float> Span => new(_array, _start, Length);

    /// <summary>The first float.</summary>
    public ref float Reference => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _start);
}
