using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

// The 256- and 128-bit versions are made from this file at build time (Runtime.csproj).

/// <summary>What is summed over a channel: a function of an element of one or two pictures and the channel's mean.</summary>
internal interface IChannelTermVector512<TSelf>
    where TSelf : struct, IChannelTermVector512<TSelf>
{
    static abstract Vector512<float> Term(Vector512<float> a, Vector512<float> b, Vector512<float> mean);
}

internal readonly partial struct Element : IChannelTermVector512<Element>
{
    public static Vector512<float> Term(Vector512<float> a, Vector512<float> b, Vector512<float> mean) => a;
}

internal readonly partial struct SquaredDeviation : IChannelTermVector512<SquaredDeviation>
{
    public static Vector512<float> Term(Vector512<float> a, Vector512<float> b, Vector512<float> mean) => (a - mean) * (a - mean);
}

internal readonly partial struct ProductWithDeviation : IChannelTermVector512<ProductWithDeviation>
{
    public static Vector512<float> Term(Vector512<float> a, Vector512<float> b, Vector512<float> mean) => a * (b - mean);
}

internal static class NormKernelsVector512
{
    private const int Lanes = RowKernels.Lanes;

    // Terms of a lane's sum before it is added to the next larger one, as PictureKernels sums.
    private const int Terms = 1024;
    private const int Samples = 256;

    private static int Width => Vector512<float>.Count;

    private static Vector512<int> Indices => Vector512<int>.Indices;

    /// <summary>Whether the channels of a pixel, with their padding, are whole vectors of every width. What lies behind a caller's row is not ours to read.</summary>
    private static bool FillsVectors(in PictureLayout layout) => layout.IsChannelsLast && layout.PaddedChannels % Lanes == 0;

    /// <summary>
    /// Σ over samples and pixels of a term of a, b and the channel's mean, of some channels: lanes are channels where they fill vectors, else pixels of a row. The first channel is a
    /// multiple of 16 then.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum<TTerm>(ref float a, in PictureLayout layoutA, ref float b, in PictureLayout layoutB, ref float mean, ref float sums, int first, int end, nuint rows)
        where TTerm : struct, IChannelTermVector512<TTerm>
    {
        if (FillsVectors(layoutA) && FillsVectors(layoutB))
        {
            for (int c = first; c < end; c += Width)
                SumPixels<TTerm>(ref a, layoutA, ref b, layoutB, c, Vector512.LoadUnsafe(ref mean, (nuint)c), rows).StoreUnsafe(ref sums, (nuint)c);
        }
        else
        {
            for (int c = first; c < end; c++)
                Unsafe.Add(ref sums, c) = SumPlane<TTerm>(ref a, layoutA, ref b, layoutB, c, Vector512.Create(Unsafe.Add(ref mean, c)), rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> SumPixels<TTerm>(ref float a, in PictureLayout layoutA, ref float b, in PictureLayout layoutB, int channel, Vector512<float> mean, nuint rows)
        where TTerm : struct, IChannelTermVector512<TTerm>
    {
        Vector512<float> total = Vector512<float>.Zero;
        for (nuint first = 0; first < rows; first += Samples)
        {
            Vector512<float> block = Vector512<float>.Zero;
            nuint end = nuint.Min(rows, first + Samples);
            for (nuint n = first; n < end; n++)
            {
                Vector512<float> sample = Vector512<float>.Zero;
                for (int y = 0; y < layoutA.Height; y++)
                {
                    ref float p = ref PictureKernels.Row(ref a, layoutA, n, channel, y);
                    ref float q = ref PictureKernels.Row(ref b, layoutB, n, channel, y);
                    for (int x = 0; x < layoutA.Width; x += Terms)
                    {
                        Vector512<float> even = Vector512<float>.Zero;
                        Vector512<float> odd = Vector512<float>.Zero;
                        for (int i = x; i < int.Min(x + Terms, layoutA.Width); i++)
                        {
                            Vector512<float> term = TTerm.Term(Vector512.LoadUnsafe(ref p, (nuint)(i * layoutA.Pixel)), Vector512.LoadUnsafe(ref q, (nuint)(i * layoutB.Pixel)), mean);
                            if ((i & 1) == 0)
                                even += term;
                            else
                                odd += term;
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

    /// <summary>The sum of a channel: pixel i of a row goes to lane i mod 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SumPlane<TTerm>(ref float a, in PictureLayout layoutA, ref float b, in PictureLayout layoutB, int channel, Vector512<float> mean, nuint rows)
        where TTerm : struct, IChannelTermVector512<TTerm>
    {
        Span<float> lanes = stackalloc float[Lanes];
        Span<float> pixels = stackalloc float[2 * Lanes];
        float total = 0;
        for (nuint first = 0; first < rows; first += Samples)
        {
            float block = 0;
            nuint end = nuint.Min(rows, first + Samples);
            for (nuint n = first; n < end; n++)
            {
                for (int lane = 0; lane < Lanes; lane += Width)
                {
                    Vector512<float> sum = Vector512<float>.Zero;
                    for (int y = 0; y < layoutA.Height; y++)
                    {
                        ref float p = ref PictureKernels.Row(ref a, layoutA, n, channel, y);
                        ref float q = ref PictureKernels.Row(ref b, layoutB, n, channel, y);
                        for (int x = 0; x < layoutA.Width; x += Terms * Lanes)
                        {
                            Vector512<float> part = Vector512<float>.Zero;
                            for (int i = x + lane; i < int.Min(x + (Terms * Lanes), layoutA.Width); i += Lanes)
                            {
                                int count = layoutA.Width - i;
                                Vector512<float> term = TTerm.Term(Load(ref p, layoutA.Pixel, i, count, pixels[..Lanes]), Load(ref q, layoutB.Pixel, i, count, pixels[Lanes..]), mean);
                                part += count >= Width ? term : term & Vector512.LessThan(Indices, Vector512.Create(count)).AsSingle();
                            }

                            sum += part;
                        }
                    }

                    sum.CopyTo(lanes[lane..]);
                }

                block += RowKernels.Sum(lanes);
            }

            total += block;
        }

        return total;
    }

    /// <summary>Pixels of a row from <paramref name="x"/> on, at most as many as are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ref float row, int pixel, int x, int count, Span<float> pixels)
    {
        if (pixel == 1 && count >= Width)
            return Vector512.LoadUnsafe(ref row, (nuint)x);
        pixels.Clear();
        for (int i = 0; i < int.Min(count, Width); i++)
            pixels[i] = Unsafe.Add(ref row, (x + i) * pixel);
        return Vector512.Create((ReadOnlySpan<float>)pixels[..Width]);
    }

    /// <summary>y = (x − mean) scale + shift, each one a channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(ref float x, in PictureLayout layoutX, ref float y, in PictureLayout layoutY, ref float mean, ref float scale, ref float shift, nuint rows)
    {
        bool arePixels = FillsVectors(layoutX) && FillsVectors(layoutY);
        for (nuint n = 0; n < rows; n++)
        {
            for (int line = 0; line < layoutX.Height; line++)
            {
                for (int c = 0; c < layoutX.Channels; c += arePixels ? Width : 1)
                {
                    ref float p = ref PictureKernels.Row(ref x, layoutX, n, c, line);
                    ref float q = ref PictureKernels.Row(ref y, layoutY, n, c, line);
                    Vector512<float> m = arePixels ? Vector512.LoadUnsafe(ref mean, (nuint)c) : Vector512.Create(Unsafe.Add(ref mean, c));
                    Vector512<float> s = arePixels ? Vector512.LoadUnsafe(ref scale, (nuint)c) : Vector512.Create(Unsafe.Add(ref scale, c));
                    Vector512<float> t = arePixels ? Vector512.LoadUnsafe(ref shift, (nuint)c) : Vector512.Create(Unsafe.Add(ref shift, c));
                    if (arePixels)
                    {
                        for (int i = 0; i < layoutX.Width; i++)
                            Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref p, (nuint)(i * layoutX.Pixel)) - m, s, t).StoreUnsafe(ref q, (nuint)(i * layoutY.Pixel));
                        continue;
                    }

                    int column = 0;
                    if (layoutX.Pixel == 1 && layoutY.Pixel == 1)
                    {
                        for (; column + Width <= layoutX.Width; column += Width)
                            Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref p, (nuint)column) - m, s, t).StoreUnsafe(ref q, (nuint)column);
                    }

                    for (; column < layoutX.Width; column++)
                        Unsafe.Add(ref q, column * layoutY.Pixel) = float.FusedMultiplyAdd(Unsafe.Add(ref p, column * layoutX.Pixel) - m.ToScalar(), s.ToScalar(), t.ToScalar());
                }
            }
        }
    }

    /// <summary>dx = scale (dy − a − (x − mean) b), each one a channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(
        ref float dy, in PictureLayout layoutDY, ref float x, in PictureLayout layoutX, ref float dx, in PictureLayout layoutDX, ref float mean, ref float scale, ref float a, ref float b, nuint rows)
    {
        bool arePixels = FillsVectors(layoutX) && FillsVectors(layoutDY) && FillsVectors(layoutDX);
        for (nuint n = 0; n < rows; n++)
        {
            for (int line = 0; line < layoutX.Height; line++)
            {
                for (int c = 0; c < layoutX.Channels; c += arePixels ? Width : 1)
                {
                    ref float p = ref PictureKernels.Row(ref x, layoutX, n, c, line);
                    ref float q = ref PictureKernels.Row(ref dy, layoutDY, n, c, line);
                    ref float r = ref PictureKernels.Row(ref dx, layoutDX, n, c, line);
                    Vector512<float> m = arePixels ? Vector512.LoadUnsafe(ref mean, (nuint)c) : Vector512.Create(Unsafe.Add(ref mean, c));
                    Vector512<float> s = arePixels ? Vector512.LoadUnsafe(ref scale, (nuint)c) : Vector512.Create(Unsafe.Add(ref scale, c));
                    Vector512<float> va = arePixels ? Vector512.LoadUnsafe(ref a, (nuint)c) : Vector512.Create(Unsafe.Add(ref a, c));
                    Vector512<float> vb = arePixels ? Vector512.LoadUnsafe(ref b, (nuint)c) : Vector512.Create(Unsafe.Add(ref b, c));
                    if (arePixels)
                    {
                        for (int i = 0; i < layoutX.Width; i++)
                        {
                            Vector512<float> centred = Vector512.LoadUnsafe(ref p, (nuint)(i * layoutX.Pixel)) - m;
                            (s * Vector512.FusedMultiplyAdd(-centred, vb, Vector512.LoadUnsafe(ref q, (nuint)(i * layoutDY.Pixel)) - va)).StoreUnsafe(ref r, (nuint)(i * layoutDX.Pixel));
                        }

                        continue;
                    }

                    int column = 0;
                    if (layoutX.Pixel == 1 && layoutDY.Pixel == 1 && layoutDX.Pixel == 1)
                    {
                        for (; column + Width <= layoutX.Width; column += Width)
                        {
                            Vector512<float> centred = Vector512.LoadUnsafe(ref p, (nuint)column) - m;
                            (s * Vector512.FusedMultiplyAdd(-centred, vb, Vector512.LoadUnsafe(ref q, (nuint)column) - va)).StoreUnsafe(ref r, (nuint)column);
                        }
                    }

                    for (; column < layoutX.Width; column++)
                    {
                        float centred = Unsafe.Add(ref p, column * layoutX.Pixel) - m.ToScalar();
                        Unsafe.Add(ref r, column * layoutDX.Pixel) = s.ToScalar() * float.FusedMultiplyAdd(-centred, vb.ToScalar(), Unsafe.Add(ref q, column * layoutDY.Pixel) - va.ToScalar());
                    }
                }
            }
        }
    }

    /// <summary>The sum of a term over a row: element i goes to lane i mod 16, every 1,024 terms of a lane apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float RowSum<TTerm>(ref float a, ref float b, float mean, int length)
        where TTerm : struct, IChannelTermVector512<TTerm>
    {
        Span<float> lanes = stackalloc float[Lanes];
        Span<float> tail = stackalloc float[2 * Lanes];
        Vector512<float> m = Vector512.Create(mean);
        for (int lane = 0; lane < Lanes; lane += Width)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int x = 0; x < length; x += Terms * Lanes)
            {
                Vector512<float> part = Vector512<float>.Zero;
                for (int i = x + lane; i < int.Min(x + (Terms * Lanes), length); i += Lanes)
                {
                    int count = length - i;
                    Vector512<float> term = TTerm.Term(Load(ref a, 1, i, count, tail[..Lanes]), Load(ref b, 1, i, count, tail[Lanes..]), m);
                    part += count >= Width ? term : term & Vector512.LessThan(Indices, Vector512.Create(count)).AsSingle();
                }

                sum += part;
            }

            sum.CopyTo(lanes[lane..]);
        }

        return RowKernels.Sum(lanes);
    }

    /// <summary>y = (x − mean) inverse · weight + bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NormalizeRow(ref float x, ref float y, float mean, float inverse, ref float weight, bool hasWeight, ref float bias, bool hasBias, int length)
    {
        int i = 0;
        for (; i + Width <= length; i += Width)
        {
            Vector512<float> value = (Vector512.LoadUnsafe(ref x, (nuint)i) - Vector512.Create(mean)) * Vector512.Create(inverse);
            if (hasWeight)
                value *= Vector512.LoadUnsafe(ref weight, (nuint)i);
            if (hasBias)
                value += Vector512.LoadUnsafe(ref bias, (nuint)i);
            value.StoreUnsafe(ref y, (nuint)i);
        }

        for (; i < length; i++)
        {
            float value = (Unsafe.Add(ref x, i) - mean) * inverse;
            if (hasWeight)
                value *= Unsafe.Add(ref weight, i);
            if (hasBias)
                value += Unsafe.Add(ref bias, i);
            Unsafe.Add(ref y, i) = value;
        }
    }

    /// <summary>Adds dy (x − mean) inverse to the sums of a weight's gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightRow(ref float dy, ref float x, float mean, float inverse, ref float sums, int length)
    {
        int i = 0;
        for (; i + Width <= length; i += Width)
        {
            Vector512<float> product = Vector512.LoadUnsafe(ref dy, (nuint)i) * ((Vector512.LoadUnsafe(ref x, (nuint)i) - Vector512.Create(mean)) * Vector512.Create(inverse));
            (Vector512.LoadUnsafe(ref sums, (nuint)i) + product).StoreUnsafe(ref sums, (nuint)i);
        }

        for (; i < length; i++)
        {
            float product = Unsafe.Add(ref dy, i) * ((Unsafe.Add(ref x, i) - mean) * inverse);
            Unsafe.Add(ref sums, i) += product;
        }
    }

    /// <summary>dx = scale (dx − a − (x − mean) b).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GradientRow(ref float x, ref float dx, float mean, float scale, float a, float b, int length)
    {
        int i = 0;
        for (; i + Width <= length; i += Width)
        {
            Vector512<float> centred = Vector512.LoadUnsafe(ref x, (nuint)i) - Vector512.Create(mean);
            (Vector512.Create(scale) * Vector512.FusedMultiplyAdd(-centred, Vector512.Create(b), Vector512.LoadUnsafe(ref dx, (nuint)i) - Vector512.Create(a))).StoreUnsafe(ref dx, (nuint)i);
        }

        for (; i < length; i++)
        {
            float centred = Unsafe.Add(ref x, i) - mean;
            Unsafe.Add(ref dx, i) = scale * float.FusedMultiplyAdd(-centred, b, Unsafe.Add(ref dx, i) - a);
        }
    }
}
