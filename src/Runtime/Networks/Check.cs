using System;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetGen.Runtime;

/// <summary>The argument checks of generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Check
{
    /// <summary>The number of samples that a span of floats holds.</summary>
    /// <param name="length">The span's length.</param>
    /// <param name="size">The floats of one sample.</param>
    /// <param name="parameter">The name of the argument.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of the size.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Batch(int length, int size, string parameter)
    {
        int batch = length / size;
        if (batch * size != length)
            ThrowBatch(length, size, parameter);
        return batch;
    }

    /// <summary>Requires a length.</summary>
    /// <param name="length">The span's length.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="parameter">The name of the argument.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(int length, long expected, string parameter)
    {
        if (length != expected)
            ThrowLength(length, expected, parameter);
    }

    /// <summary>Requires class numbers of at least 0 and less than <paramref name="classes"/>.</summary>
    /// <param name="labels">The class numbers.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="parameter">The name of the argument.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static void Labels(ReadOnlySpan<int> labels, int classes, string parameter)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
                ThrowLabel(labels[i], i, classes, parameter);
        }
    }

    /// <summary>Requires at least one sample.</summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="parameter">The name of the argument.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NotEmptyBatch(int batch, string parameter)
    {
        if (batch == 0)
            ThrowEmpty(parameter);
    }

    /// <summary>Requires two spans to have no memory in common.</summary>
    /// <param name="read">One span, of floats or labels.</param>
    /// <param name="written">The other, which is written.</param>
    /// <param name="parameter">The name of the argument that is written.</param>
    /// <param name="what">What the other one is.</param>
    /// <exception cref="ArgumentException">They overlap.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NoOverlap<T>(ReadOnlySpan<T> read, ReadOnlySpan<float> written, string parameter, string what = "input")
        where T : unmanaged
    {
        if (MemoryMarshal.Cast<T, float>(read).Overlaps(written))
            ThrowOverlap(parameter, what);
    }

    [DoesNotReturn]
    private static void ThrowBatch(int length, int size, string parameter) =>
        throw new ArgumentException(Text($"Expected whole samples, a multiple of {size} floats, but got {length}."), parameter);

    [DoesNotReturn]
    private static void ThrowLength(int length, long expected, string parameter) =>
        throw new ArgumentException(Text($"Expected {expected} elements, but got {length}."), parameter);

    [DoesNotReturn]
    private static void ThrowLabel(int label, int index, int classes, string parameter) =>
        throw new ArgumentException(Text($"Expected class numbers from 0 to {classes - 1}, but the one at index {index} is {label}."), parameter);

    [DoesNotReturn]
    private static void ThrowEmpty(string parameter) => throw new ArgumentException("Expected at least one sample, but the batch is empty.", parameter);

    [DoesNotReturn]
    private static void ThrowOverlap(string parameter, string what) =>
        throw new ArgumentException($"Expected memory of its own, but this span overlaps the {what}.", parameter);

    private static string Text(FormattableString message) => message.ToString(CultureInfo.InvariantCulture);
}
