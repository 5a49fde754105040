using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <content>Batch normalisation.</content>
public static partial class NormKernels
{
    /// <summary>Rows of the memory that <see cref="BatchNorm"/> keeps for the gradient, each the channels padded to 16; the first three are those of <see cref="BatchNormScale"/>.</summary>
    private enum Kept
    {
        /// <summary>The mean of each channel.</summary>
        Mean,

        /// <summary>The weight over √(variance + ε).</summary>
        Scale,

        /// <summary>The bias.</summary>
        Shift,

        /// <summary>The biased variance of each channel.</summary>
        Variance,

        /// <summary>1/√(variance + ε).</summary>
        InverseDeviation,

        /// <summary>1 where the statistics are the batch's, otherwise 0.</summary>
        IsTraining,

        Count,
    }

    /// <summary>The floats that <see cref="BatchNorm"/> keeps for the gradient: means, then other rows, then variances as <see cref="BatchNormVariance"/> says.</summary>
    /// <param name="channels">The number of channels.</param>
    public static int BatchNormFloats(int channels) => (int)Kept.Count * PictureLayout.RoundUp(channels);

    /// <summary>Where the variances start in what <see cref="BatchNorm"/> keeps; the means are the first.</summary>
    /// <param name="channels">The number of channels.</param>
    public static int BatchNormVariance(int channels) => (int)Kept.Variance * PictureLayout.RoundUp(channels);

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

        Row(ref kept, channels, Kept.IsTraining).Fill(isTraining ? 1 : 0);
        ScaleAndShift(ref weight, ref bias, isAffine, variance, ref kept, channels, epsilon, Row(ref kept, channels, Kept.InverseDeviation));
        Normalize(ref x, layoutX, ref y, layoutY, ref kept, rows);
    }

    /// <summary>The mean, the scale weight/√(variance + ε) and the shift of each channel in evaluation, for <see cref="Normalize"/> or the last store of a product.</summary>
    /// <param name="weight">One a channel, padded to 16; unused without <paramref name="isAffine"/>.</param>
    /// <param name="bias">The same.</param>
    /// <param name="isAffine">Whether there are weight and bias.</param>
    /// <param name="runningMean">The means, padded to 16.</param>
    /// <param name="runningVariance">The variances, padded to 16.</param>
    /// <param name="scale">Three rows, each the channels padded to 16, every number <paramref name="lanes"/> times: means, scales, shifts.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="lanes">How often each number stands there.</param>
    /// <param name="epsilon">ε.</param>
    public static void BatchNormScale(ref float weight, ref float bias, bool isAffine, ref float runningMean, ref float runningVariance, ref float scale, int channels, int lanes, float epsilon)
    {
        Span<float> mean = Row(ref scale, channels, Kept.Mean);
        MemoryMarshal.CreateReadOnlySpan(ref runningMean, mean.Length).CopyTo(mean);
        ScaleAndShift(ref weight, ref bias, isAffine, MemoryMarshal.CreateReadOnlySpan(ref runningVariance, mean.Length), ref scale, channels, epsilon, Row(ref scale, channels, Kept.Scale));
        if (lanes == 1)
            return;

        // From the last number on, whose copies lie behind all others.
        int length = 3 * PictureLayout.RoundUp(channels);
        for (int i = length - 1; i >= 0; i--)
            MemoryMarshal.CreateSpan(ref Unsafe.Add(ref scale, i * lanes), lanes).Fill(Unsafe.Add(ref scale, i));
    }

    /// <summary>y = (x − mean) · scale + shift for each channel.</summary>
    /// <param name="x">The input.</param>
    /// <param name="layoutX">Where its elements lie.</param>
    /// <param name="y">The output.</param>
    /// <param name="layoutY">Where its elements lie.</param>
    /// <param name="scale">What <see cref="BatchNormScale"/> made.</param>
    /// <param name="rows">The number of samples.</param>
    public static void Normalize(ref float x, in PictureLayout layoutX, ref float y, in PictureLayout layoutY, ref float scale, nuint rows)
    {
        int channels = layoutX.Channels;
        ref float mean = ref Row(ref scale, channels, Kept.Mean)[0];
        ref float factor = ref Row(ref scale, channels, Kept.Scale)[0];
        ref float shift = ref Row(ref scale, channels, Kept.Shift)[0];
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.Normalize(ref x, layoutX, ref y, layoutY, ref mean, ref factor, ref shift, rows);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.Normalize(ref x, layoutX, ref y, layoutY, ref mean, ref factor, ref shift, rows);
        else
            NormKernelsVector128.Normalize(ref x, layoutX, ref y, layoutY, ref mean, ref factor, ref shift, rows);
        PictureKernels.ClearPadding(ref y, layoutY, rows);
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
    /// <param name="sums">Room for two rows, each the channels padded to 16.</param>
    /// <param name="rows">The number of samples.</param>
    public static void BatchNormGradient(
        ref float dy, in PictureLayout layoutDY, ref float x, in PictureLayout layoutX, ref float dx, in PictureLayout layoutDX, ref float dweight, ref float dbias, bool isAffine,
        ref float kept, ref float sums, nuint rows)
    {
        int channels = layoutX.Channels;
        Span<float> mean = Row(ref kept, channels, Kept.Mean);
        Span<float> inverse = Row(ref kept, channels, Kept.InverseDeviation);
        Span<float> scale = Row(ref kept, channels, Kept.Scale);
        Span<float> a = MemoryMarshal.CreateSpan(ref sums, mean.Length);
        Span<float> b = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref sums, mean.Length), mean.Length);
        PictureKernels.BiasGradient(ref dy, layoutDY, ref a[0], rows);
        Sum<ProductWithDeviation>(ref dy, layoutDY, ref x, layoutX, ref mean[0], ref b[0], rows);
        bool isTraining = Row(ref kept, channels, Kept.IsTraining)[0] != 0;
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
        PictureKernels.ClearPadding(ref dx, layoutDX, rows);
    }

    /// <summary>The batch's own mean or variance in training, the running one in evaluation.</summary>
    /// <param name="batch">The batch's, one a channel.</param>
    /// <param name="running">The running one.</param>
    /// <param name="value">The one that counts.</param>
    /// <param name="flag">Becomes 1 in training, 0 in evaluation.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="isTraining">Whether it is training.</param>
    public static void SelectStatistic(ref float batch, ref float running, ref float value, ref float flag, int channels, bool isTraining)
    {
        Span<float> to = MemoryMarshal.CreateSpan(ref value, channels);
        MemoryMarshal.CreateReadOnlySpan(ref isTraining ? ref batch : ref running, channels).CopyTo(to);
        flag = isTraining ? 1 : 0;
    }

    /// <summary>The exponential, or cumulative, average of the batches' means and unbiased variances (<c>torch.nn.BatchNorm2d</c>), and one batch more.</summary>
    /// <param name="mean">The batch's means.</param>
    /// <param name="variance">Its biased variances.</param>
    /// <param name="runningMean">The average of the means.</param>
    /// <param name="runningVariance">The average of the variances.</param>
    /// <param name="batches">The number of batches so far, a 64-bit integer in the place of two floats.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="pixels">Values of a channel in a sample.</param>
    /// <param name="isCumulative">Whether all batches count alike.</param>
    /// <param name="momentum">Otherwise the share of the new batch.</param>
    /// <param name="rows">The number of samples; there are at least two values a channel.</param>
    public static void UpdateRunningStatistics(
        ref float mean, ref float variance, ref float runningMean, ref float runningVariance, ref float batches, int channels, int pixels, bool isCumulative, float momentum, nuint rows)
    {
        ref long count = ref Unsafe.As<float, long>(ref batches);
        count++;
        double share = isCumulative ? 1.0 / count : momentum;
        double values = (double)rows * pixels;
        double unbiased = values / (values - 1);
        for (int c = 0; c < channels; c++)
        {
            ref float m = ref Unsafe.Add(ref runningMean, c);
            ref float v = ref Unsafe.Add(ref runningVariance, c);
            m = (float)(((1 - share) * m) + (share * Unsafe.Add(ref mean, c)));
            v = (float)(((1 - share) * v) + (share * Unsafe.Add(ref variance, c) * unbiased));
        }
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

    /// <summary>The rows of scales and shifts, and that of 1/√(variance + ε), which may be the scales' where there is no other.</summary>
    private static void ScaleAndShift(ref float weight, ref float bias, bool isAffine, ReadOnlySpan<float> variance, ref float rows, int channels, float epsilon, Span<float> inverse)
    {
        Span<float> scale = Row(ref rows, channels, Kept.Scale);
        Span<float> shift = Row(ref rows, channels, Kept.Shift);
        for (int c = 0; c < channels; c++)
        {
            inverse[c] = 1 / MathF.Sqrt(variance[c] + epsilon);
            scale[c] = isAffine ? inverse[c] * Unsafe.Add(ref weight, c) : inverse[c];
            shift[c] = isAffine ? Unsafe.Add(ref bias, c) : 0;
        }

        inverse[channels..].Clear();
        scale[channels..].Clear();
        shift[channels..].Clear();
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
