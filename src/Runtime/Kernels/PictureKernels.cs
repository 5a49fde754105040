using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>Moves, clears and sums pictures, whatever order their elements have.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PictureKernels
{
    private const int Lanes = PictureLayout.Lanes;

    /// <summary>Sets all of each sample to zero but its picture: borders, tails of rows, padding channels.</summary>
    /// <param name="picture">The first sample.</param>
    /// <param name="layout">Where its elements lie.</param>
    /// <param name="rows">The number of samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ClearBorder(ref float picture, in PictureLayout layout, nuint rows)
    {
        bool isWhole = layout.IsChannelsLast && layout.Pixel == layout.Channels;
        int planes = layout.IsChannelsLast ? 1 : layout.Channels;
        int runs = layout.IsChannelsLast && !isWhole ? layout.Width : 1;
        int run = !layout.IsChannelsLast ? layout.Width : isWhole ? layout.Width * layout.Channels : layout.Channels;
        for (nuint n = 0; n < rows; n++)
        {
            ref float sample = ref Unsafe.Add(ref picture, n * (nuint)layout.Sample);
            int done = 0;
            for (int c = 0; c < planes; c++)
            {
                for (int y = 0; y < layout.Height; y++)
                {
                    int start = layout.Origin + (c * layout.Channel) + (y * layout.Row);
                    for (int x = 0; x < runs; x++, start += layout.Pixel)
                    {
                        Clear(ref Unsafe.Add(ref sample, done), start - done);
                        done = start + run;
                    }
                }
            }

            Clear(ref Unsafe.Add(ref sample, done), layout.Sample - done);
        }
    }

    /// <summary>Sets what lies behind the last pixel of each row, up to a multiple of 16, to zero.</summary>
    /// <param name="planes">The first sample, planes with such tails.</param>
    /// <param name="layout">Where its elements lie.</param>
    /// <param name="rows">The number of samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ClearTails(ref float planes, in PictureLayout layout, nuint rows)
    {
        int tail = layout.PaddedWidth - layout.Width;
        if (tail == 0)
            return;
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < layout.Channels; c++)
            {
                ref float end = ref Unsafe.Add(ref Row(ref planes, layout, n, c, 0), layout.Width);
                for (int y = 0; y < layout.Height; y++)
                {
                    Clear(ref end, tail);
                    end = ref Unsafe.Add(ref end, layout.Row);
                }
            }
        }
    }

    /// <summary>Sets the padding of either order to zero: tails of rows, or channels behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ClearPadding(ref float picture, in PictureLayout layout, nuint rows)
    {
        if (!layout.IsChannelsLast)
        {
            ClearTails(ref picture, layout, rows);
            return;
        }

        int padding = layout.PaddedChannels - layout.Channels;
        if (padding == 0)
            return;
        for (nuint n = 0; n < rows; n++)
        {
            for (int y = 0; y < layout.Height; y++)
            {
                ref float end = ref Row(ref picture, layout, n, layout.Channels, y);
                for (int x = 0; x < layout.Width; x++)
                    Clear(ref Unsafe.Add(ref end, x * layout.Pixel), padding);
            }
        }
    }

    /// <summary>Copies pictures from one order to another; padding of the target becomes zero, its border stays.</summary>
    /// <param name="from">The first sample.</param>
    /// <param name="fromLayout">Where its elements lie.</param>
    /// <param name="to">The first sample of the target.</param>
    /// <param name="toLayout">Where its elements lie; the picture's sizes are the same.</param>
    /// <param name="rows">The number of samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(ref float from, in PictureLayout fromLayout, ref float to, in PictureLayout toLayout, nuint rows)
    {
        if (fromLayout.HasRowsOfPixels && toLayout.HasRowsOfPixels)
            CopyPlanes(ref from, fromLayout, ref to, toLayout, rows);
        else if (fromLayout.IsChannelsLast && toLayout.IsChannelsLast)
            CopyPixels(ref from, fromLayout, ref to, toLayout, rows);
        else
            Transpose(ref from, fromLayout, ref to, toLayout, rows);
    }

    /// <summary>Copies the lines of pictures that are a worker's part.</summary>
    /// <param name="from">The first sample.</param>
    /// <param name="fromLayout">Where its elements lie.</param>
    /// <param name="to">The first sample of the target.</param>
    /// <param name="toLayout">Where its elements lie; the picture's sizes are the same.</param>
    /// <param name="rows">The number of samples.</param>
    /// <param name="part">The worker's part.</param>
    /// <param name="parts">The number of parts.</param>
    public static void Copy(ref float from, in PictureLayout fromLayout, ref float to, in PictureLayout toLayout, nuint rows, nuint part, nuint parts)
    {
        (int first, int end) = Units(toLayout.Height, part, parts);
        if (first < end)
            Copy(ref from, fromLayout.Lines(first, end), ref to, toLayout.Lines(first, end), rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyPlanes(ref float from, in PictureLayout fromLayout, ref float to, in PictureLayout toLayout, nuint rows)
    {
        if (IsExact(fromLayout) && IsExact(toLayout))
        {
            for (nuint n = 0; n < rows; n++)
                Copy(ref Row(ref from, fromLayout, n, 0, 0), ref Row(ref to, toLayout, n, 0, 0), toLayout.Channels * toLayout.Height * toLayout.Width);
            return;
        }

        int tail = toLayout.PaddedWidth - toLayout.Width;
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < toLayout.Channels; c++)
            {
                ref float source = ref Row(ref from, fromLayout, n, c, 0);
                ref float target = ref Row(ref to, toLayout, n, c, 0);
                for (int y = 0; y < toLayout.Height; y++)
                {
                    Copy(ref source, ref target, toLayout.Width);
                    Clear(ref Unsafe.Add(ref target, toLayout.Width), tail);
                    source = ref Unsafe.Add(ref source, fromLayout.Row);
                    target = ref Unsafe.Add(ref target, toLayout.Row);
                }
            }
        }
    }

    // Planes without a gap between their elements.
    private static bool IsExact(in PictureLayout layout) =>
        layout.PaddedWidth == layout.Width && (layout.Row == layout.Width || layout.Height == 1) && (layout.Channel == layout.Height * layout.Width || layout.Channels == 1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyPixels(ref float from, in PictureLayout fromLayout, ref float to, in PictureLayout toLayout, nuint rows)
    {
        int channels = toLayout.Channels;
        bool isWhole = fromLayout.Pixel == channels && toLayout.Pixel == channels;
        int runs = isWhole ? 1 : toLayout.Width;
        int run = isWhole ? toLayout.Width * channels : channels;
        int padding = toLayout.PaddedChannels - channels;
        for (nuint n = 0; n < rows; n++)
        {
            for (int y = 0; y < toLayout.Height; y++)
            {
                ref float source = ref Row(ref from, fromLayout, n, 0, y);
                ref float target = ref Row(ref to, toLayout, n, 0, y);
                for (int x = 0; x < runs; x++)
                {
                    Copy(ref source, ref target, run);
                    Clear(ref Unsafe.Add(ref target, run), padding);
                    source = ref Unsafe.Add(ref source, fromLayout.Pixel);
                    target = ref Unsafe.Add(ref target, toLayout.Pixel);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(ref float from, in PictureLayout fromLayout, ref float to, in PictureLayout toLayout, nuint rows)
    {
        // Where no row ends, all pixels are one row.
        bool isOneRow = fromLayout.Row == fromLayout.Width * fromLayout.Pixel && toLayout.Row == toLayout.Width * toLayout.Pixel;
        int height = isOneRow ? 1 : toLayout.Height;
        int width = isOneRow ? toLayout.Height * toLayout.Width : toLayout.Width;
        int channels = toLayout.Channels;
        for (nuint n = 0; n < rows; n++)
        {
            for (int y = 0; y < height; y++)
            {
                ref float source = ref Row(ref from, fromLayout, n, 0, y);
                ref float target = ref Row(ref to, toLayout, n, 0, y);
                if (toLayout.IsChannelsLast)
                {
                    int readable = width + fromLayout.PaddedWidth - fromLayout.Width;
                    BlockTranspose.Matrix(ref source, (nuint)fromLayout.Channel, readable, channels, width, ref target, (nuint)toLayout.Pixel, toLayout.PaddedChannels);
                }
                else
                {
                    int writable = width + toLayout.PaddedWidth - toLayout.Width;
                    BlockTranspose.Matrix(ref source, (nuint)fromLayout.Pixel, fromLayout.PaddedChannels, width, channels, ref target, (nuint)toLayout.Channel, writable);
                }
            }
        }
    }

    /// <summary>
    /// db[c] = Σ dy over samples and pixels of channel c, in an order that does not depend on the vector's width: up to 1,024 terms,
    /// then rows, samples and every 256 samples.
    /// </summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="layout">Where its elements lie.</param>
    /// <param name="db">The sums, padded with zeros to a multiple of 16.</param>
    /// <param name="rows">The number of samples.</param>
    public static void BiasGradient(ref float dy, in PictureLayout layout, ref float db, nuint rows) => BiasGradient(ref dy, layout, ref db, rows, 0, 1);

    /// <summary>The same of the channels that are a worker's part: whole panels of 16 where the channels of a pixel lie side by side.</summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="layout">Where its elements lie.</param>
    /// <param name="db">The sums of all channels, padded with zeros to a multiple of 16.</param>
    /// <param name="rows">The number of samples.</param>
    /// <param name="part">The worker's part.</param>
    /// <param name="parts">The number of parts.</param>
    public static void BiasGradient(ref float dy, in PictureLayout layout, ref float db, nuint rows, nuint part, nuint parts)
    {
        Range own = ChannelsOf(layout, part, parts);
        (int first, int end) = (own.Start.Value, int.Min(own.End.Value, layout.Channels));
        if (first < end)
            SumChannels(ref dy, layout.ChannelsOf(first, end), ref Unsafe.Add(ref db, first), rows);
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref db, end), own.End.Value - end).Clear();
    }

    /// <summary>The channels that are a worker's part, of the last one with those up to a multiple of 16: whole panels where the channels of a pixel lie side by side.</summary>
    internal static Range ChannelsOf(in PictureLayout layout, nuint part, nuint parts)
    {
        int unit = layout.HasRowsOfPixels ? 1 : Lanes;
        (int first, int end) = Units((layout.Channels + unit - 1) / unit, part, parts);
        return (first * unit)..(part == parts - 1 ? PictureLayout.RoundUp(layout.Channels) : end * unit);
    }

    private static void SumChannels(ref float dy, in PictureLayout layout, ref float db, nuint rows)
    {
        if (Vector512.IsHardwareAccelerated)
            PictureKernelsVector512.BiasGradient(ref dy, layout, ref db, rows);
        else if (Vector256.IsHardwareAccelerated)
            PictureKernelsVector256.BiasGradient(ref dy, layout, ref db, rows);
        else
            PictureKernelsVector128.BiasGradient(ref dy, layout, ref db, rows);
    }

    private static (int First, int End) Units(int count, nuint part, nuint parts) => ((int)((nuint)count * part / parts), (int)((nuint)count * (part + 1) / parts));

    /// <summary>The first pixel of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ref float Row(ref float picture, in PictureLayout layout, nuint sample, int channel, int y) =>
        ref Unsafe.Add(ref picture, (sample * (nuint)layout.Sample) + (nuint)(layout.Origin + (channel * layout.Channel) + (y * layout.Row)));

    /// <summary>Sets floats to zero; a handful of them by two stores that may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Clear(ref float first, int count)
    {
        if (count > Lanes)
        {
            MemoryMarshal.CreateSpan(ref first, count).Clear();
        }
        else if (count >= 8)
        {
            Vector256<float>.Zero.StoreUnsafe(ref first);
            Vector256<float>.Zero.StoreUnsafe(ref first, (nuint)count - 8);
        }
        else if (count >= 4)
        {
            Vector128<float>.Zero.StoreUnsafe(ref first);
            Vector128<float>.Zero.StoreUnsafe(ref first, (nuint)count - 4);
        }
        else
        {
            for (int i = 0; i < count; i++)
                Unsafe.Add(ref first, i) = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ref float from, ref float to, int count)
    {
        if (count < 8)
        {
            for (int i = 0; i < count; i++)
                Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i);
        }
        else
        {
            MemoryMarshal.CreateReadOnlySpan(ref from, count).CopyTo(MemoryMarshal.CreateSpan(ref to, count));
        }
    }
}
