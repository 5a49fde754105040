using System;
using System.Linq;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

public class PictureKernelsTests
{
    private static readonly (int Channels, int Height, int Width)[] Sizes =
        [(1, 1, 1), (1, 5, 7), (3, 4, 5), (4, 3, 16), (6, 3, 24), (7, 2, 3), (16, 2, 17), (20, 3, 33), (35, 1, 40), (64, 1, 1), (70, 2, 3)];

    public static TheoryData<string> Orders => [.. TestPicture.Orders, TestPicture.Part];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Copy_keeps_every_element(string fromOrder) =>
        KeepsEveryElement(fromOrder, (from, to) => PictureKernels.Copy(ref from.Reference, from.Layout, ref to.Reference, to.Layout, 3));

    [Theory]
    [MemberData(nameof(Orders))]
    public void Parts_of_a_copy_keep_every_element(string fromOrder) => KeepsEveryElement(fromOrder, (from, to) =>
    {
        for (nuint part = 3; part-- > 0;)
            PictureKernels.Copy(ref from.Reference, from.Layout, ref to.Reference, to.Layout, 3, part, 3);
    });

    private static void KeepsEveryElement(string fromOrder, Action<TestPicture, TestPicture> copy)
    {
        foreach ((int channels, int height, int width) in Sizes)
        {
            // The source's padding is not zero: the target's has to be all the same.
            TestPicture from = TestPicture.Create(fromOrder, 3, channels, height, width).Fill(7).Set(Number);
            foreach (string toOrder in TestPicture.Orders.Append(TestPicture.Part))
            {
                TestPicture to = TestPicture.Create(toOrder, 3, channels, height, width).Fill(9);
                copy(from, to);
                to.AssertIs(Number, border: 9);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void ClearBorder_leaves_the_picture_alone(string order)
    {
        foreach ((int channels, int height, int width) in Sizes)
        {
            TestPicture picture = TestPicture.Create(order, 2, channels, height, width).Fill(float.NaN).Set(Number);
            PictureKernels.ClearBorder(ref picture.Reference, picture.Layout, 2);
            picture.AssertIs(Number, border: 0);
        }
    }

    [Theory]
    [InlineData("planes")]
    [InlineData("exact planes")]
    [InlineData("bordered planes")]
    public void ClearTails_leaves_all_but_tails_alone(string order)
    {
        for (int width = 1; width <= 33; width++)
        {
            TestPicture picture = TestPicture.Create(order, 2, 3, 4, width).Fill(5).Set(Number);
            PictureKernels.ClearTails(ref picture.Reference, picture.Layout, 2);
            picture.AssertIs(Number, border: 5);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void BiasGradient_sums_each_channel(string order)
    {
        foreach ((int channels, int height, int width) in Sizes)
        {
            TestPicture dy = TestPicture.Create(order, 3, channels, height, width).Random(channels);
            var expected = new float[channels + 15 & -16];
            dy.ForEach((n, c, y, x) => expected[c] += dy[n, c, y, x]);
            var db = new float[expected.Length + 1];
            Array.Fill(db, 3f);
            PictureKernels.BiasGradient(ref dy.Reference, dy.Layout, ref db[0], 3);
            Assert.Equal([.. expected, 3f], db);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Parts_of_BiasGradient_have_the_same_bits(string order)
    {
        foreach ((int channels, int height, int width) in Sizes.Append((70, 7, 9)))
        {
            var random = new Random(5);
            TestPicture dy = TestPicture.Create(order, 2, channels, height, width).Set((_, _, _, _) => random.NextSingle() - 0.3f);
            var whole = new float[(channels + 15 & -16) + 1];
            Array.Fill(whole, 3f);
            float[] parts = [.. whole];
            PictureKernels.BiasGradient(ref dy.Reference, dy.Layout, ref whole[0], 2);
            for (nuint part = 3; part-- > 0;)
                PictureKernels.BiasGradient(ref dy.Reference, dy.Layout, ref parts[0], 2, part, 3);
            Assert.Equal(whole, parts);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void BiasGradient_has_the_same_bits_at_every_width(string order)
    {
        foreach ((int channels, int height, int width) in (ReadOnlySpan<(int, int, int)>)[(3, 5, 37), (6, 24, 24), (70, 7, 9), (2, 1, 40_000)])
        {
            var random = new Random(5);
            TestPicture dy = TestPicture.Create(order, 2, channels, height, width).Set((_, _, _, _) => random.NextSingle() - 0.3f);
            var db512 = new float[channels + 15 & -16];
            var db256 = new float[db512.Length];
            var db128 = new float[db512.Length];
            PictureKernelsVector512.BiasGradient(ref dy.Reference, dy.Layout, ref db512[0], 2);
            PictureKernelsVector256.BiasGradient(ref dy.Reference, dy.Layout, ref db256[0], 2);
            PictureKernelsVector128.BiasGradient(ref dy.Reference, dy.Layout, ref db128[0], 2);
            Assert.Equal(db512, db256);
            Assert.Equal(db512, db128);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void BiasGradient_keeps_the_error_of_long_sums_small(string order)
    {
        foreach ((int height, int width, int samples) in (ReadOnlySpan<(int, int, int)>)[(1, 100_000, 1), (100, 100, 20), (1, 1, 20_000)])
        {
            TestPicture dy = TestPicture.Create(order, samples, 5, height, width).Set((_, _, _, _) => 0.1f);
            var db = new float[16];
            PictureKernels.BiasGradient(ref dy.Reference, dy.Layout, ref db[0], (nuint)samples);
            double exact = (double)0.1f * height * width * samples;
            Assert.All(db[..5], sum => Assert.InRange(sum, exact * (1 - 1e-5), exact * (1 + 1e-5)));
        }
    }

    private static float Number(int n, int c, int y, int x) => 1 + x + (100 * (y + (10 * (c + (100 * n)))));
}
