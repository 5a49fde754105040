using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NetGen.Runtime;

/// <summary>Transposes of small blocks in registers.</summary>
internal static class BlockTranspose
{
    private const int Panel = 16;

    /// <summary>target[j, i] = source[i, j] for 16 x 16 elements; rows lie a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Block16(ref float source, nuint sourceStride, ref float target, nuint targetStride)
    {
        if (Avx512F.IsSupported)
        {
            Block16Vector512(ref source, sourceStride, ref target, targetStride);
            return;
        }

        if (Avx2.IsSupported)
        {
            for (nuint i = 0; i < Panel; i += 8)
            {
                for (nuint j = 0; j < Panel; j += 4)
                    Block8x4(ref Unsafe.Add(ref source, (i * sourceStride) + j), sourceStride, ref Unsafe.Add(ref target, (j * targetStride) + i), targetStride);
            }

            return;
        }

        for (nuint i = 0; i < Panel; i += 4)
        {
            for (nuint j = 0; j < Panel; j += 4)
                Block4(ref Unsafe.Add(ref source, (i * sourceStride) + j), sourceStride, ref Unsafe.Add(ref target, (j * targetStride) + i), targetStride);
        }
    }

    /// <summary>The same for 4 x 4 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Block4(ref float source, nuint sourceStride, ref float target, nuint targetStride)
    {
        Transpose(
            Vector128.LoadUnsafe(ref source),
            Vector128.LoadUnsafe(ref source, sourceStride),
            Vector128.LoadUnsafe(ref source, 2 * sourceStride),
            Vector128.LoadUnsafe(ref source, 3 * sourceStride),
            out Vector128<float> a,
            out Vector128<float> b,
            out Vector128<float> c,
            out Vector128<float> d);
        a.StoreUnsafe(ref target);
        b.StoreUnsafe(ref target, targetStride);
        c.StoreUnsafe(ref target, 2 * targetStride);
        d.StoreUnsafe(ref target, 3 * targetStride);
    }

    /// <summary>The same for 8 rows of 4 elements: blocks of 4 x 4 in the halves of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block8x4(ref float source, nuint sourceStride, ref float target, nuint targetStride)
    {
        ref float below = ref Unsafe.Add(ref source, 4 * sourceStride);
        Vector256<float> a = Vector256.Create(Vector128.LoadUnsafe(ref source), Vector128.LoadUnsafe(ref below));
        Vector256<float> b = Vector256.Create(Vector128.LoadUnsafe(ref source, sourceStride), Vector128.LoadUnsafe(ref below, sourceStride));
        Vector256<float> c = Vector256.Create(Vector128.LoadUnsafe(ref source, 2 * sourceStride), Vector128.LoadUnsafe(ref below, 2 * sourceStride));
        Vector256<float> d = Vector256.Create(Vector128.LoadUnsafe(ref source, 3 * sourceStride), Vector128.LoadUnsafe(ref below, 3 * sourceStride));
        Vector256<float> ac = Avx.UnpackLow(a, c);
        Vector256<float> bd = Avx.UnpackLow(b, d);
        Avx.UnpackLow(ac, bd).StoreUnsafe(ref target);
        Avx.UnpackHigh(ac, bd).StoreUnsafe(ref target, targetStride);
        ac = Avx.UnpackHigh(a, c);
        bd = Avx.UnpackHigh(b, d);
        Avx.UnpackLow(ac, bd).StoreUnsafe(ref target, 2 * targetStride);
        Avx.UnpackHigh(ac, bd).StoreUnsafe(ref target, 3 * targetStride);
    }

    /// <summary>
    /// Transposes a matrix: target[j, i] = source[i, j], and zero for i from <paramref name="rows"/> to <paramref name="targetWidth"/>.
    /// </summary>
    /// <param name="source">The matrix.</param>
    /// <param name="sourceStride">Floats from a row of the source to the next.</param>
    /// <param name="sourceWidth">Floats of a row of the source that may be read, at least <paramref name="columns"/>.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">The result.</param>
    /// <param name="targetStride">Floats from a row of the target to the next.</param>
    /// <param name="targetWidth">Floats of a row of the target, at least <paramref name="rows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Matrix(ref float source, nuint sourceStride, int sourceWidth, int rows, int columns, ref float target, nuint targetStride, int targetWidth)
    {
        int wholeRows = rows & -Panel;
        int wholeColumns = columns & -Panel;
        for (int j = 0; j < wholeColumns; j += Panel)
        {
            for (int i = 0; i < wholeRows; i += Panel)
                Block16(ref At(ref source, sourceStride, i, j), sourceStride, ref At(ref target, targetStride, j, i), targetStride);
        }

        Edge(ref source, sourceStride, sourceWidth, 0, wholeRows, wholeColumns, columns, ref target, targetStride, targetWidth);
        Edge(ref source, sourceStride, sourceWidth, wholeRows, rows, 0, columns, ref target, targetStride, targetWidth);

        int written = int.Min((rows + 3) & -4, targetWidth);
        if (targetWidth > written)
        {
            for (int j = 0; j < columns; j++)
                PictureKernels.Clear(ref At(ref target, targetStride, j, written), targetWidth - written);
        }
    }

    // Blocks of 4 x 4; rows that the source lacks count as zeros where the target has room for them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Edge(ref float source, nuint sourceStride, int sourceWidth, int row, int rows, int column, int columns, ref float target, nuint targetStride, int targetWidth)
    {
        for (int j = column; j < columns; j += 4)
        {
            int width = int.Min(4, columns - j);
            for (int i = row; i < rows; i += 4)
            {
                int height = int.Min(4, rows - i);
                int room = int.Min(4, targetWidth - i);
                ref float from = ref At(ref source, sourceStride, i, j);
                ref float to = ref At(ref target, targetStride, j, i);
                if (width == 4 && height == 4)
                    Block4(ref from, sourceStride, ref to, targetStride);
                else if (room == 4 && sourceWidth - j >= 4)
                    Part4(ref from, sourceStride, height, width, ref to, targetStride);
                else
                    Elements(ref from, sourceStride, height, width, ref to, targetStride, room);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part4(ref float source, nuint sourceStride, int rows, int columns, ref float target, nuint targetStride)
    {
        Transpose(
            Vector128.LoadUnsafe(ref source),
            rows > 1 ? Vector128.LoadUnsafe(ref source, sourceStride) : Vector128<float>.Zero,
            rows > 2 ? Vector128.LoadUnsafe(ref source, 2 * sourceStride) : Vector128<float>.Zero,
            rows > 3 ? Vector128.LoadUnsafe(ref source, 3 * sourceStride) : Vector128<float>.Zero,
            out Vector128<float> a,
            out Vector128<float> b,
            out Vector128<float> c,
            out Vector128<float> d);
        a.StoreUnsafe(ref target);
        if (columns > 1)
            b.StoreUnsafe(ref target, targetStride);
        if (columns > 2)
            c.StoreUnsafe(ref target, 2 * targetStride);
        if (columns > 3)
            d.StoreUnsafe(ref target, 3 * targetStride);
    }

    private static void Elements(ref float source, nuint sourceStride, int rows, int columns, ref float target, nuint targetStride, int room)
    {
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < room; i++)
                At(ref target, targetStride, j, i) = i < rows ? At(ref source, sourceStride, i, j) : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float At(ref float matrix, nuint stride, int row, int column) => ref Unsafe.Add(ref matrix, ((nuint)row * stride) + (nuint)column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, out Vector128<float> first, out Vector128<float> second, out Vector128<float> third, out Vector128<float> fourth)
    {
        Vector128<float> ac = Low(a, c);
        Vector128<float> bd = Low(b, d);
        first = Low(ac, bd);
        second = High(ac, bd);
        ac = High(a, c);
        bd = High(b, d);
        third = Low(ac, bd);
        fourth = High(ac, bd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    // Each row of the source is loaded once and whole: rows a page apart share a set of the cache, which has less room than 16.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block16Vector512(ref float source, nuint sourceStride, ref float target, nuint targetStride)
    {
        Four(ref source, sourceStride, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        Four(ref Unsafe.Add(ref source, 4 * sourceStride), sourceStride, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        Four(ref Unsafe.Add(ref source, 8 * sourceStride), sourceStride, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        Four(ref Unsafe.Add(ref source, 12 * sourceStride), sourceStride, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        Quarters(a0, b0, c0, d0, ref target, targetStride);
        Quarters(a1, b1, c1, d1, ref Unsafe.Add(ref target, targetStride), targetStride);
        Quarters(a2, b2, c2, d2, ref Unsafe.Add(ref target, 2 * targetStride), targetStride);
        Quarters(a3, b3, c3, d3, ref Unsafe.Add(ref target, 3 * targetStride), targetStride);
    }

    // Of four rows: column k of each quarter, side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(ref float source, nuint stride, out Vector512<float> column0, out Vector512<float> column1, out Vector512<float> column2, out Vector512<float> column3)
    {
        Vector512<float> a = Vector512.LoadUnsafe(ref source);
        Vector512<float> b = Vector512.LoadUnsafe(ref source, stride);
        Vector512<float> c = Vector512.LoadUnsafe(ref source, 2 * stride);
        Vector512<float> d = Vector512.LoadUnsafe(ref source, 3 * stride);
        Vector512<float> ac = Avx512F.UnpackLow(a, c);
        Vector512<float> bd = Avx512F.UnpackLow(b, d);
        column0 = Avx512F.UnpackLow(ac, bd);
        column1 = Avx512F.UnpackHigh(ac, bd);
        ac = Avx512F.UnpackHigh(a, c);
        bd = Avx512F.UnpackHigh(b, d);
        column2 = Avx512F.UnpackLow(ac, bd);
        column3 = Avx512F.UnpackHigh(ac, bd);
    }

    // Quarters of four vectors make every fourth row of the result.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, ref float target, nuint stride)
    {
        Vector512<float> ab = Avx512F.Shuffle4x128(a, b, 0b_10_00_10_00);
        Vector512<float> cd = Avx512F.Shuffle4x128(c, d, 0b_10_00_10_00);
        Avx512F.Shuffle4x128(ab, cd, 0b_10_00_10_00).StoreUnsafe(ref target);
        Avx512F.Shuffle4x128(ab, cd, 0b_11_01_11_01).StoreUnsafe(ref target, 8 * stride);
        ab = Avx512F.Shuffle4x128(a, b, 0b_11_01_11_01);
        cd = Avx512F.Shuffle4x128(c, d, 0b_11_01_11_01);
        Avx512F.Shuffle4x128(ab, cd, 0b_10_00_10_00).StoreUnsafe(ref target, 4 * stride);
        Avx512F.Shuffle4x128(ab, cd, 0b_11_01_11_01).StoreUnsafe(ref target, 12 * stride);
    }
}
