using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>
/// The kernels of normalisations. Sums go through 16 lanes or lanes of channels in an order that depends on the shapes alone, so that the bits do not depend
/// on the vector's width: up to 1,024 terms, then rows, samples and every 256 samples.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NormKernels
{
    /// <summary>Samples whose terms are summed before they are added to the total.</summary>
    private const int Samples = 256;

    /// <summary>Rows of the memory that <see cref="BatchNorm"/> keeps for the gradient, each the channels padded to 16.</summary>
    private enum Kept
    {
        /// <summary>The mean of each channel.</summary>
        Mean,

        /// <summary>The biased variance of each channel.</summary>
        Variance,

        /// <summary>1/√(variance + ε).</summary>
        InverseDeviation,

        /// <summary>That times the weight.</summary>
        Scale,

        /// <summary>Room for sums.</summary>
        First,

        /// <summary>Room for sums.</summary>
        Second,

        Count,
    }

    /// <summary>The floats that <see cref="BatchNorm"/> keeps for the gradient.</summary>
    /// <param name="channels">The number of channels.</param>
    public static int BatchNormFloats(int channels) => (int)Kept.Count * PictureLayout.RoundUp(channels);

    /// <summary>
    /// y = (x − mean)/√(variance + ε) · weight + bias for each channel: in training mean and biased variance of the batch, over samples and pixels; in evaluation those given.
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="layoutX">Where its elements lie.</param>
    /// <param name="y">The output.</param>
    /// <param name="layoutY">Where its elements lie.</param>
    /// <param name="weight">One a channel, padded to 16; unused without <paramref name="isAffine"/>.</param>
    /// <param name="bias">The same.</param>
    /// <param name="isAffine">Whether there are weight and bias.</param>
    /// <param name="runningMean">The means of evaluation, one a channel, padded to 16.</param>
    /// <param name="runningVariance">The variances of evaluation.</param>
    /// <param name="kept"><see cref="BatchNormFloats"/> floats, for the gradient.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="isTraining">Whether the batch's own statistics count.</param>
    /// <param name="rows">The number of samples.</param>
    public static void BatchNorm(
        ref float x, in PictureLayout layoutX, ref float y, in PictureLayout layoutY, ref float weight, ref float bias, bool isAffine,
        ref float runningMean, ref float runningVariance, ref float kept, float epsilon, bool isTraining, nuint rows)
    {
        int channels = layoutX.Channels;
        Span<float> mean = Row(ref kept, channels, Kept.Mean);
        Span<float> variance = Row(ref kept, channels, Kept.Variance);
        if (isTraining)
        {
            double count = (double)rows * layoutX.Height * layoutX.Width;
            PictureKernels.BiasGradient(ref x, layoutX, ref mean[0], rows);
            Scale(mean, 1 / count);
            Sum<SquaredDeviation>(ref x, layoutX, ref x, layoutX, ref mean[0], ref variance[0], rows);
            Scale(variance, 1 / count);
        }
        else
        {
            MemoryMarshal.CreateReadOnlySpan(ref runningMean, mean.Length).CopyTo(mean);
            MemoryMarshal.CreateReadOnlySpan(ref runningVariance, variance.Length).CopyTo(variance);
        }

        Span<float> inverse = Row(ref kept, channels, Kept.InverseDeviation);
        Span<float> scale = Row(ref kept, channels, Kept.Scale);
        Span<float> shift = Row(ref kept, channels, Kept.First);
        for (int c = 0; c < channels; c++)
        {
            inverse[c] = 1 / MathF.Sqrt(variance[c] + epsilon);
            scale[c] = isAffine ? inverse[c] * Unsafe.Add(ref weight, c) : inverse[c];
            shift[c] = isAffine ? Unsafe.Add(ref bias, c) : 0;
        }

        inverse[channels..].Clear();
        scale[channels..].Clear();
        shift[channels..].Clear();
        Normalize(ref x, layoutX, ref y, layoutY, ref mean[0], ref scale[0], ref shift[0], rows);
        if (!layoutY.IsChannelsLast)
            PictureKernels.ClearTails(ref y, layoutY, rows);
    }

    /// <summary>The gradients of <see cref="BatchNorm"/>: of input, weight and bias.</summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="layoutDY">Where its elements lie.</param>
    /// <param name="x">The input.</param>
    /// <param name="layoutX">Where its elements lie.</param>
    /// <param name="dx">The input's gradient.</param>
    /// <param name="layoutDX">Where its elements lie.</param>
    /// <param name="dweight">The weight's gradient, padded to 16; unused without <paramref name="isAffine"/>.</param>
    /// <param name="dbias">The bias's gradient.</param>
    /// <param name="isAffine">Whether there are weight and bias.</param>
    /// <param name="kept">What the forward pass kept.</param>
    /// <param name="isTraining">Whether the forward pass took the batch's own statistics.</param>
    /// <param name="rows">The number of samples.</param>
    public static void BatchNormGradient(
        ref float dy, in PictureLayout layoutDY, ref float x, in PictureLayout layoutX, ref float dx, in PictureLayout layoutDX, ref float dweight, ref float dbias, bool isAffine,
        ref float kept, bool isTraining, nuint rows)
    {
        int channels = layoutX.Channels;
        Span<float> mean = Row(ref kept, channels, Kept.Mean);
        Span<float> inverse = Row(ref kept, channels, Kept.InverseDeviation);
        Span<float> scale = Row(ref kept, channels, Kept.Scale);
        Span<float> a = Row(ref kept, channels, Kept.First);
        Span<float> b = Row(ref kept, channels, Kept.Second);
        PictureKernels.BiasGradient(ref dy, layoutDY, ref a[0], rows);
        Sum<ProductWithDeviation>(ref dy, layoutDY, ref x, layoutX, ref mean[0], ref b[0], rows);
        double count = (double)rows * layoutX.Height * layoutX.Width;
        for (int c = 0; c < a.Length; c++)
        {
            if (isAffine)
            {
                Unsafe.Add(ref dweight, c) = b[c] * inverse[c];
                Unsafe.Add(ref dbias, c) = a[c];
            }

            a[c] = isTraining ? (float)(a[c] / count) : 0;
            b[c] = isTraining ? (float)(b[c] * (double)inverse[c] * inverse[c] / count) : 0;
        }

        Gradient(ref dy, layoutDY, ref x, layoutX, ref dx, layoutDX, ref mean[0], ref scale[0], ref a[0], ref b[0], rows);
        if (!layoutDX.IsChannelsLast)
            PictureKernels.ClearTails(ref dx, layoutDX, rows);
    }

    /// <summary>The exponential, or cumulative, average of the batches' means and unbiased variances (<c>torch.nn.BatchNorm2d</c>).</summary>
    /// <param name="kept">What <see cref="BatchNorm"/> kept in training.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="count">Values a channel: samples times pixels.</param>
    /// <param name="momentum">The share of the new batch; not a number: one over the number of batches.</param>
    /// <param name="batches">The batches so far, this one counted.</param>
    /// <param name="runningMean">The average of the means.</param>
    /// <param name="runningVariance">The average of the variances.</param>
    public static void UpdateRunningStatistics(ref float kept, int channels, long count, double momentum, long batches, ref float runningMean, ref float runningVariance)
    {
        double share = double.IsNaN(momentum) ? 1.0 / batches : momentum;
        Span<float> mean = Row(ref kept, channels, Kept.Mean);
        Span<float> variance = Row(ref kept, channels, Kept.Variance);
        double unbiased = count / (count - 1.0);
        for (int c = 0; c < channels; c++)
        {
            ref float m = ref Unsafe.Add(ref runningMean, c);
            ref float v = ref Unsafe.Add(ref runningVariance, c);
            m = (float)(((1 - share) * m) + (share * mean[c]));
            v = (float)(((1 - share) * v) + (share * variance[c] * unbiased));
        }
    }

    /// <summary>y = (x − mean)/√(variance + ε) · weight + bias over groups of neighbouring elements of a row.</summary>
    /// <param name="x">The input, <c>[rows, groups · length]</c>.</param>
    /// <param name="strideX">Floats from a row to the next.</param>
    /// <param name="y">The output; its padding becomes zero.</param>
    /// <param name="strideY">Floats from a row to the next.</param>
    /// <param name="weight">One an element of a group; unused without <paramref name="hasWeight"/>.</param>
    /// <param name="hasWeight">Whether there is a weight.</param>
    /// <param name="bias">One an element of a group; unused without <paramref name="hasBias"/>.</param>
    /// <param name="hasBias">Whether there is a bias.</param>
    /// <param name="kept">Mean and 1/√(variance + ε) of each group, two floats, for the gradient.</param>
    /// <param name="strideKept">Floats from a row to the next.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="length">Elements of a group.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="rows">The number of samples.</param>
    public static void LayerNorm(
        ref float x, int strideX, ref float y, int strideY, ref float weight, bool hasWeight, ref float bias, bool hasBias, ref float kept, int strideKept, int groups, int length, float epsilon, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (int group = 0; group < groups; group++)
            {
                ref float from = ref Unsafe.Add(ref x, (n * (nuint)strideX) + (nuint)(group * length));
                ref float to = ref Unsafe.Add(ref y, (n * (nuint)strideY) + (nuint)(group * length));
                ref float statistics = ref Unsafe.Add(ref kept, (n * (nuint)strideKept) + (nuint)(2 * group));
                float mean = (float)((double)RowSum<Element>(ref from, ref from, 0, length) / length);
                float variance = (float)((double)RowSum<SquaredDeviation>(ref from, ref from, mean, length) / length);
                float inverse = 1 / MathF.Sqrt(variance + epsilon);
                statistics = mean;
                Unsafe.Add(ref statistics, 1) = inverse;
                if (Vector512.IsHardwareAccelerated)
                    NormKernelsVector512.NormalizeRow(ref from, ref to, mean, inverse, ref weight, hasWeight, ref bias, hasBias, length);
                else if (Vector256.IsHardwareAccelerated)
                    NormKernelsVector256.NormalizeRow(ref from, ref to, mean, inverse, ref weight, hasWeight, ref bias, hasBias, length);
                else
                    NormKernelsVector128.NormalizeRow(ref from, ref to, mean, inverse, ref weight, hasWeight, ref bias, hasBias, length);
            }

            ClearPadding(ref y, n, strideY, groups * length);
            ClearPadding(ref kept, n, strideKept, 2 * groups);
        }
    }

    /// <summary>The gradients of <see cref="LayerNorm"/>: of input, weight and bias.</summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="strideDY">Floats from a row to the next.</param>
    /// <param name="x">The input.</param>
    /// <param name="strideX">Floats from a row to the next.</param>
    /// <param name="dx">The input's gradient; its padding becomes zero.</param>
    /// <param name="strideDX">Floats from a row to the next.</param>
    /// <param name="weight">The weight; unused without <paramref name="hasWeight"/>.</param>
    /// <param name="hasWeight">Whether there is a weight.</param>
    /// <param name="dweight">Its gradient.</param>
    /// <param name="dbias">The bias's gradient; unused without <paramref name="hasBias"/>.</param>
    /// <param name="hasBias">Whether there is a bias.</param>
    /// <param name="kept">What the forward pass kept.</param>
    /// <param name="strideKept">Floats from a row to the next.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="length">Elements of a group.</param>
    /// <param name="rows">The number of samples.</param>
    /// <param name="scratch">Twice the length padded to 16 floats.</param>
    public static void LayerNormGradient(
        ref float dy, int strideDY, ref float x, int strideX, ref float dx, int strideDX, ref float weight, bool hasWeight, ref float dweight, ref float dbias, bool hasBias,
        ref float kept, int strideKept, int groups, int length, nuint rows, ref float scratch)
    {
        int padded = PictureLayout.RoundUp(length);
        Span<float> weights = MemoryMarshal.CreateSpan(ref scratch, padded);
        Span<float> biases = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref scratch, padded), padded);
        if (hasWeight)
            MemoryMarshal.CreateSpan(ref dweight, padded).Clear();
        if (hasBias)
            MemoryMarshal.CreateSpan(ref dbias, padded).Clear();
        for (nuint first = 0; first < rows; first += Samples)
        {
            weights.Clear();
            biases.Clear();
            for (nuint n = first; n < nuint.Min(rows, first + Samples); n++)
            {
                for (int group = 0; group < groups; group++)
                {
                    Group(
                        ref Unsafe.Add(ref dy, (n * (nuint)strideDY) + (nuint)(group * length)), ref Unsafe.Add(ref x, (n * (nuint)strideX) + (nuint)(group * length)),
                        ref Unsafe.Add(ref dx, (n * (nuint)strideDX) + (nuint)(group * length)), ref weight, hasWeight, weights, biases, ref Unsafe.Add(ref kept, (n * (nuint)strideKept) + (nuint)(2 * group)), length);
                }

                ClearPadding(ref dx, n, strideDX, groups * length);
            }

            for (int i = 0; i < length; i++)
            {
                if (hasWeight)
                    Unsafe.Add(ref dweight, i) += weights[i];
                if (hasBias)
                    Unsafe.Add(ref dbias, i) += biases[i];
            }
        }
    }

    private static void Group(
        ref float dy, ref float x, ref float dx, ref float weight, bool hasWeight, Span<float> weights, Span<float> biases, ref float statistics, int length)
    {
        float mean = statistics;
        float inverse = Unsafe.Add(ref statistics, 1);
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.WeightRow(ref dy, ref x, ref dx, mean, inverse, ref weight, hasWeight, ref weights[0], ref biases[0], length);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.WeightRow(ref dy, ref x, ref dx, mean, inverse, ref weight, hasWeight, ref weights[0], ref biases[0], length);
        else
            NormKernelsVector128.WeightRow(ref dy, ref x, ref dx, mean, inverse, ref weight, hasWeight, ref weights[0], ref biases[0], length);
        float a = (float)((double)RowSum<Element>(ref dx, ref dx, 0, length) / length);
        float b = (float)((double)RowSum<ProductWithDeviation>(ref dx, ref x, mean, length) * inverse * inverse / length);
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.GradientRow(ref x, ref dx, mean, inverse, a, b, length);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.GradientRow(ref x, ref dx, mean, inverse, a, b, length);
        else
            NormKernelsVector128.GradientRow(ref x, ref dx, mean, inverse, a, b, length);
    }

    private static Span<float> Row(ref float kept, int channels, Kept row)
    {
        int padded = PictureLayout.RoundUp(channels);
        return MemoryMarshal.CreateSpan(ref Unsafe.Add(ref kept, (int)row * padded), padded);
    }

    private static void Scale(Span<float> sums, double factor)
    {
        for (int i = 0; i < sums.Length; i++)
            sums[i] = (float)(sums[i] * factor);
    }

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

    private static void Sum<TTerm>(ref float a, in PictureLayout layoutA, ref float b, in PictureLayout layoutB, ref float mean, ref float sums, nuint rows)
        where TTerm : struct, IChannelTermVector512<TTerm>, IChannelTermVector256<TTerm>, IChannelTermVector128<TTerm>
    {
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.Sum<TTerm>(ref a, layoutA, ref b, layoutB, ref mean, ref sums, rows);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.Sum<TTerm>(ref a, layoutA, ref b, layoutB, ref mean, ref sums, rows);
        else
            NormKernelsVector128.Sum<TTerm>(ref a, layoutA, ref b, layoutB, ref mean, ref sums, rows);
    }

    private static void Normalize(ref float x, in PictureLayout layoutX, ref float y, in PictureLayout layoutY, ref float mean, ref float scale, ref float shift, nuint rows)
    {
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.Normalize(ref x, layoutX, ref y, layoutY, ref mean, ref scale, ref shift, rows);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.Normalize(ref x, layoutX, ref y, layoutY, ref mean, ref scale, ref shift, rows);
        else
            NormKernelsVector128.Normalize(ref x, layoutX, ref y, layoutY, ref mean, ref scale, ref shift, rows);
    }

    private static void Gradient(
        ref float dy, in PictureLayout layoutDY, ref float x, in PictureLayout layoutX, ref float dx, in PictureLayout layoutDX, ref float mean, ref float scale, ref float a, ref float b, nuint rows)
    {
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.Gradient(ref dy, layoutDY, ref x, layoutX, ref dx, layoutDX, ref mean, ref scale, ref a, ref b, rows);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.Gradient(ref dy, layoutDY, ref x, layoutX, ref dx, layoutDX, ref mean, ref scale, ref a, ref b, rows);
        else
            NormKernelsVector128.Gradient(ref dy, layoutDY, ref x, layoutX, ref dx, layoutDX, ref mean, ref scale, ref a, ref b, rows);
    }
}
