using System;
using System.Linq;
using System.Runtime.Intrinsics;
using NetGen.Runtime;
using NetGen.Tests.Networks;
using Xunit;

namespace NetGen.Tests.Runtime;

public class PhiloxTests
{
    /// <summary>The known answers of Random123, <c>kat_vectors</c>, philox4x32 with 10 rounds.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_are_the_known_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
    {
        Assert.Equal(Vector128.Create(r0, r1, r2, r3), Philox.Block(Vector128.Create(c0, c1, c2, c3), ((ulong)k1 << 32) | k0));
    }

    [Theory]
    [InlineData(4, 0, 0, 0)]
    [InlineData(64, 7, 1, 3)]
    [InlineData(60, 7, 1, 3)]
    [InlineData(128, 1_000_000, 4095, 65535)]
    [InlineData(1000, 12, 5, 2)]
    public void Dropout_masks_are_those_of_the_scalar_reference(int length, uint step, int sample, int layer)
    {
        const ulong Seed = 0x0123456789ABCDEF;
        var mask = new float[length + 8];
        Array.Fill(mask, -1f);
        Philox.DropoutMask(ref mask[4], length, Seed, step, layer, sample, 0.3f, 1 / 0.7f);

        double[] expected = PhiloxReference.DropoutMask(Seed, step, layer, sample, length, 0.3);
        Assert.Equal(expected.Select(value => (float)value), mask[4..^4]);
        Assert.All(mask[..4].Concat(mask[^4..]), value => Assert.Equal(-1f, value));
    }

    [Fact]
    public void Dropout_masks_differ_beyond_32_bits_of_steps()
    {
        float[] first = Mask(1, 0.5f);
        Assert.NotEqual(first, Mask(1 + (1L << 32), 0.5f));
        Assert.Equal(first, Mask(1, 0.5f));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void Dropout_zeroes_at_its_rate(float p)
    {
        float[] mask = Mask(5, p);
        double rate = mask.Count(value => value == 0) / (double)mask.Length;
        Assert.InRange(rate, p - (5 * Math.Sqrt(p * (1 - p) / mask.Length)), p + (5 * Math.Sqrt(p * (1 - p) / mask.Length)));
        Assert.All(mask, value => Assert.True(value is 0 or 2));
    }

    [Fact]
    public void Uniform_numbers_have_the_moments_of_theirs()
    {
        double[] u = [.. Enumerable.Range(0, 100_000).Select(i => (double)Philox.Uniform(42, 3, i))];
        Assert.All(u, value => Assert.InRange(value, 0, 1 - MathF.ScaleB(1, -24)));
        Assert.InRange(u.Average(), 0.495, 0.505);
        Assert.InRange(u.Average(value => (value - 0.5) * (value - 0.5)), 0.0825, 0.0842);
        Assert.NotEqual(Philox.Uniform(42, 4, 0), Philox.Uniform(42, 3, 0));
        Assert.NotEqual(Philox.Uniform(43, 3, 0), Philox.Uniform(42, 3, 0));
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_theirs()
    {
        double[] z = [.. Enumerable.Range(0, 200_000).Select(i => Philox.Normal(42, 3, i))];
        Assert.InRange(z.Average(), -0.012, 0.012);
        Assert.InRange(z.Average(value => value * value), 0.985, 1.015);
        Assert.InRange(z.Average(value => value * value * value), -0.03, 0.03);
        Assert.InRange(z.Average(value => value * value * value * value), 2.92, 3.08);
        Assert.InRange(z.Count(value => value < -1.959964) / (double)z.Length, 0.0235, 0.0265);

        // The two numbers of a pair are not correlated.
        Assert.InRange(Enumerable.Range(0, 100_000).Average(i => z[2 * i] * z[(2 * i) + 1]), -0.016, 0.016);
    }

    [Fact]
    public void Sine_and_cosine_of_a_turn_are_exact()
    {
        var random = new Random(3);
        for (int i = 0; i < 100_000; i++)
        {
            uint turn = i < 64 ? (uint)i << 26 : (uint)random.NextInt64(1L << 32);
            double angle = 2 * Math.PI * turn / 4294967296.0;
            Assert.Equal(Math.Sin(angle), Philox.SineOfTurn(turn), 1e-15);
            Assert.Equal(Math.Cos(angle), Philox.CosineOfTurn(turn), 1e-15);
        }

        Assert.Equal([0, 1, 0, -1], [Philox.SineOfTurn(0), Philox.SineOfTurn(1u << 30), Philox.SineOfTurn(2u << 30), Philox.SineOfTurn(3u << 30)]);
    }

    private static float[] Mask(long step, float p)
    {
        var mask = new float[100_000];
        Philox.DropoutMask(ref mask[0], mask.Length, 9, step, 1, 2, p, 2);
        return mask;
    }
}
