using System;
using System.Linq;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

public class LogSumExpTests
{
    public static TheoryData<int, float, float> Cases
    {
        get
        {
            var cases = new TheoryData<int, float, float>();
            foreach (int width in (ReadOnlySpan<int>)[1, 3, 4, 10, 16, 17, 33, 100])
            {
                foreach (float beta in (ReadOnlySpan<float>)[0.5f, 1, 1e2f, 1e4f])
                {
                    foreach (float scale in (ReadOnlySpan<float>)[1e-3f, 1, 30, 1e30f])
                        cases.Add(width, beta, scale);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_and_gradient_are_those_of_double_precision(int width, float beta, float scale)
    {
        const int Rows = 3;
        foreach (int stride in (ReadOnlySpan<int>)[width, (width + 15) / 16 * 16])
        {
            var random = new Random(width);
            float[] x = [.. Enumerable.Range(0, Rows * stride).Select(i => i % stride < width ? ((random.NextSingle() * 2) - 1) * scale : float.NaN)];
            float[] dy = [2, 77, -3, 77, 0.25f, 77];
            var y = new float[(4 * Rows) + 1];
            var dx = new float[x.Length + 1];
            Array.Fill(y, 9f);
            Array.Fill(dx, 9f);
            RowKernels.LogSumExp(ref x[0], ref y[0], beta, width, stride, 4, Rows);
            RowKernels.LogSumExpGradient(ref dy[0], ref x[0], ref dx[0], beta, width, stride, 2, Rows);
            for (int n = 0; n < Rows; n++)
            {
                double[] row = [.. x[(n * stride)..((n * stride) + width)].Select(value => (double)value)];
                double max = row.Max();
                double sum = row.Sum(value => Math.Exp(beta * (value - max)));
                double exact = max + (Math.Log(sum) / beta);
                if (!(Math.Abs(y[4 * n] - exact) <= 1.2e-7 * Math.Max(Math.Abs(exact), 1 / beta)))
                    Assert.Fail($"{y[4 * n]:R}, exact {exact:R}");
                Assert.Equal([0f, 0f, 0f], y[((4 * n) + 1)..(4 * (n + 1))]);
                for (int i = 0; i < stride; i++)
                {
                    // A rounding of the exponent's argument, which is large where the term is small.
                    double term = i < width ? dy[2 * n] * Math.Exp(beta * (row[i] - max)) / sum : 0;
                    double argument = i < width ? Math.Min(100, beta * (max - row[i])) : 0;
                    if (!(Math.Abs(dx[(n * stride) + i] - term) <= (5e-7 + (2e-7 * argument)) * Math.Abs(term) + 1e-37))
                        Assert.Fail($"{dx[(n * stride) + i]:R}, exact {term:R}");
                }
            }

            Assert.Equal((9f, 9f), (y[^1], dx[^1]));
        }
    }

    [Theory]
    [InlineData(new[] { float.MaxValue, float.MinValue }, float.MaxValue)]
    [InlineData(new[] { float.MinValue, float.MinValue }, float.MinValue)]
    [InlineData(new[] { float.NegativeInfinity, 3f }, 3f)]
    [InlineData(new[] { float.NegativeInfinity, float.NegativeInfinity }, float.NegativeInfinity)]
    [InlineData(new[] { float.PositiveInfinity, 3f }, float.PositiveInfinity)]
    [InlineData(new[] { float.PositiveInfinity, float.NegativeInfinity }, float.PositiveInfinity)]
    [InlineData(new[] { float.NaN, float.PositiveInfinity }, float.NaN)]
    [InlineData(new[] { 3f, float.NaN }, float.NaN)]
    public void Ends_of_the_range_are_no_exception(float[] x, float expected)
    {
        var y = new float[1];
        RowKernels.LogSumExp(ref x[0], ref y[0], 1e4f, 2, 2, 1, 1);
        Assert.Equal(expected, y[0]);
    }

    [Fact]
    public void Gradient_is_a_softmax_where_the_output_is_rounded()
    {
        float[] x = [1e30f, 1e30f, 1e30f, -1e30f];
        var dx = new float[4];
        float dy = 6;
        RowKernels.LogSumExpGradient(ref dy, ref x[0], ref dx[0], 1e4f, 4, 4, 1, 1);
        Assert.Equal([2f, 2f, 2f, 0f], dx);
    }

    [Fact]
    public void Bits_do_not_depend_on_the_width()
    {
        foreach (int width in (ReadOnlySpan<int>)[1, 5, 16, 37, 100])
        {
            var random = new Random(width);
            float[] x = [.. Enumerable.Range(0, width).Select(_ => random.NextSingle() * 10)];
            float dy = 0.7f;
            float[][] results = [.. Enumerable.Range(0, 3).Select(_ => new float[width + 1])];
            RowKernelsVector512.LogSumExp(ref x[0], ref results[0][width], 1.3f, width, width, 1, 1);
            RowKernelsVector256.LogSumExp(ref x[0], ref results[1][width], 1.3f, width, width, 1, 1);
            RowKernelsVector128.LogSumExp(ref x[0], ref results[2][width], 1.3f, width, width, 1, 1);
            RowKernelsVector512.LogSumExpGradient(ref dy, ref x[0], ref results[0][0], 1.3f, width, width, 1, 1);
            RowKernelsVector256.LogSumExpGradient(ref dy, ref x[0], ref results[1][0], 1.3f, width, width, 1, 1);
            RowKernelsVector128.LogSumExpGradient(ref dy, ref x[0], ref results[2][0], 1.3f, width, width, 1, 1);
            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
    }
}
