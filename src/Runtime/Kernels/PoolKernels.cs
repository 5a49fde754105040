using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>
/// Pooling over pictures. Vectors go over channels where those stand last, and over pixels of planes whose windows are two columns wide and
/// side by side; the rest goes pixel by pixel. Only pictures and their padding are written, borders stay. Input and output have the same order.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PoolKernels
{
    /// <summary>y = max over each window, then ReLU if asked for. NaN wins.</summary>
    /// <param name="x">The input.</param>
    /// <param name="xLayout">Where its elements lie.</param>
    /// <param name="y">The output.</param>
    /// <param name="yLayout">Where its elements lie.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="relu">Whether ReLU follows.</param>
    /// <param name="rows">The number of samples.</param>
    public static void Max(ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, PoolWindows windows, bool relu, nuint rows)
    {
        if (!HasVectors(xLayout, yLayout, windows))
            MaxElements(ref x, xLayout, ref y, yLayout, ref Unsafe.NullRef<float>(), yLayout, windows, relu, rows);
        else if (Vector512.IsHardwareAccelerated)
            PoolKernelsVector512.Max(ref x, xLayout, ref y, yLayout, windows, relu, rows);
        else if (Vector256.IsHardwareAccelerated)
            PoolKernelsVector256.Max(ref x, xLayout, ref y, yLayout, windows, relu, rows);
        else
            PoolKernelsVector128.Max(ref x, xLayout, ref y, yLayout, windows, relu, rows);
    }

    /// <summary>
    /// The same, and the pixel number of each maximum, row · width + column as the bits of an <see cref="int"/>: the first in row-major order,
    /// but the last NaN if there is one. With ReLU it is -1 where the result is 0.
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="xLayout">Where its elements lie.</param>
    /// <param name="y">The output.</param>
    /// <param name="yLayout">Where its elements lie.</param>
    /// <param name="index">The pixel numbers; what its padding gets is not defined.</param>
    /// <param name="indexLayout">Where they lie; padded.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="relu">Whether ReLU follows.</param>
    /// <param name="rows">The number of samples.</param>
    public static void MaxWithIndices(
        ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, ref float index, in PictureLayout indexLayout, PoolWindows windows, bool relu, nuint rows)
    {
        if (!HasVectors(xLayout, yLayout, indexLayout, windows))
            MaxElements(ref x, xLayout, ref y, yLayout, ref index, indexLayout, windows, relu, rows);
        else if (Vector512.IsHardwareAccelerated)
            PoolKernelsVector512.MaxWithIndices(ref x, xLayout, ref y, yLayout, ref index, indexLayout, windows, relu, rows);
        else if (Vector256.IsHardwareAccelerated)
            PoolKernelsVector256.MaxWithIndices(ref x, xLayout, ref y, yLayout, ref index, indexLayout, windows, relu, rows);
        else
            PoolKernelsVector128.MaxWithIndices(ref x, xLayout, ref y, yLayout, ref index, indexLayout, windows, relu, rows);
    }

    /// <summary>dx of a pixel = Σ dy over the windows whose maximum it is, in order.</summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="dyLayout">Where its elements lie.</param>
    /// <param name="index">The pixel numbers of the maxima.</param>
    /// <param name="indexLayout">Where they lie.</param>
    /// <param name="dx">The input's gradient.</param>
    /// <param name="dxLayout">Where its elements lie.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="rows">The number of samples.</param>
    public static void MaxGradient(
        ref float dy, in PictureLayout dyLayout, ref float index, in PictureLayout indexLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        if (!HasVectors(dxLayout, dyLayout, indexLayout, windows))
            MaxGradientElements(ref dy, dyLayout, ref index, indexLayout, ref dx, dxLayout, windows, rows);
        else if (Vector512.IsHardwareAccelerated)
            PoolKernelsVector512.MaxGradient(ref dy, dyLayout, ref index, indexLayout, ref dx, dxLayout, windows, rows);
        else if (Vector256.IsHardwareAccelerated)
            PoolKernelsVector256.MaxGradient(ref dy, dyLayout, ref index, indexLayout, ref dx, dxLayout, windows, rows);
        else
            PoolKernelsVector128.MaxGradient(ref dy, dyLayout, ref index, indexLayout, ref dx, dxLayout, windows, rows);
    }

    /// <summary>y = the sum over each window, its rows first, divided by the window's count.</summary>
    /// <param name="x">The input.</param>
    /// <param name="xLayout">Where its elements lie.</param>
    /// <param name="y">The output.</param>
    /// <param name="yLayout">Where its elements lie.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="rows">The number of samples.</param>
    public static void Average(ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, PoolWindows windows, nuint rows)
    {
        if (!HasVectors(xLayout, yLayout, windows))
            AverageElements(ref x, xLayout, ref y, yLayout, windows, rows);
        else if (Vector512.IsHardwareAccelerated)
            PoolKernelsVector512.Average(ref x, xLayout, ref y, yLayout, windows, rows);
        else if (Vector256.IsHardwareAccelerated)
            PoolKernelsVector256.Average(ref x, xLayout, ref y, yLayout, windows, rows);
        else
            PoolKernelsVector128.Average(ref x, xLayout, ref y, yLayout, windows, rows);
    }

    /// <summary>dx of a pixel = Σ dy / count over the windows that it is in, in order.</summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="dyLayout">Where its elements lie.</param>
    /// <param name="dx">The input's gradient.</param>
    /// <param name="dxLayout">Where its elements lie.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="rows">The number of samples.</param>
    public static void AverageGradient(ref float dy, in PictureLayout dyLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        if (!HasVectors(dxLayout, dyLayout, windows))
            AverageGradientElements(ref dy, dyLayout, ref dx, dxLayout, windows, rows);
        else if (Vector512.IsHardwareAccelerated)
            PoolKernelsVector512.AverageGradient(ref dy, dyLayout, ref dx, dxLayout, windows, rows);
        else if (Vector256.IsHardwareAccelerated)
            PoolKernelsVector256.AverageGradient(ref dy, dyLayout, ref dx, dxLayout, windows, rows);
        else
            PoolKernelsVector128.AverageGradient(ref dy, dyLayout, ref dx, dxLayout, windows, rows);
    }

    private static bool HasVectors(in PictureLayout x, in PictureLayout y, in PictureLayout index, PoolWindows windows) =>
        HasVectors(x, y, windows) && (IsOfChannels(index) == IsOfChannels(x)) && index.IsPadded;

    private static bool HasVectors(in PictureLayout x, in PictureLayout y, PoolWindows windows) =>
        (IsOfChannels(x) && IsOfChannels(y)) || (windows.HasPairsOfColumns && IsOfPixels(x) && IsOfPixels(y));

    /// <summary>Channels last in whole vectors.</summary>
    internal static bool IsOfChannels(in PictureLayout layout) => layout.IsChannelsLast && layout.Pixel % PictureLayout.Lanes == 0;

    private static bool IsOfPixels(in PictureLayout layout) => !layout.IsChannelsLast && layout.Pixel == 1 && layout.IsPadded;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxElements(
        ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, ref float index, in PictureLayout indexLayout, PoolWindows windows, bool relu, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < yLayout.Channels; c++)
            {
                for (int oy = 0; oy < yLayout.Height; oy++)
                {
                    for (int ox = 0; ox < yLayout.Width; ox++)
                    {
                        int pixel = (windows.RowStarts[oy] * xLayout.Width) + windows.ColumnStarts[ox];
                        float best = Element(ref x, xLayout, n, c, windows.RowStarts[oy], windows.ColumnStarts[ox]);
                        for (int iy = windows.RowStarts[oy]; iy < windows.RowEnds[oy]; iy++)
                        {
                            for (int ix = windows.ColumnStarts[ox]; ix < windows.ColumnEnds[ox]; ix++)
                            {
                                float value = Element(ref x, xLayout, n, c, iy, ix);
                                if (value > best || float.IsNaN(value))
                                    (best, pixel) = (value, (iy * xLayout.Width) + ix);
                            }
                        }

                        if (relu && best <= 0)
                            (best, pixel) = (0, -1);
                        Element(ref y, yLayout, n, c, oy, ox) = best;
                        if (!Unsafe.IsNullRef(ref index))
                            Unsafe.As<float, int>(ref Element(ref index, indexLayout, n, c, oy, ox)) = pixel;
                    }
                }
            }
        }

        PictureKernels.ClearPadding(ref y, yLayout, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxGradientElements(
        ref float dy, in PictureLayout dyLayout, ref float index, in PictureLayout indexLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < dxLayout.Channels; c++)
            {
                for (int iy = 0; iy < dxLayout.Height; iy++)
                {
                    for (int ix = 0; ix < dxLayout.Width; ix++)
                    {
                        float sum = 0;
                        for (int oy = windows.FirstOfRow[iy]; oy < windows.EndOfRow[iy]; oy++)
                        {
                            for (int ox = windows.FirstOfColumn[ix]; ox < windows.EndOfColumn[ix]; ox++)
                            {
                                if (Unsafe.As<float, int>(ref Element(ref index, indexLayout, n, c, oy, ox)) == (iy * dxLayout.Width) + ix)
                                    sum += Element(ref dy, dyLayout, n, c, oy, ox);
                            }
                        }

                        Element(ref dx, dxLayout, n, c, iy, ix) = sum;
                    }
                }
            }
        }

        PictureKernels.ClearPadding(ref dx, dxLayout, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AverageElements(ref float x, in PictureLayout xLayout, ref float y, in PictureLayout yLayout, PoolWindows windows, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < yLayout.Channels; c++)
            {
                for (int oy = 0; oy < yLayout.Height; oy++)
                {
                    for (int ox = 0; ox < yLayout.Width; ox++)
                    {
                        float sum = 0;
                        for (int iy = windows.RowStarts[oy]; iy < windows.RowEnds[oy]; iy++)
                        {
                            float row = 0;
                            for (int ix = windows.ColumnStarts[ox]; ix < windows.ColumnEnds[ox]; ix++)
                                row += Element(ref x, xLayout, n, c, iy, ix);
                            sum += row;
                        }

                        Element(ref y, yLayout, n, c, oy, ox) = sum / ((float)windows.RowCounts[oy] * windows.ColumnCounts[ox]);
                    }
                }
            }
        }

        PictureKernels.ClearPadding(ref y, yLayout, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AverageGradientElements(ref float dy, in PictureLayout dyLayout, ref float dx, in PictureLayout dxLayout, PoolWindows windows, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (int c = 0; c < dxLayout.Channels; c++)
            {
                for (int iy = 0; iy < dxLayout.Height; iy++)
                {
                    for (int ix = 0; ix < dxLayout.Width; ix++)
                    {
                        float sum = 0;
                        for (int oy = windows.FirstOfRow[iy]; oy < windows.EndOfRow[iy]; oy++)
                        {
                            for (int ox = windows.FirstOfColumn[ix]; ox < windows.EndOfColumn[ix]; ox++)
                                sum += Element(ref dy, dyLayout, n, c, oy, ox) / ((float)windows.RowCounts[oy] * windows.ColumnCounts[ox]);
                        }

                        Element(ref dx, dxLayout, n, c, iy, ix) = sum;
                    }
                }
            }
        }

        PictureKernels.ClearPadding(ref dx, dxLayout, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float Element(ref float picture, in PictureLayout layout, nuint sample, int channel, int y, int x) =>
        ref Unsafe.Add(ref PictureKernels.Row(ref picture, layout, sample, channel, y), x * layout.Pixel);
}
