using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

// The 256- and 128-bit versions are made from this file at build time (Runtime.csproj).
internal static class PoolKernelsVector512
{
    private static int Width => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Max(ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, PoolWindows windows, bool relu, nuint rows)
    {
        ref float none = ref Unsafe.NullRef<float>();
        if (xLayout.IsChannelsLast)
            MaxOfChannels(ref x, xLayout, ref y, yLayout, ref none, yLayout, windows, relu, rows, false);
        else
            MaxOfPixels(ref x, xLayout, ref y, yLayout, ref none, yLayout, windows, relu, rows, false);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxWithIndices(
        ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, ref float index, in PictureLayout indexLayout, PoolWindows windows, bool relu, nuint rows)
    {
        if (xLayout.IsChannelsLast)
            MaxOfChannels(ref x, xLayout, ref y, yLayout, ref index, indexLayout, windows, relu, rows, true);
        else
            MaxOfPixels(ref x, xLayout, ref y, yLayout, ref index, indexLayout, windows, relu, rows, true);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MaxOfChannels(
        ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, ref float index, in PictureLayout indexLayout, PoolWindows windows, bool relu, nuint rows, bool hasIndices)
    {
        int channels = yLayout.PaddedChannels;
        for (nuint n = 0; n < rows; n++)
        {
            for (int oy = 0; oy < yLayout.Height; oy++)
            {
                int top = windows.RowStarts[oy];
                int height = windows.RowEnds[oy] - top;
                for (int ox = 0; ox < yLayout.Width; ox++)
                {
                    int left = windows.ColumnStarts[ox];
                    int width = windows.ColumnEnds[ox] - left;
                    int first = (top * xLayout.Width) + left;
                    for (int c = 0; c < channels; c += Width)
                    {
                        ref float row = ref Unsafe.Add(ref PictureKernels.Row(ref x, xLayout, n, c, top), left * xLayout.Pixel);
                        Vector512<float> best = Vector512.LoadUnsafe(ref row);
                        Vector512<int> pixel = Vector512.Create(first);
                        for (int iy = 0; iy < height; iy++, row = ref Unsafe.Add(ref row, xLayout.Row))
                        {
                            ref float p = ref row;
                            for (int ix = 0; ix < width; ix++, p = ref Unsafe.Add(ref p, xLayout.Pixel))
                                Take(Vector512.LoadUnsafe(ref p), Vector512.Create(first + (iy * xLayout.Width) + ix), ref best, ref pixel, hasIndices);
                        }

                        Finish(ref best, ref pixel, relu);
                        best.StoreUnsafe(ref PictureKernels.Row(ref y, yLayout, n, c, oy), (nuint)(ox * yLayout.Pixel));
                        if (hasIndices)
                            pixel.AsSingle().StoreUnsafe(ref PictureKernels.Row(ref index, indexLayout, n, c, oy), (nuint)(ox * indexLayout.Pixel));
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MaxOfPixels(
        ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, ref float index, in PictureLayout indexLayout, PoolWindows windows, bool relu, nuint rows, bool hasIndices)
    {
        int xWidth = xLayout.PaddedWidth;
        int yWidth = yLayout.PaddedWidth;
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < yLayout.Channels; c++)
            {
                for (int oy = 0; oy < yLayout.Height; oy++)
                {
                    int top = windows.RowStarts[oy];
                    int height = windows.RowEnds[oy] - top;
                    ref float rowX = ref PictureKernels.Row(ref x, xLayout, n, c, top);
                    ref float rowY = ref PictureKernels.Row(ref y, yLayout, n, c, oy);
                    for (int ox = 0; ox < yWidth; ox += Width)
                    {
                        ref float p = ref rowX;
                        (Vector512<float> best, Vector512<float> odd) = Load(ref p, 2 * ox, xWidth);
                        Vector512<int> pixel = Vector512.Create((top * xLayout.Width) + (2 * ox)) + Vector512<int>.Indices + Vector512<int>.Indices;
                        Vector512<int> even = pixel;
                        Take(best, pixel, ref best, ref pixel, hasIndices);
                        Take(odd, even + Vector512<int>.One, ref best, ref pixel, hasIndices);
                        for (int iy = 1; iy < height; iy++)
                        {
                            p = ref Unsafe.Add(ref p, xLayout.Row);
                            even += Vector512.Create(xLayout.Width);
                            (Vector512<float> value, odd) = Load(ref p, 2 * ox, xWidth);
                            Take(value, even, ref best, ref pixel, hasIndices);
                            Take(odd, even + Vector512<int>.One, ref best, ref pixel, hasIndices);
                        }

                        Finish(ref best, ref pixel, relu);
                        InRow(ox, yLayout.Width, best).StoreUnsafe(ref rowY, (nuint)ox);
                        if (hasIndices)
                            pixel.AsSingle().StoreUnsafe(ref PictureKernels.Row(ref index, indexLayout, n, c, oy), (nuint)ox);
                    }
                }
            }
        }
    }

    /// <summary>PyTorch's rule: a later value wins if it is greater, or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(Vector512<float> value, Vector512<int> number, ref Vector512<float> best, ref Vector512<int> pixel, bool hasIndices)
    {
        if (hasIndices)
        {
            Vector512<float> wins = Vector512.GreaterThan(value, best) | ~Vector512.Equals(value, value);
            best = Vector512.ConditionalSelect(wins, value, best);
            pixel = Vector512.ConditionalSelect(wins.AsInt32(), number, pixel);
        }
        else
        {
            // Half the time: no mask leaves its register.
            best = Vector512.ConditionalSelect(Vector512.Equals(value, value), Vector512.ConditionalSelect(Vector512.GreaterThan(value, best), value, best), value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ref Vector512<float> best, ref Vector512<int> pixel, bool relu)
    {
        if (!relu)
            return;
        pixel |= Vector512.LessThanOrEqual(best, Vector512<float>.Zero).AsInt32();
        best = VectorMath.ReLU(best);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxGradient(
        ref float dy, in PictureLayout dyLayout, ref float index, in PictureLayout indexLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        if (dxLayout.IsChannelsLast)
            MaxGradientOfChannels(ref dy, dyLayout, ref index, indexLayout, ref dx, dxLayout, windows, rows);
        else
            MaxGradientOfPixels(ref dy, dyLayout, ref index, indexLayout, ref dx, dxLayout, windows, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxGradientOfChannels(
        ref float dy, in PictureLayout dyLayout, ref float index, in PictureLayout indexLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        int channels = dxLayout.PaddedChannels;
        for (nuint n = 0; n < rows; n++)
        {
            for (int iy = 0; iy < dxLayout.Height; iy++)
            {
                int top = windows.FirstOfRow[iy];
                int height = windows.EndOfRow[iy] - top;
                for (int ix = 0; ix < dxLayout.Width; ix++)
                {
                    int left = windows.FirstOfColumn[ix];
                    int width = windows.EndOfColumn[ix] - left;
                    Vector512<int> pixel = Vector512.Create((iy * dxLayout.Width) + ix);
                    for (int c = 0; c < channels; c += Width)
                    {
                        Vector512<float> sum = Vector512<float>.Zero;
                        for (int oy = top; oy < top + height; oy++)
                        {
                            ref float p = ref Unsafe.Add(ref PictureKernels.Row(ref dy, dyLayout, n, c, oy), left * dyLayout.Pixel);
                            ref float q = ref Unsafe.Add(ref PictureKernels.Row(ref index, indexLayout, n, c, oy), left * indexLayout.Pixel);
                            for (int ox = 0; ox < width; ox++)
                            {
                                sum += Where(Vector512.LoadUnsafe(ref q), pixel, Vector512.LoadUnsafe(ref p));
                                p = ref Unsafe.Add(ref p, dyLayout.Pixel);
                                q = ref Unsafe.Add(ref q, indexLayout.Pixel);
                            }
                        }

                        sum.StoreUnsafe(ref PictureKernels.Row(ref dx, dxLayout, n, c, iy), (nuint)(ix * dxLayout.Pixel));
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxGradientOfPixels(
        ref float dy, in PictureLayout dyLayout, ref float index, in PictureLayout indexLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        int dxWidth = dxLayout.PaddedWidth;
        int dyWidth = dyLayout.PaddedWidth;
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < dxLayout.Channels; c++)
            {
                for (int iy = 0; iy < dxLayout.Height; iy++)
                {
                    ref float row = ref PictureKernels.Row(ref dx, dxLayout, n, c, iy);
                    for (int ox = 0; 2 * ox < dxWidth; ox += Width)
                    {
                        Vector512<int> pixel = Vector512.Create((iy * dxLayout.Width) + (2 * ox)) + Vector512<int>.Indices + Vector512<int>.Indices;
                        Vector512<float> even = Vector512<float>.Zero;
                        Vector512<float> odd = Vector512<float>.Zero;
                        for (int oy = windows.FirstOfRow[iy]; ox < dyWidth && oy < windows.EndOfRow[iy]; oy++)
                        {
                            Vector512<float> gradient = Vector512.LoadUnsafe(ref PictureKernels.Row(ref dy, dyLayout, n, c, oy), (nuint)ox);
                            Vector512<float> number = Vector512.LoadUnsafe(ref PictureKernels.Row(ref index, indexLayout, n, c, oy), (nuint)ox);
                            even += Where(number, pixel, gradient);
                            odd += Where(number, pixel + Vector512<int>.One, gradient);
                        }

                        Store(even, odd, ref row, 2 * ox, dxWidth);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Where(Vector512<float> number, Vector512<int> pixel, Vector512<float> gradient) =>
        Vector512.Equals(number.AsInt32(), pixel).AsSingle() & gradient;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Average(ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, PoolWindows windows, nuint rows)
    {
        if (xLayout.IsChannelsLast)
            AverageOfChannels(ref x, xLayout, ref y, yLayout, windows, rows);
        else
            AverageOfPixels(ref x, xLayout, ref y, yLayout, windows, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AverageOfChannels(ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, PoolWindows windows, nuint rows)
    {
        int channels = yLayout.PaddedChannels;
        for (nuint n = 0; n < rows; n++)
        {
            for (int oy = 0; oy < yLayout.Height; oy++)
            {
                int top = windows.RowStarts[oy];
                int height = windows.RowEnds[oy] - top;
                for (int ox = 0; ox < yLayout.Width; ox++)
                {
                    int left = windows.ColumnStarts[ox];
                    int width = windows.ColumnEnds[ox] - left;
                    Vector512<float> count = Vector512.Create((float)windows.RowCounts[oy] * windows.ColumnCounts[ox]);
                    for (int c = 0; c < channels; c += Width)
                    {
                        Vector512<float> sum = Vector512<float>.Zero;
                        ref float first = ref Unsafe.Add(ref PictureKernels.Row(ref x, xLayout, n, c, top), left * xLayout.Pixel);
                        for (int iy = 0; iy < height; iy++, first = ref Unsafe.Add(ref first, xLayout.Row))
                        {
                            Vector512<float> row = Vector512<float>.Zero;
                            ref float p = ref first;
                            for (int ix = 0; ix < width; ix++, p = ref Unsafe.Add(ref p, xLayout.Pixel))
                                row += Vector512.LoadUnsafe(ref p);
                            sum += row;
                        }

                        (sum / count).StoreUnsafe(ref PictureKernels.Row(ref y, yLayout, n, c, oy), (nuint)(ox * yLayout.Pixel));
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AverageOfPixels(ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, PoolWindows windows, nuint rows)
    {
        int xWidth = xLayout.PaddedWidth;
        int yWidth = yLayout.PaddedWidth;
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < yLayout.Channels; c++)
            {
                for (int oy = 0; oy < yLayout.Height; oy++)
                {
                    int top = windows.RowStarts[oy];
                    int height = windows.RowEnds[oy] - top;
                    Vector512<float> count = Vector512.Create((float)windows.RowCounts[oy] * 2);
                    ref float rowX = ref PictureKernels.Row(ref x, xLayout, n, c, top);
                    ref float rowY = ref PictureKernels.Row(ref y, yLayout, n, c, oy);
                    for (int ox = 0; ox < yWidth; ox += Width)
                    {
                        Vector512<float> sum = Vector512<float>.Zero;
                        ref float p = ref rowX;
                        for (int iy = 0; iy < height; iy++, p = ref Unsafe.Add(ref p, xLayout.Row))
                        {
                            (Vector512<float> even, Vector512<float> odd) = Load(ref p, 2 * ox, xWidth);
                            sum += even + odd;
                        }

                        InRow(ox, yLayout.Width, sum / count).StoreUnsafe(ref rowY, (nuint)ox);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AverageGradient(ref float dy, in PictureLayout dyLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        if (dxLayout.IsChannelsLast)
            AverageGradientOfChannels(ref dy, dyLayout, ref dx, dxLayout, windows, rows);
        else
            AverageGradientOfPixels(ref dy, dyLayout, ref dx, dxLayout, windows, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AverageGradientOfChannels(ref float dy, in PictureLayout dyLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        int channels = dxLayout.PaddedChannels;
        for (nuint n = 0; n < rows; n++)
        {
            for (int iy = 0; iy < dxLayout.Height; iy++)
            {
                for (int ix = 0; ix < dxLayout.Width; ix++)
                {
                    for (int c = 0; c < channels; c += Width)
                    {
                        Vector512<float> sum = Vector512<float>.Zero;
                        for (int oy = windows.FirstOfRow[iy]; oy < windows.EndOfRow[iy]; oy++)
                        {
                            ref float row = ref PictureKernels.Row(ref dy, dyLayout, n, c, oy);
                            for (int ox = windows.FirstOfColumn[ix]; ox < windows.EndOfColumn[ix]; ox++)
                                sum += Vector512.LoadUnsafe(ref row, (nuint)(ox * dyLayout.Pixel)) / Vector512.Create((float)windows.RowCounts[oy] * windows.ColumnCounts[ox]);
                        }

                        sum.StoreUnsafe(ref PictureKernels.Row(ref dx, dxLayout, n, c, iy), (nuint)(ix * dxLayout.Pixel));
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AverageGradientOfPixels(ref float dy, in PictureLayout dyLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        int dxWidth = dxLayout.PaddedWidth;
        int dyWidth = dyLayout.PaddedWidth;
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < dxLayout.Channels; c++)
            {
                for (int iy = 0; iy < dxLayout.Height; iy++)
                {
                    ref float row = ref PictureKernels.Row(ref dx, dxLayout, n, c, iy);
                    for (int ox = 0; 2 * ox < dxWidth; ox += Width)
                    {
                        Vector512<float> sum = Vector512<float>.Zero;
                        for (int oy = windows.FirstOfRow[iy]; ox < dyWidth && oy < windows.EndOfRow[iy]; oy++)
                            sum += Vector512.LoadUnsafe(ref PictureKernels.Row(ref dy, dyLayout, n, c, oy), (nuint)ox) / Vector512.Create((float)windows.RowCounts[oy] * 2);
                        Store(sum, sum, ref row, 2 * ox, dxWidth);
                    }
                }
            }
        }
    }

    /// <summary>Even and odd pixels of a row from one on; vectors behind the row's end are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Even, Vector512<float> Odd) Load(ref float row, int x, int width) => VectorStrides.Split(
        x < width ? Vector512.LoadUnsafe(ref row, (nuint)x) : Vector512<float>.Zero,
        x + Width < width ? Vector512.LoadUnsafe(ref row, (nuint)(x + Width)) : Vector512<float>.Zero);

    /// <summary>The reverse; vectors behind the row's end are left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> even, Vector512<float> odd, ref float row, int x, int width)
    {
        (Vector512<float> first, Vector512<float> second) = VectorStrides.Join(even, odd);
        first.StoreUnsafe(ref row, (nuint)x);
        if (x + Width < width)
            second.StoreUnsafe(ref row, (nuint)(x + Width));
    }

    /// <summary>The lanes that lie within the row; the others become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> InRow(int x, int width, Vector512<float> value) => x + Width <= width
        ? value
        : value & Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(width - x)).AsSingle();
}
