using System;
using System.ComponentModel;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>
/// The kernels of normalisations. Sums go through 16 lanes or lanes of channels in an order that depends on the shapes alone, so that the bits do not depend
/// on the vector's width: up to 1,024 terms, then rows, samples and every 256 samples.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class NormKernels
{
    /// <summary>Samples whose terms are summed before they are added to the total.</summary>
    private const int Samples = 256;

    /// <summary>y = (x − mean)/√(variance + ε) · weight + bias over groups of neighbouring elements of a row.</summary>
    /// <param name="x">The input, <c>[rows, groups · length]</c>.</param>
    /// <param name="strideX">Floats from a row to the next.</param>
    /// <param name="y">The output; its padding becomes zero.</param>
    /// <param name="strideY">Floats from a row to the next.</param>
    /// <param name="weight">One an element of a group; unused without <paramref name="hasWeight"/>.</param>
    /// <param name="hasWeight">Whether there is a weight.</param>
    /// <param name="bias">One an element of a group; unused without <paramref name="hasBias"/>.</param>
    /// <param name="hasBias">Whether there is a bias.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="length">Elements of a group.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="rows">The number of samples.</param>
    public static void LayerNorm(
        ref float x, int strideX, ref float y, int strideY, ref float weight, bool hasWeight, ref float bias, bool hasBias, int groups, int length, float epsilon, nuint rows) =>
        NormalizeRows(true, ref x, strideX, ref y, strideY, ref weight, hasWeight, ref bias, hasBias, groups, length, epsilon, rows);

    /// <summary>The same, and what the gradient needs.</summary>
    /// <inheritdoc cref="LayerNorm"/>
    /// <param name="x"></param>
    /// <param name="strideX"></param>
    /// <param name="y"></param>
    /// <param name="strideY"></param>
    /// <param name="statistics">Mean and 1/√(variance + ε) of each group, <c>[rows, groups, 2]</c>; its padding becomes zero.</param>
    /// <param name="strideStatistics">Floats from a row to the next.</param>
    /// <param name="weight"></param>
    /// <param name="hasWeight"></param>
    /// <param name="bias"></param>
    /// <param name="hasBias"></param>
    /// <param name="groups"></param>
    /// <param name="length"></param>
    /// <param name="epsilon"></param>
    /// <param name="rows"></param>
    public static void LayerNormKeeping(
        ref float x, int strideX, ref float y, int strideY, ref float statistics, int strideStatistics, ref float weight, bool hasWeight, ref float bias, bool hasBias, int groups, int length, float epsilon, nuint rows) =>
        NormalizeRowsKeeping(true, ref x, strideX, ref y, strideY, ref statistics, strideStatistics, ref weight, hasWeight, ref bias, hasBias, groups, length, epsilon, rows);

    /// <summary>The gradient of the input of <see cref="LayerNorm"/>.</summary>
    /// <param name="dy">The output's gradient, <c>[rows, groups · length]</c>.</param>
    /// <param name="strideDY">Floats from a row to the next.</param>
    /// <param name="x">The input.</param>
    /// <param name="strideX">Floats from a row to the next.</param>
    /// <param name="statistics">What the forward pass kept.</param>
    /// <param name="strideStatistics">Floats from a row to the next.</param>
    /// <param name="dx">The input's gradient; its padding becomes zero.</param>
    /// <param name="strideDX">Floats from a row to the next.</param>
    /// <param name="weight">The weight; unused without <paramref name="hasWeight"/>.</param>
    /// <param name="hasWeight">Whether there is a weight.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="length">Elements of a group.</param>
    /// <param name="rows">The number of samples.</param>
    public static void LayerNormGradient(
        ref float dy, int strideDY, ref float x, int strideX, ref float statistics, int strideStatistics, ref float dx, int strideDX, ref float weight, bool hasWeight, int groups, int length, nuint rows) =>
        GradientOfRows(true, ref dy, strideDY, ref x, strideX, ref statistics, strideStatistics, ref dx, strideDX, ref weight, hasWeight, groups, length, rows);

    /// <summary>The gradient of the weight of <see cref="LayerNorm"/>: Σ dy (x − mean)/√(variance + ε) over samples and groups, every 256 samples apart.</summary>
    /// <param name="dy">The output's gradient, <c>[rows, groups · length]</c>.</param>
    /// <param name="strideDY">Floats from a row to the next.</param>
    /// <param name="x">The input.</param>
    /// <param name="strideX">Floats from a row to the next.</param>
    /// <param name="statistics">What the forward pass kept.</param>
    /// <param name="strideStatistics">Floats from a row to the next.</param>
    /// <param name="dweight">The weight's gradient, padded with zeros to a multiple of 16.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="length">Elements of a group.</param>
    /// <param name="scratch">As many floats as <paramref name="dweight"/> has.</param>
    /// <param name="rows">The number of samples.</param>
    public static void LayerNormWeightGradient(
        ref float dy, int strideDY, ref float x, int strideX, ref float statistics, int strideStatistics, ref float dweight, int groups, int length, ref float scratch, nuint rows)
    {
        Span<float> total = MemoryMarshal.CreateSpan(ref dweight, PictureLayout.RoundUp(length));
        Span<float> sums = MemoryMarshal.CreateSpan(ref scratch, total.Length);
        total.Clear();
        for (nuint first = 0; first < rows; first += Samples)
        {
            sums.Clear();
            for (nuint n = first; n < nuint.Min(rows, first + Samples); n++)
            {
                for (int group = 0; group < groups; group++)
                {
                    ref float d = ref Group(ref dy, n, strideDY, group, length);
                    ref float from = ref Group(ref x, n, strideX, group, length);
                    ref float kept = ref Group(ref statistics, n, strideStatistics, group, 2);
                    if (Vector512.IsHardwareAccelerated)
                        NormKernelsVector512.WeightRow(ref d, ref from, kept, Unsafe.Add(ref kept, 1), ref sums[0], length);
                    else if (Vector256.IsHardwareAccelerated)
                        NormKernelsVector256.WeightRow(ref d, ref from, kept, Unsafe.Add(ref kept, 1), ref sums[0], length);
                    else
                        NormKernelsVector128.WeightRow(ref d, ref from, kept, Unsafe.Add(ref kept, 1), ref sums[0], length);
                }
            }

            TensorPrimitives.Add(total, sums, total);
        }
    }

    /// <summary>The gradient of the bias of <see cref="LayerNorm"/>: Σ dy over samples and groups, every 256 samples apart.</summary>
    /// <param name="dy">The output's gradient, <c>[rows, groups · length]</c>.</param>
    /// <param name="strideDY">Floats from a row to the next.</param>
    /// <param name="dbias">The bias's gradient, padded with zeros to a multiple of 16.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="length">Elements of a group.</param>
    /// <param name="scratch">As many floats as <paramref name="dbias"/> has.</param>
    /// <param name="rows">The number of samples.</param>
    public static void LayerNormBiasGradient(ref float dy, int strideDY, ref float dbias, int groups, int length, ref float scratch, nuint rows)
    {
        Span<float> total = MemoryMarshal.CreateSpan(ref dbias, PictureLayout.RoundUp(length));
        Span<float> sums = MemoryMarshal.CreateSpan(ref scratch, total.Length);
        total.Clear();
        for (nuint first = 0; first < rows; first += Samples)
        {
            sums.Clear();
            for (nuint n = first; n < nuint.Min(rows, first + Samples); n++)
            {
                for (int group = 0; group < groups; group++)
                    TensorPrimitives.Add(sums[..length], MemoryMarshal.CreateReadOnlySpan(ref Group(ref dy, n, strideDY, group, length), length), sums[..length]);
            }

            TensorPrimitives.Add(total, sums, total);
        }
    }

    private static void NormalizeRows(
        bool isCentred, ref float x, int strideX, ref float y, int strideY, ref float weight, bool hasWeight, ref float bias, bool hasBias, int groups, int length, float epsilon, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (int group = 0; group < groups; group++)
                NormalizeGroup(ref Group(ref x, n, strideX, group, length), ref Group(ref y, n, strideY, group, length), isCentred, ref weight, hasWeight, ref bias, hasBias, length, epsilon);
            ClearPadding(ref y, n, strideY, groups * length);
        }
    }

    private static void NormalizeRowsKeeping(
        bool isCentred, ref float x, int strideX, ref float y, int strideY, ref float statistics, int strideStatistics, ref float weight, bool hasWeight, ref float bias, bool hasBias, int groups, int length, float epsilon, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (int group = 0; group < groups; group++)
            {
                ref float kept = ref Group(ref statistics, n, strideStatistics, group, 2);
                (kept, Unsafe.Add(ref kept, 1)) = NormalizeGroup(ref Group(ref x, n, strideX, group, length), ref Group(ref y, n, strideY, group, length), isCentred, ref weight, hasWeight, ref bias, hasBias, length, epsilon);
            }

            ClearPadding(ref y, n, strideY, groups * length);
            ClearPadding(ref statistics, n, strideStatistics, 2 * groups);
        }
    }

    private static void GradientOfRows(
        bool isCentred, ref float dy, int strideDY, ref float x, int strideX, ref float statistics, int strideStatistics, ref float dx, int strideDX, ref float weight, bool hasWeight, int groups, int length, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (int group = 0; group < groups; group++)
            {
                GradientOfGroup(
                    ref Group(ref dy, n, strideDY, group, length), ref Group(ref x, n, strideX, group, length), isCentred, ref Group(ref statistics, n, strideStatistics, group, 2),
                    ref Group(ref dx, n, strideDX, group, length), ref weight, hasWeight, length);
            }

            ClearPadding(ref dx, n, strideDX, groups * length);
        }
    }

    private static (float Mean, float Inverse) NormalizeGroup(ref float x, ref float y, bool isCentred, ref float weight, bool hasWeight, ref float bias, bool hasBias, int length, float epsilon)
    {
        float mean = isCentred ? (float)((double)RowSum<Element>(ref x, ref x, 0, length) / length) : 0;
        float variance = (float)((double)RowSum<SquaredDeviation>(ref x, ref x, mean, length) / length);
        float inverse = 1 / MathF.Sqrt(variance + epsilon);
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.NormalizeRow(ref x, ref y, mean, inverse, ref weight, hasWeight, ref bias, hasBias, length);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.NormalizeRow(ref x, ref y, mean, inverse, ref weight, hasWeight, ref bias, hasBias, length);
        else
            NormKernelsVector128.NormalizeRow(ref x, ref y, mean, inverse, ref weight, hasWeight, ref bias, hasBias, length);
        return (mean, inverse);
    }

    private static void GradientOfGroup(ref float dy, ref float x, bool isCentred, ref float kept, ref float dx, ref float weight, bool hasWeight, int length)
    {
        (float mean, float inverse) = (kept, Unsafe.Add(ref kept, 1));
        Span<float> gradient = MemoryMarshal.CreateSpan(ref dx, length);
        ReadOnlySpan<float> given = MemoryMarshal.CreateReadOnlySpan(ref dy, length);
        if (hasWeight)
            TensorPrimitives.Multiply(given, MemoryMarshal.CreateReadOnlySpan(ref weight, length), gradient);
        else
            given.CopyTo(gradient);
        float a = isCentred ? (float)((double)RowSum<Element>(ref dx, ref dx, 0, length) / length) : 0;
        float b = (float)((double)RowSum<ProductWithDeviation>(ref dx, ref x, mean, length) * inverse * inverse / length);
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.GradientRow(ref x, ref dx, mean, inverse, a, b, length);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.GradientRow(ref x, ref dx, mean, inverse, a, b, length);
        else
            NormKernelsVector128.GradientRow(ref x, ref dx, mean, inverse, a, b, length);
    }

    private static ref float Group(ref float first, nuint row, int stride, int group, int length) => ref Unsafe.Add(ref first, (row * (nuint)stride) + (nuint)(group * length));

    private static void ClearPadding(ref float first, nuint row, int stride, int width)
    {
        if (stride > width)
            MemoryMarshal.CreateSpan(ref Unsafe.Add(ref first, (row * (nuint)stride) + (nuint)width), stride - width).Clear();
    }

    private static float RowSum<TTerm>(ref float a, ref float b, float mean, int length)
        where TTerm : struct, IChannelTermVector512<TTerm>, IChannelTermVector256<TTerm>, IChannelTermVector128<TTerm> =>
        Vector512.IsHardwareAccelerated ? NormKernelsVector512.RowSum<TTerm>(ref a, ref b, mean, length)
        : Vector256.IsHardwareAccelerated ? NormKernelsVector256.RowSum<TTerm>(ref a, ref b, mean, length)
        : NormKernelsVector128.RowSum<TTerm>(ref a, ref b, mean, length);
}
