using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

public class PoolKernelsTests
{
    private const int Samples = 2;

    public static TheoryData<string> Orders => [.. TestPicture.Orders];

    /// <summary>Orders that vectors go over.</summary>
    public static TheoryData<string> PaddedOrders => [.. TestPicture.Orders.Where(order => !order.StartsWith("exact", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Max_is_the_windows_largest(string order)
    {
        foreach (Pool pool in Pool.All)
        {
            foreach (bool relu in (ReadOnlySpan<bool>)[false, true])
            {
                TestPicture x = Inputs(order, pool);
                TestPicture y = Outputs(order, pool);
                TestPicture withIndices = Outputs(order, pool);
                TestPicture index = Outputs(PaddedOrder(order), pool);
                PoolKernels.Max(ref x.Reference, x.Layout, ref y.Reference, y.Layout, pool.Windows, relu, Samples);
                PoolKernels.MaxWithIndices(ref x.Reference, x.Layout, ref withIndices.Reference, y.Layout, ref index.Reference, index.Layout, pool.Windows, relu, Samples);
                y.AssertIs(Value, border: 9);
                withIndices.AssertIs(Value, border: 9);
                index.ForEach((n, c, oy, ox) => Assert.Equal(Index(n, c, oy, ox), BitConverter.SingleToInt32Bits(index[n, c, oy, ox])));

                float Value(int n, int c, int oy, int ox)
                {
                    float max = pool.Max(x, n, c, oy, ox).Value;
                    return relu && max < 0 ? 0 : max;
                }

                int Index(int n, int c, int oy, int ox)
                {
                    (float max, int pixel) = pool.Max(x, n, c, oy, ox);
                    return relu && max <= 0 ? -1 : pixel;
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Max_gradient_goes_where_the_maximum_was(string order)
    {
        foreach (Pool pool in Pool.All)
        {
            TestPicture x = Inputs(order, pool);
            TestPicture y = Outputs(order, pool);
            TestPicture index = Outputs(PaddedOrder(order), pool);
            PoolKernels.MaxWithIndices(ref x.Reference, x.Layout, ref y.Reference, y.Layout, ref index.Reference, index.Layout, pool.Windows, false, Samples);
            TestPicture dy = TestPicture.Create(order, Samples, pool.Channels, pool.Rows.Length, pool.Columns.Length).Random(2);
            var expected = new Dictionary<(int, int, int, int), float>();
            dy.ForEach((n, c, oy, ox) =>
            {
                int pixel = pool.Max(x, n, c, oy, ox).Pixel;
                (int, int, int, int) at = (n, c, pixel / pool.Width, pixel % pool.Width);
                expected[at] = expected.GetValueOrDefault(at) + dy[n, c, oy, ox];
            });
            TestPicture dx = TestPicture.Create(order, Samples, pool.Channels, pool.Height, pool.Width).Fill(9);
            PoolKernels.MaxGradient(ref dy.Reference, dy.Layout, ref index.Reference, index.Layout, ref dx.Reference, dx.Layout, pool.Windows, Samples);
            dx.AssertIs((n, c, iy, ix) => expected.GetValueOrDefault((n, c, iy, ix)), border: 9);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Average_is_the_sum_over_the_count(string order)
    {
        foreach (Pool pool in Pool.All)
        {
            TestPicture x = TestPicture.Create(order, Samples, pool.Channels, pool.Height, pool.Width).Random(3);
            TestPicture y = Outputs(order, pool);
            PoolKernels.Average(ref x.Reference, x.Layout, ref y.Reference, y.Layout, pool.Windows, Samples);

            // Multiples of 1/8: sums are exact.
            y.AssertIs((n, c, oy, ox) => pool.Pixels(oy, ox).Sum(at => x[n, c, at.Y, at.X]) / pool.Count(oy, ox), border: 9);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Average_gradient_sums_over_windows(string order)
    {
        foreach (Pool pool in Pool.All)
        {
            TestPicture dy = TestPicture.Create(order, Samples, pool.Channels, pool.Rows.Length, pool.Columns.Length).Random(4);
            var expected = new Dictionary<(int, int, int, int), float>();
            for (int n = 0; n < Samples; n++)
            {
                for (int c = 0; c < pool.Channels; c++)
                {
                    for (int oy = 0; oy < pool.Rows.Length; oy++)
                    {
                        for (int ox = 0; ox < pool.Columns.Length; ox++)
                        {
                            foreach ((int y, int x) in pool.Pixels(oy, ox))
                                expected[(n, c, y, x)] = expected.GetValueOrDefault((n, c, y, x)) + (dy[n, c, oy, ox] / pool.Count(oy, ox));
                        }
                    }
                }
            }

            TestPicture dx = TestPicture.Create(order, Samples, pool.Channels, pool.Height, pool.Width).Fill(9);
            PoolKernels.AverageGradient(ref dy.Reference, dy.Layout, ref dx.Reference, dx.Layout, pool.Windows, Samples);
            dx.AssertIs((n, c, iy, ix) => expected.GetValueOrDefault((n, c, iy, ix)), border: 9);
        }
    }

    [Theory]
    [MemberData(nameof(PaddedOrders))]
    public void Bits_do_not_depend_on_the_width(string order)
    {
        foreach (Pool pool in Pool.All.Where(pool => order.EndsWith("planes", StringComparison.Ordinal) ? pool.Windows.HasPairsOfColumns : pool.Channels > 4))
        {
            TestPicture x = Inputs(order, pool);
            TestPicture dy = TestPicture.Create(order, Samples, pool.Channels, pool.Rows.Length, pool.Columns.Length).Random(6);
            PictureLayout large = x.Layout;
            PictureLayout small = dy.Layout;
            TestPicture[] ys = [.. Enumerable.Range(0, 9).Select(_ => Outputs(order, pool))];
            TestPicture[] dxs = [.. Enumerable.Range(0, 6).Select(_ => TestPicture.Create(order, Samples, pool.Channels, pool.Height, pool.Width))];
            PoolKernelsVector512.MaxWithIndices(ref x.Reference, large, ref ys[0].Reference, small, ref ys[3].Reference, small, pool.Windows, true, Samples);
            PoolKernelsVector256.MaxWithIndices(ref x.Reference, large, ref ys[1].Reference, small, ref ys[4].Reference, small, pool.Windows, true, Samples);
            PoolKernelsVector128.MaxWithIndices(ref x.Reference, large, ref ys[2].Reference, small, ref ys[5].Reference, small, pool.Windows, true, Samples);
            PoolKernelsVector512.Average(ref x.Reference, large, ref ys[6].Reference, small, pool.Windows, Samples);
            PoolKernelsVector256.Average(ref x.Reference, large, ref ys[7].Reference, small, pool.Windows, Samples);
            PoolKernelsVector128.Average(ref x.Reference, large, ref ys[8].Reference, small, pool.Windows, Samples);
            PoolKernelsVector512.MaxGradient(ref dy.Reference, small, ref ys[3].Reference, small, ref dxs[0].Reference, large, pool.Windows, Samples);
            PoolKernelsVector256.MaxGradient(ref dy.Reference, small, ref ys[3].Reference, small, ref dxs[1].Reference, large, pool.Windows, Samples);
            PoolKernelsVector128.MaxGradient(ref dy.Reference, small, ref ys[3].Reference, small, ref dxs[2].Reference, large, pool.Windows, Samples);
            PoolKernelsVector512.AverageGradient(ref dy.Reference, small, ref dxs[3].Reference, large, pool.Windows, Samples);
            PoolKernelsVector256.AverageGradient(ref dy.Reference, small, ref dxs[4].Reference, large, pool.Windows, Samples);
            PoolKernelsVector128.AverageGradient(ref dy.Reference, small, ref dxs[5].Reference, large, pool.Windows, Samples);
            foreach (TestPicture[] same in (TestPicture[][])[ys[..3], ys[3..6], ys[6..], dxs[..3], dxs[3..]])
            {
                Assert.Equal(Bits(same[0]), Bits(same[1]));
                Assert.Equal(Bits(same[0]), Bits(same[2]));
            }
        }

        static IEnumerable<int> Bits(TestPicture picture) => picture.ToArray().Select(BitConverter.SingleToInt32Bits);
    }

    /// <summary>Few different values, so that windows have ties, and some NaN.</summary>
    private static TestPicture Inputs(string order, Pool pool)
    {
        TestPicture x = TestPicture.Create(order, Samples, pool.Channels, pool.Height, pool.Width).Random(pool.Height + pool.Width, range: 4);
        var random = new Random(1);
        x.ForEach((n, c, iy, ix) => x[n, c, iy, ix] = random.Next(20) == 0 ? float.NaN : x[n, c, iy, ix]);
        return x;
    }

    private static TestPicture Outputs(string order, Pool pool) => TestPicture.Create(order, Samples, pool.Channels, pool.Rows.Length, pool.Columns.Length).Fill(9);

    private static string PaddedOrder(string order) => order.Replace("exact ", string.Empty, StringComparison.Ordinal);

    private sealed record Pool(int Channels, int Height, int Width, (int Start, int End, int Count)[] Rows, (int Start, int End, int Count)[] Columns)
    {
        public static IReadOnlyList<Pool> All { get; } =
        [
            .. from channels in (int[])[1, 3, 6, 35, 64]
               from pool in (Pool[])[
                   Create(channels, 8, 24, Sides(8, 2, 2, 0), Sides(24, 2, 2, 0)),
                   Create(channels, 7, 11, Sides(7, 2, 2, 0), Sides(11, 2, 2, 0)),
                   Create(channels, 1, 67, Sides(1, 1, 1, 0), Sides(67, 2, 2, 0)),
                   Create(channels, 5, 33, Sides(5, 3, 1, 1), Sides(33, 2, 2, 0)),
                   Create(channels, 9, 7, Sides(9, 3, 2, 0), Sides(7, 3, 2, 1)),
                   Create(channels, 7, 8, Sides(7, 2, 3, 0), Sides(8, 3, 3, 1)),
                   Create(channels, 6, 5, Sides(6, 6, 1, 0), Sides(5, 5, 1, 0)),
               ]
               select pool,
        ];

        public PoolWindows Windows { get; } = new(
            new PoolAxis([.. Rows.Select(row => row.Start)], [.. Rows.Select(row => row.End)], [.. Rows.Select(row => row.Count)], Height),
            new PoolAxis([.. Columns.Select(column => column.Start)], [.. Columns.Select(column => column.End)], [.. Columns.Select(column => column.Count)], Width));

        public int Count(int oy, int ox) => Rows[oy].Count * Columns[ox].Count;

        public IEnumerable<(int Y, int X)> Pixels(int oy, int ox)
        {
            for (int y = Rows[oy].Start; y < Rows[oy].End; y++)
            {
                for (int x = Columns[ox].Start; x < Columns[ox].End; x++)
                    yield return (y, x);
            }
        }

        /// <summary>PyTorch's rule.</summary>
        public (float Value, int Pixel) Max(TestPicture picture, int n, int c, int oy, int ox)
        {
            float max = float.NegativeInfinity;
            int pixel = -2;
            foreach ((int y, int x) in Pixels(oy, ox))
            {
                float value = picture[n, c, y, x];
                if (value > max || float.IsNaN(value))
                    (max, pixel) = (value, (y * Width) + x);
            }

            return (max, pixel);
        }

        private static Pool Create(int channels, int height, int width, (int, int, int)[] rows, (int, int, int)[] columns) => new(channels, height, width, rows, columns);

        private static (int Start, int End, int Count)[] Sides(int size, int kernel, int stride, int padding) =>
        [
            .. from output in Enumerable.Range(0, ((size + (2 * padding) - kernel) / stride) + 1)
               let start = (output * stride) - padding
               select (Math.Max(0, start), Math.Min(size, start + kernel), kernel),
        ];
    }
}
