using System;
using System.Linq;
using System.Runtime.InteropServices;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>The kernels of normalisations against the formulas in double precision, in every layout of the workspace and at every width.</summary>
public class NormKernelsTests
{
    private const float Epsilon = 1e-3f;

    private static readonly (int Channels, int Height, int Width, int Samples)[] s_sizes =
        [(1, 1, 1, 5), (1, 5, 7, 2), (3, 1, 1, 9), (4, 3, 16, 2), (7, 2, 3, 3), (16, 2, 17, 2), (20, 3, 33, 1), (64, 1, 1, 300), (70, 2, 3, 4), (2, 1, 2000, 2)];

    public static TheoryData<string> Orders => [.. TestPicture.Orders.Where(order => !order.StartsWith("exact", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Orders))]
    public void BatchNorm_is_its_formula(string order)
    {
        foreach ((int channels, int height, int width, int samples) in s_sizes)
        {
            foreach ((bool isAffine, bool isTraining) in (ReadOnlySpan<(bool, bool)>)[(true, true), (false, true), (true, false), (false, false)])
            {
                TestPicture x = Drawn(order, samples, channels, height, width, 1, 3);
                TestPicture dy = Drawn(order, samples, channels, height, width, 2, 0);
                TestPicture y = TestPicture.Create(order, samples, channels, height, width).Fill(float.NaN);
                TestPicture dx = TestPicture.Create(order, samples, channels, height, width).Fill(float.NaN);
                int padded = (channels + 15) & -16;
                float[] weight = Parameters(padded, channels, c => 0.5f + (c % 5));
                float[] bias = Parameters(padded, channels, c => (c % 3) - 1);
                float[] runningMean = Parameters(padded, channels, c => 2.5f + (c % 2));
                float[] runningVariance = Parameters(padded, channels, c => 0.5f + (c % 4));
                float[] kept = new float[NormKernels.BatchNormFloats(channels)];
                Array.Fill(kept, float.NaN);
                float[] dweight = new float[padded], dbias = new float[padded];

                NormKernels.BatchNormStatistics(ref x.Reference, x.Layout, ref weight[0], ref bias[0], isAffine, ref runningMean[0], ref runningVariance[0], ref kept[0], Epsilon, isTraining, (nuint)samples);
                NormKernels.Normalize(ref x.Reference, x.Layout, ref y.Reference, y.Layout, ref kept[0], (nuint)samples);
                float[] sums = new float[2 * padded];
                Array.Fill(sums, float.NaN);
                NormKernels.BatchNormSums(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref dweight[0], ref dbias[0], isAffine, ref kept[0], ref sums[0], (nuint)samples);
                NormKernels.BatchNormGradient(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref dx.Reference, dx.Layout, ref kept[0], ref sums[0], (nuint)samples);
                if (!isTraining)
                {
                    TestPicture z = TestPicture.Create(order, samples, channels, height, width).Fill(0);
                    float[] scale = new float[3 * padded];
                    NormKernels.BatchNormScale(ref weight[0], ref bias[0], isAffine, ref runningMean[0], ref runningVariance[0], ref scale[0], channels, 1, Epsilon);
                    float[] spread = new float[16 * scale.Length];
                    NormKernels.BatchNormScale(ref weight[0], ref bias[0], isAffine, ref runningMean[0], ref runningVariance[0], ref spread[0], channels, 16, Epsilon);
                    Assert.Equal(scale.SelectMany(number => Enumerable.Repeat(number, 16)), spread);
                    NormKernels.Normalize(ref x.Reference, x.Layout, ref z.Reference, z.Layout, ref scale[0], (nuint)samples);
                    y.ForEach((n, c, row, column) => Assert.Equal(y[n, c, row, column], z[n, c, row, column]));
                }

                var expectedY = new double[samples, channels, height, width];
                var expectedDX = new double[samples, channels, height, width];
                for (int c = 0; c < channels; c++)
                {
                    double[] xs = Channel(x, c), ds = Channel(dy, c);
                    double mean = isTraining ? xs.Average() : runningMean[c];
                    double inverse = 1 / Math.Sqrt((isTraining ? xs.Average(value => (value - mean) * (value - mean)) : runningVariance[c]) + Epsilon);
                    double w = isAffine ? weight[c] : 1, b = isAffine ? bias[c] : 0;
                    double[] normal = [.. xs.Select(value => (value - mean) * inverse)];
                    double product = ds.Zip(normal, (d, z) => d * z).Sum();
                    int i = 0;
                    x.ForEach((n, other, row, column) =>
                    {
                        if (other != c)
                            return;
                        expectedY[n, c, row, column] = (normal[i] * w) + b;
                        expectedDX[n, c, row, column] = w * inverse * (isTraining ? ds[i] - ds.Average() - (normal[i] * product / xs.Length) : ds[i]);
                        i++;
                    });
                    if (isAffine)
                    {
                        Assert.Equal(product, dweight[c], 1e-5 * (1 + Math.Sqrt(xs.Length)));
                        Assert.Equal(ds.Sum(), dbias[c], 1e-5 * (1 + Math.Sqrt(xs.Length)));
                    }
                }

                AssertClose(y, expectedY);
                AssertClose(dx, expectedDX);
                AssertPaddingIsZero(y);
                AssertPaddingIsZero(dx);
            }
        }
    }

    /// <summary>Also where the channels of a pixel lie side by side without padding, and those of one part could fill vectors that all of them do not fill.</summary>
    [Theory]
    [InlineData("planes")]
    [InlineData("exact planes")]
    [InlineData("pixels")]
    [InlineData("exact pixels")]
    [InlineData("part of pixels")]
    public void Channels_have_the_same_bits_in_any_number_of_parts(string order)
    {
        foreach ((int channels, int height, int width, int samples) in s_sizes)
        {
            foreach (bool isTraining in new[] { true, false })
            {
                TestPicture x = Drawn(order, samples, channels, height, width, 1, 3), dy = Drawn(order, samples, channels, height, width, 2, 0);
                int padded = (channels + 15) & -16;
                float[] weight = Parameters(padded, channels, c => 0.5f + (c % 5)), bias = Parameters(padded, channels, c => (c % 3) - 1);
                float[] runningMean = Parameters(padded, channels, c => 2.5f + (c % 2)), runningVariance = Parameters(padded, channels, c => 0.5f + (c % 4));
                float[] whole = Run(1);
                foreach (int parts in new[] { 2, 3, 7, 16 })
                    Assert.Equal(whole, Run(parts));

                float[] Run(int parts)
                {
                    float[] kept = Filled(NormKernels.BatchNormFloats(channels)), sums = Filled(2 * padded), dweight = Filled(padded), dbias = Filled(padded);
                    for (int part = parts - 1; part >= 0; part--)
                    {
                        NormKernels.BatchNormStatistics(
                            ref x.Reference, x.Layout, ref weight[0], ref bias[0], true, ref runningMean[0], ref runningVariance[0], ref kept[0], Epsilon, isTraining, (nuint)samples, (nuint)part, (nuint)parts);
                    }

                    for (int part = 0; part < parts; part++)
                        NormKernels.BatchNormSums(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref dweight[0], ref dbias[0], true, ref kept[0], ref sums[0], (nuint)samples, (nuint)part, (nuint)parts);
                    return [.. kept, .. sums, .. dweight, .. dbias];
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Sums_and_stores_have_the_same_bits_at_every_width(string order)
    {
        foreach ((int channels, int height, int width, int samples) in s_sizes)
        {
            TestPicture x = Drawn(order, samples, channels, height, width, 3, 1);
            TestPicture dy = Drawn(order, samples, channels, height, width, 4, 0);
            int padded = (channels + 15) & -16;
            float[] mean = Parameters(padded, channels, c => 0.3f + c), scale = Parameters(padded, channels, c => 1.7f - c), shift = Parameters(padded, channels, c => 0.1f * c);
            float[][] sums = [new float[padded], new float[padded], new float[padded]];
            NormKernelsVector512.Sum<ProductWithDeviation>(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref mean[0], ref sums[0][0], 0, channels, (nuint)samples);
            NormKernelsVector256.Sum<ProductWithDeviation>(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref mean[0], ref sums[1][0], 0, channels, (nuint)samples);
            NormKernelsVector128.Sum<ProductWithDeviation>(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref mean[0], ref sums[2][0], 0, channels, (nuint)samples);
            Assert.Equal(sums[0], sums[1]);
            Assert.Equal(sums[0], sums[2]);

            TestPicture[] ys = [.. Enumerable.Range(0, 3).Select(_ => TestPicture.Create(order, samples, channels, height, width).Fill(0))];
            NormKernelsVector512.Normalize(ref x.Reference, x.Layout, ref ys[0].Reference, ys[0].Layout, ref mean[0], ref scale[0], ref shift[0], (nuint)samples);
            NormKernelsVector256.Normalize(ref x.Reference, x.Layout, ref ys[1].Reference, ys[1].Layout, ref mean[0], ref scale[0], ref shift[0], (nuint)samples);
            NormKernelsVector128.Normalize(ref x.Reference, x.Layout, ref ys[2].Reference, ys[2].Layout, ref mean[0], ref scale[0], ref shift[0], (nuint)samples);
            AssertEqual(ys);
            NormKernelsVector512.Gradient(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref ys[0].Reference, ys[0].Layout, ref mean[0], ref scale[0], ref shift[0], ref mean[0], (nuint)samples);
            NormKernelsVector256.Gradient(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref ys[1].Reference, ys[1].Layout, ref mean[0], ref scale[0], ref shift[0], ref mean[0], (nuint)samples);
            NormKernelsVector128.Gradient(ref dy.Reference, dy.Layout, ref x.Reference, x.Layout, ref ys[2].Reference, ys[2].Layout, ref mean[0], ref scale[0], ref shift[0], ref mean[0], (nuint)samples);
            AssertEqual(ys);
        }

        static void AssertEqual(TestPicture[] pictures) => pictures[0].ForEach((n, c, y, x) =>
        {
            Assert.Equal(pictures[0][n, c, y, x], pictures[1][n, c, y, x]);
            Assert.Equal(pictures[0][n, c, y, x], pictures[2][n, c, y, x]);
        });
    }

    [Fact]
    public void Rows_have_the_same_bits_at_every_width()
    {
        var random = new Random(6);
        foreach (int length in new[] { 1, 3, 15, 16, 17, 100, 40_000 })
        {
            float[] x = Values(random, length), dy = Values(random, length), weight = Values(random, length), bias = Values(random, length);
            float sum = NormKernelsVector512.RowSum<ProductWithDeviation>(ref dy[0], ref x[0], 0.25f, length);
            Assert.Equal(sum, NormKernelsVector256.RowSum<ProductWithDeviation>(ref dy[0], ref x[0], 0.25f, length));
            Assert.Equal(sum, NormKernelsVector128.RowSum<ProductWithDeviation>(ref dy[0], ref x[0], 0.25f, length));
            float[][] y = [new float[length], new float[length], new float[length]];
            NormKernelsVector512.NormalizeRow(ref x[0], ref y[0][0], 0.25f, 1.5f, ref weight[0], true, ref bias[0], true, length);
            NormKernelsVector256.NormalizeRow(ref x[0], ref y[1][0], 0.25f, 1.5f, ref weight[0], true, ref bias[0], true, length);
            NormKernelsVector128.NormalizeRow(ref x[0], ref y[2][0], 0.25f, 1.5f, ref weight[0], true, ref bias[0], true, length);
            Assert.Equal(y[0], y[1]);
            Assert.Equal(y[0], y[2]);
            float[][] sums = [new float[length], new float[length], new float[length]];
            NormKernelsVector512.WeightRow(ref dy[0], ref x[0], 0.25f, 1.5f, ref sums[0][0], length);
            NormKernelsVector256.WeightRow(ref dy[0], ref x[0], 0.25f, 1.5f, ref sums[1][0], length);
            NormKernelsVector128.WeightRow(ref dy[0], ref x[0], 0.25f, 1.5f, ref sums[2][0], length);
            NormKernelsVector512.GradientRow(ref x[0], ref y[0][0], 0.25f, 1.5f, 0.1f, 0.2f, length);
            NormKernelsVector256.GradientRow(ref x[0], ref y[1][0], 0.25f, 1.5f, 0.1f, 0.2f, length);
            NormKernelsVector128.GradientRow(ref x[0], ref y[2][0], 0.25f, 1.5f, 0.1f, 0.2f, length);
            Assert.Equal(y[0], y[1]);
            Assert.Equal(y[0], y[2]);
            Assert.Equal(sums[0], sums[1]);
            Assert.Equal(sums[0], sums[2]);
        }
    }

    [Theory]
    [InlineData(1, 1, 3, true)]
    [InlineData(5, 7, 2, true)]
    [InlineData(1, 100, 9, true)]
    [InlineData(3, 33, 4, false)]
    [InlineData(2, 16, 300, true)]
    public void LayerNorm_is_its_formula(int groups, int length, int rows, bool isAffine)
    {
        var random = new Random(7);
        int width = groups * length, stride = (width + 15) & -16, padded = (length + 15) & -16;
        float[] x = Padded(random, rows, width, stride), dy = Padded(random, rows, width, stride), weight = Values(random, padded), bias = Values(random, padded);
        float[] y = Filled(rows * stride), dx = Filled(rows * stride), kept = Filled(rows * 2 * groups), dweight = Filled(padded), dbias = Filled(padded), scratch = Filled(padded);

        NormKernels.LayerNormKeeping(ref x[0], stride, ref y[0], stride, ref kept[0], 2 * groups, ref weight[0], isAffine, ref bias[0], isAffine, groups, length, Epsilon, (nuint)rows);
        NormKernels.LayerNormGradient(ref dy[0], stride, ref x[0], stride, ref kept[0], 2 * groups, ref dx[0], stride, ref weight[0], isAffine, groups, length, (nuint)rows);
        NormKernels.LayerNormWeightGradient(ref dy[0], stride, ref x[0], stride, ref kept[0], 2 * groups, ref dweight[0], groups, length, ref scratch[0], (nuint)rows);
        NormKernels.LayerNormBiasGradient(ref dy[0], stride, ref dbias[0], groups, length, ref scratch[0], (nuint)rows);
        float[] again = Filled(y.Length);
        NormKernels.LayerNorm(ref x[0], stride, ref again[0], stride, ref weight[0], isAffine, ref bias[0], isAffine, groups, length, Epsilon, (nuint)rows);
        Assert.Equal(y, again);

        var dw = new double[length];
        var db = new double[length];
        for (int n = 0; n < rows; n++)
        {
            for (int group = 0; group < groups; group++)
            {
                int first = (n * stride) + (group * length);
                double[] xs = [.. x.AsSpan(first, length).ToArray().Select(value => (double)value)], ds = [.. dy.AsSpan(first, length).ToArray().Select(value => (double)value)];
                double mean = xs.Average(), inverse = 1 / Math.Sqrt(xs.Average(value => (value - mean) * (value - mean)) + Epsilon);
                double[] normal = [.. xs.Select(value => (value - mean) * inverse)], g = [.. ds.Select((d, i) => isAffine ? d * weight[i] : d)];
                double product = g.Zip(normal, (d, z) => d * z).Average();
                for (int i = 0; i < length; i++)
                {
                    Assert.Equal(isAffine ? (normal[i] * weight[i]) + bias[i] : normal[i], y[first + i], 1e-5);
                    Assert.Equal(inverse * (g[i] - g.Average() - (normal[i] * product)), dx[first + i], 2e-5 * inverse);
                    dw[i] += ds[i] * normal[i];
                    db[i] += ds[i];
                }
            }

            Assert.All(y.AsSpan((n * stride) + width, stride - width).ToArray().Concat(dx.AsSpan((n * stride) + width, stride - width).ToArray()), value => Assert.Equal(0, value));
        }

        for (int i = 0; i < length; i++)
        {
            Assert.Equal(dw[i], dweight[i], 2e-6 * rows * groups);
            Assert.Equal(db[i], dbias[i], 2e-6 * rows * groups);
        }
    }

    [Theory]
    [InlineData(1, 1, 3, true)]
    [InlineData(5, 7, 2, true)]
    [InlineData(1, 100, 9, true)]
    [InlineData(3, 33, 4, false)]
    [InlineData(2, 16, 300, true)]
    public void RMSNorm_is_its_formula(int groups, int length, int rows, bool hasWeight)
    {
        var random = new Random(8);
        int width = groups * length, stride = (width + 15) & -16, padded = (length + 15) & -16;
        float[] x = Padded(random, rows, width, stride), dy = Padded(random, rows, width, stride), weight = Values(random, padded);
        float[] y = Filled(rows * stride), dx = Filled(rows * stride), kept = Filled(rows * 2 * groups), dweight = Filled(padded), scratch = Filled(padded);

        NormKernels.RMSNormKeeping(ref x[0], stride, ref y[0], stride, ref kept[0], 2 * groups, ref weight[0], hasWeight, groups, length, Epsilon, (nuint)rows);
        NormKernels.RMSNormGradient(ref dy[0], stride, ref x[0], stride, ref kept[0], 2 * groups, ref dx[0], stride, ref weight[0], hasWeight, groups, length, (nuint)rows);
        NormKernels.LayerNormWeightGradient(ref dy[0], stride, ref x[0], stride, ref kept[0], 2 * groups, ref dweight[0], groups, length, ref scratch[0], (nuint)rows);
        float[] again = Filled(y.Length);
        NormKernels.RMSNorm(ref x[0], stride, ref again[0], stride, ref weight[0], hasWeight, groups, length, Epsilon, (nuint)rows);
        Assert.Equal(y, again);

        var dw = new double[length];
        for (int n = 0; n < rows; n++)
        {
            for (int group = 0; group < groups; group++)
            {
                int first = (n * stride) + (group * length);
                double[] xs = [.. x.AsSpan(first, length).ToArray().Select(value => (double)value)], ds = [.. dy.AsSpan(first, length).ToArray().Select(value => (double)value)];
                double inverse = 1 / Math.Sqrt(xs.Average(value => value * value) + Epsilon);
                double[] normal = [.. xs.Select(value => value * inverse)], g = [.. ds.Select((d, i) => hasWeight ? d * weight[i] : d)];
                double product = g.Zip(normal, (d, z) => d * z).Average();
                for (int i = 0; i < length; i++)
                {
                    Assert.Equal(hasWeight ? normal[i] * weight[i] : normal[i], y[first + i], 1e-5);
                    Assert.Equal(inverse * (g[i] - (normal[i] * product)), dx[first + i], 2e-5 * inverse);
                    dw[i] += ds[i] * normal[i];
                }
            }

            Assert.All(y.AsSpan((n * stride) + width, stride - width).ToArray().Concat(dx.AsSpan((n * stride) + width, stride - width).ToArray()), value => Assert.Equal(0, value));
        }

        for (int i = 0; i < length; i++)
            Assert.Equal(dw[i], dweight[i], 2e-6 * rows * groups);
    }

    [Fact]
    public void Running_statistics_average_unbiased_variances()
    {
        float[] batchMean = [4, -2], batchVariance = [6, 3];
        float[] mean = new float[16], variance = [1, 1, .. new float[14]];
        float[] batches = new float[2];
        NormKernels.UpdateRunningStatistics(ref batchMean[0], ref batchVariance[0], ref mean[0], ref variance[0], ref batches[0], 2, 2, false, 0.25f, 2);
        Assert.Equal([1f, -0.5f], mean[..2]);
        Assert.Equal([0.75f + (0.25f * 8), 0.75f + (0.25f * 4)], variance[..2]);
        Assert.Equal(1, MemoryMarshal.Cast<float, long>(batches)[0]);

        // Without a momentum the average of all batches.
        batches = new float[2];
        NormKernels.UpdateRunningStatistics(ref batchMean[0], ref batchVariance[0], ref mean[0], ref variance[0], ref batches[0], 2, 4, true, 0, 1);
        Assert.Equal([4f, -2f], mean[..2]);
        Assert.Equal([8f, 4f], variance[..2]);
        (batchMean, batchVariance) = ([7, 1], [9, 0]);
        NormKernels.UpdateRunningStatistics(ref batchMean[0], ref batchVariance[0], ref mean[0], ref variance[0], ref batches[0], 2, 4, true, 0, 1);
        Assert.Equal([5.5f, -0.5f], mean[..2]);
        Assert.Equal([10f, 2f], variance[..2]);
        Assert.Equal(2, MemoryMarshal.Cast<float, long>(batches)[0]);
    }

    private static void AssertPaddingIsZero(TestPicture picture)
    {
        PictureLayout layout = picture.Layout;
        for (int n = 0; n < picture.Samples; n++)
        {
            for (int c = 0; c < layout.PaddedChannels; c++)
            {
                for (int column = c < layout.Channels ? layout.Width : 0; column < layout.PaddedWidth; column++)
                    Assert.Equal(0, picture[n, c, layout.Height - 1, column]);
            }
        }
    }

    private static TestPicture Drawn(string order, int samples, int channels, int height, int width, int seed, float mean)
    {
        var random = new Random(seed);
        return TestPicture.Create(order, samples, channels, height, width).Fill(0).Set((_, _, _, _) => (float)(mean + (random.NextDouble() * 2) - 1));
    }

    private static float[] Parameters(int padded, int channels, Func<int, float> value) => [.. Enumerable.Range(0, padded).Select(c => c < channels ? value(c) : 0)];

    private static float[] Values(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() * 2) - 1))];

    private static float[] Padded(Random random, int rows, int width, int stride) => [.. Enumerable.Range(0, rows * stride).Select(i => i % stride < width ? (float)((random.NextDouble() * 2) - 0.5) : 0)];

    private static float[] Filled(int length) => [.. Enumerable.Repeat(float.NaN, length)];

    private static double[] Channel(TestPicture picture, int channel)
    {
        var values = new System.Collections.Generic.List<double>();
        picture.ForEach((n, c, y, x) =>
        {
            if (c == channel)
                values.Add(picture[n, c, y, x]);
        });
        return [.. values];
    }

    private static void AssertClose(TestPicture actual, double[,,,] expected)
    {
        double largest = expected.Cast<double>().Max(Math.Abs);
        actual.ForEach((n, c, y, x) => Assert.Equal(expected[n, c, y, x], actual[n, c, y, x], 1e-6 + (1e-5 * largest)));
    }
}
