using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <content>Batch normalisation.</content>
public static partial class NormKernels
{
    /// <summary>Rows of the memory that is kept for the gradient, each the channels padded to 16; the first three are those of <see cref="BatchNormScale"/>.</summary>
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

    /// <summary>The floats that are kept for the gradient: means, then other rows, then variances as <see cref="BatchNormVariance"/> says.</summary>
    /// <param name="channels">The number of channels.</param>
    public static int BatchNormFloats(int channels) => (int)Kept.Count * PictureLayout.RoundUp(channels);

    /// <summary>Where the variances start in what is kept; the means are the first.</summary>
    /// <param name="channels">The number of channels.</param>
    public static int BatchNormVariance(int channels) => (int)Kept.Variance * PictureLayout.RoundUp(channels);

    /// <summary>
    /// What <see cref="Normalize"/> and the gradients need of each channel: in training mean and biased variance of the batch, over samples and pixels; in evaluation those given.
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="layout">Where its elements lie.</param>
    /// <param name="weight">One a channel, padded to 16; unused without <paramref name="isAffine"/>.</param>
    /// <param name="bias">The same.</param>
    /// <param name="isAffine">Whether there are weight and bias.</param>
    /// <param name="runningMean">The means of evaluation, one a channel, padded to 16.</param>
    /// <param name="runningVariance">The variances of evaluation.</param>
    /// <param name="kept"><see cref="BatchNormFloats"/> floats.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="isTraining">Whether the batch's own statistics count.</param>
    /// <param name="rows">The number of samples.</param>
    public static void BatchNormStatistics(
        ref float x, in PictureLayout layout, ref float weight, ref float bias, bool isAffine, ref float runningMean, ref float runningVariance, ref float kept, float epsilon, bool isTraining, nuint rows) =>
        BatchNormStatistics(ref x, layout, ref weight, ref bias, isAffine, ref runningMean, ref runningVariance, ref kept, epsilon, isTraining, rows, 0, 1);

    /// <summary>The same of the channels that are a worker's part.</summary>
    /// <inheritdoc cref="BatchNormStatistics(ref float, in PictureLayout, ref float, ref float, bool, ref float, ref float, ref float, float, bool, nuint)"/>
    /// <param name="x"></param>
    /// <param name="layout"></param>
    /// <param name="weight"></param>
    /// <param name="bias"></param>
    /// <param name="isAffine"></param>
    /// <param name="runningMean"></param>
    /// <param name="runningVariance"></param>
    /// <param name="kept"></param>
    /// <param name="epsilon"></param>
    /// <param name="isTraining"></param>
    /// <param name="rows"></param>
    /// <param name="part">The worker's part.</param>
    /// <param name="parts">The number of parts.</param>
    public static void BatchNormStatistics(
        ref float x, in PictureLayout layout, ref float weight, ref float bias, bool isAffine, ref float runningMean, ref float runningVariance, ref float kept, float epsilon, bool isTraining, nuint rows,
        nuint part, nuint parts)
    {
        int channels = layout.Channels;
        Span<float> mean = Row(ref kept, channels, Kept.Mean);
        Span<float> variance = Row(ref kept, channels, Kept.Variance);
        Range own = PictureKernels.ChannelsOf(layout, part, parts);
        if (isTraining)
        {
            double count = (double)rows * layout.Height * layout.Width;
            PictureKernels.BiasGradient(ref x, layout, ref mean[0], rows, part, parts);
            Scale(mean[own], 1 / count);
            Sum<SquaredDeviation>(ref x, layout, ref x, layout, ref mean[0], ref variance[0], own, rows);
            Scale(variance[own], 1 / count);
        }
        else
        {
            MemoryMarshal.CreateReadOnlySpan(ref runningMean, mean.Length)[own].CopyTo(mean[own]);
            MemoryMarshal.CreateReadOnlySpan(ref runningVariance, variance.Length)[own].CopyTo(variance[own]);
        }

        Row(ref kept, channels, Kept.IsTraining)[own].Fill(isTraining ? 1 : 0);
        ScaleAndShift(ref weight, ref bias, isAffine, variance, ref kept, channels, own, epsilon, Row(ref kept, channels, Kept.InverseDeviation));
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
        ScaleAndShift(ref weight, ref bias, isAffine, MemoryMarshal.CreateReadOnlySpan(ref runningVariance, mean.Length), ref scale, channels, .., epsilon, Row(ref scale, channels, Kept.Scale));
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
    /// <param name="scale">What <see cref="BatchNormScale"/> made, or what is kept for the gradient.</param>
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

    /// <summary>The gradients of weight and bias, and what that of the input needs of each channel, which are sums of the same.</summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="layoutDY">Where its elements lie.</param>
    /// <param name="x">The input.</param>
    /// <param name="layoutX">Where its elements lie.</param>
    /// <param name="dweight">The weight's gradient, padded to 16; unused without <paramref name="isAffine"/>.</param>
    /// <param name="dbias">The bias's gradient.</param>
    /// <param name="isAffine">Whether there are weight and bias.</param>
    /// <param name="kept">What the forward pass kept.</param>
    /// <param name="sums">Two rows, each the channels padded to 16: the means of dy and of dy (x − mean)/(variance + ε), zeros where the statistics were given.</param>
    /// <param name="rows">The number of samples.</param>
    public static void BatchNormSums(
        ref float dy, in PictureLayout layoutDY, ref float x, in PictureLayout layoutX, ref float dweight, ref float dbias, bool isAffine, ref float kept, ref float sums, nuint rows) =>
        BatchNormSums(ref dy, layoutDY, ref x, layoutX, ref dweight, ref dbias, isAffine, ref kept, ref sums, rows, 0, 1);

    /// <summary>The same of the channels that are a worker's part.</summary>
    /// <inheritdoc cref="BatchNormSums(ref float, in PictureLayout, ref float, in PictureLayout, ref float, ref float, bool, ref float, ref float, nuint)"/>
    /// <param name="dy"></param>
    /// <param name="layoutDY"></param>
    /// <param name="x"></param>
    /// <param name="layoutX"></param>
    /// <param name="dweight"></param>
    /// <param name="dbias"></param>
    /// <param name="isAffine"></param>
    /// <param name="kept"></param>
    /// <param name="sums"></param>
    /// <param name="rows"></param>
    /// <param name="part">The worker's part.</param>
    /// <param name="parts">The number of parts.</param>
    public static void BatchNormSums(
        ref float dy, in PictureLayout layoutDY, ref float x, in PictureLayout layoutX, ref float dweight, ref float dbias, bool isAffine, ref float kept, ref float sums, nuint rows, nuint part, nuint parts)
    {
        int channels = layoutX.Channels;
        ReadOnlySpan<float> inverse = Row(ref kept, channels, Kept.InverseDeviation);
        Span<float> a = MemoryMarshal.CreateSpan(ref sums, inverse.Length);
        Span<float> b = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref sums, inverse.Length), inverse.Length);
        Range own = PictureKernels.ChannelsOf(layoutDY, part, parts);
        PictureKernels.BiasGradient(ref dy, layoutDY, ref a[0], rows, part, parts);
        Sum<ProductWithDeviation>(ref dy, layoutDY, ref x, layoutX, ref Row(ref kept, channels, Kept.Mean)[0], ref b[0], own, rows);
        bool isTraining = Row(ref kept, channels, Kept.IsTraining)[own.Start] != 0;
        double count = (double)rows * layoutX.Height * layoutX.Width;
        for (int c = own.Start.Value; c < own.End.Value; c++)
        {
            if (isAffine)
            {
                Unsafe.Add(ref dweight, c) = b[c] * inverse[c];
                Unsafe.Add(ref dbias, c) = a[c];
            }

            a[c] = isTraining ? (float)(a[c] / count) : 0;
            b[c] = isTraining ? (float)(b[c] * (double)inverse[c] * inverse[c] / count) : 0;
        }
    }

    /// <summary>The gradient of the input: scale (dy − mean of dy − (x − mean) · mean of dy (x − mean)/(variance + ε)) for each channel.</summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="layoutDY">Where its elements lie.</param>
    /// <param name="x">The input.</param>
    /// <param name="layoutX">Where its elements lie.</param>
    /// <param name="dx">The input's gradient.</param>
    /// <param name="layoutDX">Where its elements lie.</param>
    /// <param name="kept">What the forward pass kept.</param>
    /// <param name="sums">What <c>BatchNormSums</c> made.</param>
    /// <param name="rows">The number of samples.</param>
    public static void BatchNormGradient(
        ref float dy, in PictureLayout layoutDY, ref float x, in PictureLayout layoutX, ref float dx, in PictureLayout layoutDX, ref float kept, ref float sums, nuint rows)
    {
        int channels = layoutX.Channels;
        ref float mean = ref Row(ref kept, channels, Kept.Mean)[0];
        ref float scale = ref Row(ref kept, channels, Kept.Scale)[0];
        ref float b = ref Unsafe.Add(ref sums, PictureLayout.RoundUp(channels));
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.Gradient(ref dy, layoutDY, ref x, layoutX, ref dx, layoutDX, ref mean, ref scale, ref sums, ref b, rows);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.Gradient(ref dy, layoutDY, ref x, layoutX, ref dx, layoutDX, ref mean, ref scale, ref sums, ref b, rows);
        else
            NormKernelsVector128.Gradient(ref dy, layoutDY, ref x, layoutX, ref dx, layoutDX, ref mean, ref scale, ref sums, ref b, rows);
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

    /// <summary>The sums of some channels; those behind the last are zero.</summary>
    private static void Sum<TTerm>(ref float a, in PictureLayout layoutA, ref float b, in PictureLayout layoutB, ref float mean, ref float sums, Range own, nuint rows)
        where TTerm : struct, IChannelTermVector512<TTerm>, IChannelTermVector256<TTerm>, IChannelTermVector128<TTerm>
    {
        (int first, int end) = (own.Start.Value, int.Min(own.End.Value, layoutA.Channels));
        if (Vector512.IsHardwareAccelerated)
            NormKernelsVector512.Sum<TTerm>(ref a, layoutA, ref b, layoutB, ref mean, ref sums, first, end, rows);
        else if (Vector256.IsHardwareAccelerated)
            NormKernelsVector256.Sum<TTerm>(ref a, layoutA, ref b, layoutB, ref mean, ref sums, first, end, rows);
        else
            NormKernelsVector128.Sum<TTerm>(ref a, layoutA, ref b, layoutB, ref mean, ref sums, first, end, rows);
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref sums, end), own.End.Value - end).Clear();
    }

    /// <summary>Of some channels the rows of scales and shifts, and that of 1/√(variance + ε), which may be the scales' where there is no other.</summary>
    private static void ScaleAndShift(ref float weight, ref float bias, bool isAffine, ReadOnlySpan<float> variance, ref float rows, int channels, Range own, float epsilon, Span<float> inverse)
    {
        Span<float> scale = Row(ref rows, channels, Kept.Scale);
        Span<float> shift = Row(ref rows, channels, Kept.Shift);
        (int first, int count) = own.GetOffsetAndLength(scale.Length);
        int end = int.Min(first + count, channels);
        for (int c = first; c < end; c++)
        {
            inverse[c] = 1 / MathF.Sqrt(variance[c] + epsilon);
            scale[c] = isAffine ? inverse[c] * Unsafe.Add(ref weight, c) : inverse[c];
            shift[c] = isAffine ? Unsafe.Add(ref bias, c) : 0;
        }

        Range padding = end..(first + count);
        inverse[padding].Clear();
        scale[padding].Clear();
        shift[padding].Clear();
    }
}
