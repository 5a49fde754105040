using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NetGen.Runtime;

/// <summary>
/// Vectors whose elements lie a stride apart in memory, and pairs of vectors taken apart and put together by even and odd elements.
/// Nothing beyond the last element is touched.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class VectorStrides
{
    private static Vector512<int> Evens512 => Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);

    private static Vector512<int> LowHalves512 => Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);

    private static Vector512<int> HighHalves512 => Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);

    /// <summary>Has the cache lines of a grid's cells fetched, which are read soon.</summary>
    /// <param name="cell">The first cell.</param>
    /// <param name="height">Lines of the grid.</param>
    /// <param name="row">Floats from a line to the next.</param>
    /// <param name="width">Rows in a line.</param>
    /// <param name="column">Floats from a row to the next.</param>
    /// <param name="panels">Cache lines of a row.</param>
    /// <param name="panel">Floats from one to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Prefetch(ref float cell, int height, int row, int width, int column, int panels, int panel)
    {
        if (!Sse.IsSupported)
            return;
        for (int i = 0; i < height; i++)
        {
            for (int j = 0; j < width; j++)
            {
                for (int p = 0; p < panels; p++)
                    Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref cell, (i * row) + (j * column) + (p * panel))));
            }
        }
    }

    /// <summary>Elements 0, stride, ..., 15 stride.</summary>
    /// <param name="source">Element 0.</param>
    /// <param name="stride">Floats from an element to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(ref float source, nuint stride)
    {
        if (stride == 1)
            return Vector512.LoadUnsafe(ref source);
        if (stride == 2 && Avx512F.IsSupported)
        {
            // Elements 0 to 15 and 15 to 30: the second vector holds its own in the odd lanes.
            Vector512<int> lanes = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
            return Avx512F.PermuteVar16x32x2(Vector512.LoadUnsafe(ref source), lanes, Vector512.LoadUnsafe(ref source, 15));
        }

        return Vector512.Create(Load256(ref source, stride), Load256(ref Unsafe.Add(ref source, 8 * stride), stride));
    }

    /// <summary>Elements 0, stride, ..., 7 stride.</summary>
    /// <inheritdoc cref="Load512" path="/param"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(ref float source, nuint stride)
    {
        if (stride == 1)
            return Vector256.LoadUnsafe(ref source);
        if (stride == 2 && Avx2.IsSupported)
        {
            Vector256<float> lanes = Avx.Shuffle(Vector256.LoadUnsafe(ref source), Vector256.LoadUnsafe(ref source, 7), 0b_11_01_10_00);
            return Avx2.Permute4x64(lanes.AsDouble(), 0b_11_01_10_00).AsSingle();
        }

        return Vector256.Create(Load128(ref source, stride), Load128(ref Unsafe.Add(ref source, 4 * stride), stride));
    }

    /// <summary>Elements 0, stride, 2 stride and 3 stride.</summary>
    /// <inheritdoc cref="Load512" path="/param"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load128(ref float source, nuint stride)
    {
        if (stride == 1)
            return Vector128.LoadUnsafe(ref source);
        if (stride == 2 && Sse.IsSupported)
            return Sse.Shuffle(Vector128.LoadUnsafe(ref source), Vector128.LoadUnsafe(ref source, 3), 0b_11_01_10_00);
        return Vector128.Create(source, Unsafe.Add(ref source, stride), Unsafe.Add(ref source, 2 * stride), Unsafe.Add(ref source, 3 * stride));
    }

    /// <summary>The even lanes of two vectors one behind the other, and the odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<float> Even, Vector512<float> Odd) Split(Vector512<float> a, Vector512<float> b)
    {
        if (Avx512F.IsSupported)
            return (Avx512F.PermuteVar16x32x2(a, Evens512, b), Avx512F.PermuteVar16x32x2(a, Evens512 + Vector512<int>.One, b));
        (Vector256<float> evenA, Vector256<float> oddA) = Split(a.GetLower(), a.GetUpper());
        (Vector256<float> evenB, Vector256<float> oddB) = Split(b.GetLower(), b.GetUpper());
        return (Vector512.Create(evenA, evenB), Vector512.Create(oddA, oddB));
    }

    /// <inheritdoc cref="Split(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector256<float> Even, Vector256<float> Odd) Split(Vector256<float> a, Vector256<float> b)
    {
        if (Avx2.IsSupported)
        {
            return (
                Avx2.Permute4x64(Avx.Shuffle(a, b, 0b_10_00_10_00).AsDouble(), 0b_11_01_10_00).AsSingle(),
                Avx2.Permute4x64(Avx.Shuffle(a, b, 0b_11_01_11_01).AsDouble(), 0b_11_01_10_00).AsSingle());
        }

        (Vector128<float> evenA, Vector128<float> oddA) = Split(a.GetLower(), a.GetUpper());
        (Vector128<float> evenB, Vector128<float> oddB) = Split(b.GetLower(), b.GetUpper());
        return (Vector256.Create(evenA, evenB), Vector256.Create(oddA, oddB));
    }

    /// <inheritdoc cref="Split(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector128<float> Even, Vector128<float> Odd) Split(Vector128<float> a, Vector128<float> b) => Sse.IsSupported
        ? (Sse.Shuffle(a, b, 0b_10_00_10_00), Sse.Shuffle(a, b, 0b_11_01_11_01))
        : (Vector128.Create(a[0], a[2], b[0], b[2]), Vector128.Create(a[1], a[3], b[1], b[3]));

    /// <summary>The two vectors whose even and odd lanes these are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<float> First, Vector512<float> Second) Join(Vector512<float> even, Vector512<float> odd)
    {
        if (Avx512F.IsSupported)
            return (Avx512F.PermuteVar16x32x2(even, LowHalves512, odd), Avx512F.PermuteVar16x32x2(even, HighHalves512, odd));
        (Vector256<float> a, Vector256<float> b) = Join(even.GetLower(), odd.GetLower());
        (Vector256<float> c, Vector256<float> d) = Join(even.GetUpper(), odd.GetUpper());
        return (Vector512.Create(a, b), Vector512.Create(c, d));
    }

    /// <inheritdoc cref="Join(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector256<float> First, Vector256<float> Second) Join(Vector256<float> even, Vector256<float> odd)
    {
        if (Avx.IsSupported)
        {
            Vector256<float> low = Avx.UnpackLow(even, odd);
            Vector256<float> high = Avx.UnpackHigh(even, odd);
            return (Avx.Permute2x128(low, high, 0x20), Avx.Permute2x128(low, high, 0x31));
        }

        (Vector128<float> a, Vector128<float> b) = Join(even.GetLower(), odd.GetLower());
        (Vector128<float> c, Vector128<float> d) = Join(even.GetUpper(), odd.GetUpper());
        return (Vector256.Create(a, b), Vector256.Create(c, d));
    }

    /// <inheritdoc cref="Join(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector128<float> First, Vector128<float> Second) Join(Vector128<float> even, Vector128<float> odd) => Sse.IsSupported
        ? (Sse.UnpackLow(even, odd), Sse.UnpackHigh(even, odd))
        : (Vector128.Create(even[0], odd[0], even[1], odd[1]), Vector128.Create(even[2], odd[2], even[3], odd[3]));

    /// <summary>Stores the first lanes a stride apart.</summary>
    /// <param name="v">The lanes.</param>
    /// <param name="target">Where lane 0 goes.</param>
    /// <param name="stride">Floats from one lane to the next.</param>
    /// <param name="count">How many lanes; all where it is more than there are.</param>
    public static void Store(Vector512<float> v, ref float target, nuint stride, int count)
    {
        for (int i = 0; i < int.Min(count, Vector512<float>.Count); i++)
            Unsafe.Add(ref target, (nuint)i * stride) = v[i];
    }

    /// <summary>Stores the first lanes a stride apart.</summary>
    /// <param name="v">The lanes.</param>
    /// <param name="target">Where lane 0 goes.</param>
    /// <param name="stride">Floats from one lane to the next.</param>
    /// <param name="count">How many lanes; all where it is more than there are.</param>
    public static void Store(Vector256<float> v, ref float target, nuint stride, int count)
    {
        for (int i = 0; i < int.Min(count, Vector256<float>.Count); i++)
            Unsafe.Add(ref target, (nuint)i * stride) = v[i];
    }

    /// <summary>Stores the first lanes a stride apart.</summary>
    /// <param name="v">The lanes.</param>
    /// <param name="target">Where lane 0 goes.</param>
    /// <param name="stride">Floats from one lane to the next.</param>
    /// <param name="count">How many lanes; all where it is more than there are.</param>
    public static void Store(Vector128<float> v, ref float target, nuint stride, int count)
    {
        for (int i = 0; i < int.Min(count, Vector128<float>.Count); i++)
            Unsafe.Add(ref target, (nuint)i * stride) = v[i];
    }
}
