using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

// The 256- and 128-bit versions are made from this file at build time (Runtime.csproj).
internal static class PictureKernelsVector512
{
    private const int Lanes = PictureLayout.Lanes;

    // Terms of a lane's sum before it is added to the next larger one.
    private const int Terms = 1024;
    private const int Samples = 256;

    private static int Width => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BiasGradient(ref float dy, in PictureLayout layout, ref float db, nuint rows)
    {
        int channels = layout.Channels;
        if (layout.HasRowsOfPixels)
        {
            for (int c = 0; c < channels; c++)
                Unsafe.Add(ref db, c) = SumPlanes(ref dy, layout, c, rows);
        }
        else
        {
            int c = 0;
            int padded = layout.PaddedChannels;
            for (; c + (4 * Width) <= padded; c += 4 * Width)
                SumFour(ref dy, layout, c, ref db, rows);
            for (; c + Width <= padded; c += Width)
                SumOne(ref dy, layout, c, ref db, rows);
            for (; c < channels; c++)
                Unsafe.Add(ref db, c) = SumChannel(ref dy, layout, c, rows);
        }
    }

    // Even and odd pixels of a row apart, then rows, samples and every 256 samples: three functions of the same order.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumFour(ref float dy, in PictureLayout layout, int channel, ref float db, nuint rows)
    {
        nuint pixel = (nuint)layout.Pixel;
        Vector512<float> total0 = Vector512<float>.Zero, total1 = total0, total2 = total0, total3 = total0;
        for (nuint first = 0; first < rows; first += Samples)
        {
            Vector512<float> block0 = Vector512<float>.Zero, block1 = block0, block2 = block0, block3 = block0;
            nuint end = nuint.Min(rows, first + Samples);
            for (nuint n = first; n < end; n++)
            {
                Vector512<float> sample0 = Vector512<float>.Zero, sample1 = sample0, sample2 = sample0, sample3 = sample0;
                for (int y = 0; y < layout.Height; y++)
                {
                    ref float p = ref Unsafe.Add(ref PictureKernels.Row(ref dy, layout, n, 0, y), channel);
                    for (int x = 0; x < layout.Width; x += Terms)
                    {
                        Vector512<float> even0 = Vector512<float>.Zero, even1 = even0, even2 = even0, even3 = even0;
                        Vector512<float> odd0 = even0, odd1 = even0, odd2 = even0, odd3 = even0;
                        int rest = int.Min(Terms, layout.Width - x);
                        for (; rest > 1; rest -= 2)
                        {
                            even0 += Vector512.LoadUnsafe(ref p);
                            even1 += Vector512.LoadUnsafe(ref p, (nuint)Width);
                            even2 += Vector512.LoadUnsafe(ref p, (nuint)(2 * Width));
                            even3 += Vector512.LoadUnsafe(ref p, (nuint)(3 * Width));
                            p = ref Unsafe.Add(ref p, pixel);
                            odd0 += Vector512.LoadUnsafe(ref p);
                            odd1 += Vector512.LoadUnsafe(ref p, (nuint)Width);
                            odd2 += Vector512.LoadUnsafe(ref p, (nuint)(2 * Width));
                            odd3 += Vector512.LoadUnsafe(ref p, (nuint)(3 * Width));
                            p = ref Unsafe.Add(ref p, pixel);
                        }

                        if (rest == 1)
                        {
                            even0 += Vector512.LoadUnsafe(ref p);
                            even1 += Vector512.LoadUnsafe(ref p, (nuint)Width);
                            even2 += Vector512.LoadUnsafe(ref p, (nuint)(2 * Width));
                            even3 += Vector512.LoadUnsafe(ref p, (nuint)(3 * Width));
                        }

                        sample0 += even0 + odd0;
                        sample1 += even1 + odd1;
                        sample2 += even2 + odd2;
                        sample3 += even3 + odd3;
                    }
                }

                block0 += sample0;
                block1 += sample1;
                block2 += sample2;
                block3 += sample3;
            }

            total0 += block0;
            total1 += block1;
            total2 += block2;
            total3 += block3;
        }

        total0.StoreUnsafe(ref db, (nuint)channel);
        total1.StoreUnsafe(ref db, (nuint)(channel + Width));
        total2.StoreUnsafe(ref db, (nuint)(channel + (2 * Width)));
        total3.StoreUnsafe(ref db, (nuint)(channel + (3 * Width)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumOne(ref float dy, in PictureLayout layout, int channel, ref float db, nuint rows)
    {
        nuint pixel = (nuint)layout.Pixel;
        Vector512<float> total = Vector512<float>.Zero;
        for (nuint first = 0; first < rows; first += Samples)
        {
            Vector512<float> block = Vector512<float>.Zero;
            nuint end = nuint.Min(rows, first + Samples);
            for (nuint n = first; n < end; n++)
            {
                Vector512<float> sample = Vector512<float>.Zero;
                for (int y = 0; y < layout.Height; y++)
                {
                    ref float p = ref Unsafe.Add(ref PictureKernels.Row(ref dy, layout, n, 0, y), channel);
                    for (int x = 0; x < layout.Width; x += Terms)
                    {
                        Vector512<float> even = Vector512<float>.Zero;
                        Vector512<float> odd = Vector512<float>.Zero;
                        int rest = int.Min(Terms, layout.Width - x);
                        for (; rest > 1; rest -= 2)
                        {
                            even += Vector512.LoadUnsafe(ref p);
                            odd += Vector512.LoadUnsafe(ref p, pixel);
                            p = ref Unsafe.Add(ref p, 2 * pixel);
                        }

                        if (rest == 1)
                            even += Vector512.LoadUnsafe(ref p);
                        sample += even + odd;
                    }
                }

                block += sample;
            }

            total += block;
        }

        total.StoreUnsafe(ref db, (nuint)channel);
    }

    private static float SumChannel(ref float dy, in PictureLayout layout, int channel, nuint rows)
    {
        float total = 0;
        for (nuint first = 0; first < rows; first += Samples)
        {
            float block = 0;
            nuint end = nuint.Min(rows, first + Samples);
            for (nuint n = first; n < end; n++)
            {
                float sample = 0;
                for (int y = 0; y < layout.Height; y++)
                {
                    ref float p = ref Unsafe.Add(ref PictureKernels.Row(ref dy, layout, n, 0, y), channel);
                    for (int x = 0; x < layout.Width; x += Terms)
                    {
                        float even = 0;
                        float odd = 0;
                        for (int i = x; i < int.Min(x + Terms, layout.Width); i++, p = ref Unsafe.Add(ref p, layout.Pixel))
                        {
                            if ((i & 1) == 0)
                                even += p;
                            else
                                odd += p;
                        }

                        sample += even + odd;
                    }
                }

                block += sample;
            }

            total += block;
        }

        return total;
    }

    /// <summary>The sum of a channel whose rows lie pixel by pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SumPlanes(ref float dy, in PictureLayout layout, int channel, nuint rows)
    {
        Span<float> lanes = stackalloc float[2 * Lanes];
        int width = layout.PaddedWidth;
        float total = 0;
        for (nuint first = 0; first < rows; first += Samples)
        {
            float block = 0;
            nuint end = nuint.Min(rows, first + Samples);
            for (nuint n = first; n < end; n++)
            {
                for (int j = 0; j < Lanes; j += Width)
                    SumRows(ref PictureKernels.Row(ref dy, layout, n, channel, 0), layout.Height, width, layout.Row, j, lanes[Lanes..]).CopyTo(lanes[j..]);
                block += RowKernels.Sum(lanes[..Lanes]);
            }

            total += block;
        }

        return total;
    }

    /// <summary>Lanes from <paramref name="lane"/> on of the 16 that share a plane: pixel i goes to lane i mod 16, every other 16 pixels apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SumRows(ref float plane, int height, int width, int row, int lane, Span<float> tail)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        if (width is Lanes or 2 * Lanes)
        {
            // The loop below, for the usual rows of one or two vectors.
            plane = ref Unsafe.Add(ref plane, lane);
            for (int y = 0; y < height; y++, plane = ref Unsafe.Add(ref plane, row))
            {
                Vector512<float> first = Vector512.LoadUnsafe(ref plane);
                sum += width == Lanes ? first : first + Vector512.LoadUnsafe(ref plane, Lanes);
            }

            return sum;
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x += Terms * Lanes)
            {
                Vector512<float> even = Vector512<float>.Zero;
                Vector512<float> odd = Vector512<float>.Zero;
                ref float p = ref Unsafe.Add(ref plane, (y * row) + x + lane);
                int rest = int.Min(Terms * Lanes, width - x);
                for (; rest >= 2 * Lanes; rest -= 2 * Lanes)
                {
                    even += Vector512.LoadUnsafe(ref p);
                    odd += Vector512.LoadUnsafe(ref p, Lanes);
                    p = ref Unsafe.Add(ref p, 2 * Lanes);
                }

                bool isEven = rest < Lanes;
                if (!isEven)
                {
                    even += Vector512.LoadUnsafe(ref p);
                    p = ref Unsafe.Add(ref p, Lanes);
                    rest -= Lanes;
                }

                // A caller's row ends here.
                if (rest > 0)
                {
                    tail.Clear();
                    MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Subtract(ref p, lane), rest).CopyTo(tail);
                    Vector512<float> last = Vector512.Create((ReadOnlySpan<float>)tail.Slice(lane, Width));
                    if (isEven)
                        even += last;
                    else
                        odd += last;
                }

                sum += even + odd;
            }
        }

        return sum;
    }
}
