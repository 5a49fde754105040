using System;
using System.Linq;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>Every rule gives the same bits at every width of vectors.</summary>
public class UpdateKernelTests
{
    private const int Length = 48;

    [Fact]
    public void Bits_do_not_depend_on_the_width()
    {
        Check(new DescentUpdate(0.1f), 0);
        Check(new MomentumUpdate(0.1f, 0.9f, 0.7f, false, false), 1);
        Check(new MomentumUpdate(0.1f, 0.9f, 1, true, true), 1);
        Check(new IterateMomentumUpdate(0.1f, 0.9f, true, false), 1);
        Check(new AdamUpdate(0.1f, 0.1f, 0.99f, 0.01f, 1.7f, 1e-8f, 0.999f, true), 3);
        Check(new AdamUpdate(0.1f, 0.1f, 0.99f, 0.01f, 1.7f, 1e-8f, 1, false), 2);
        Check(new NAdamUpdate(0.1f, 0.99f, 0.01f, 1.7f, 1e-8f, 0.2f, 0.1f, 0.9f), 2);
        Check(new RAdamUpdate(0.1f, 0.1f, 0.99f, 0.01f, 1e-8f, 1, true), 2);
        Check(new RMSpropUpdate(0.1f, 0.99f, 0.01f, 1e-8f, 0.9f, true, true), 3);
        Check(new AdagradUpdate(0.1f, 1e-10f, 0, false), 1);
        Check(new AdadeltaUpdate(1, 0.9f, 0.1f, 1e-6f), 2);
        Check(new AdamaxUpdate(0.1f, 0.1f, 0.99f, 1e-8f, 1), 2);
        Check(new LionUpdate(0.1f, 0.1f, 0.01f, 0.99f), 1);
    }

    /// <summary>Clipping leaves what is not a number as it is.</summary>
    [Fact]
    public void NaN_goes_through()
    {
        float[] p = Values(0), g = Values(1), none = new float[Length];
        g[5] = float.NaN;
        UpdateKernels.Run(new LionUpdate(0.1f, 0.1f, 0.01f, 1), new GradientScaling(1, 0.1f, 0), 1, ref p[0], ref g[0], ref none[0], ref none[0], ref none[0], Length);
        Assert.Equal(Enumerable.Range(0, Length).Select(i => i == 5), p.Select(float.IsNaN));
    }

    [Fact]
    public void Squares_are_summed_alike()
    {
        float[] values = Values(3);
        var sums = new double[3][];
        for (int i = 0; i < 3; i++)
            sums[i] = new double[16];
        UpdateKernelsVector512.AddSquares(ref values[0], ref sums[0][0], Length);
        UpdateKernelsVector256.AddSquares(ref values[0], ref sums[1][0], Length);
        UpdateKernelsVector128.AddSquares(ref values[0], ref sums[2][0], Length);
        Assert.Equal(Enumerable.Range(0, 16).Select(lane => Enumerable.Range(0, Length / 16).Aggregate(0.0, (sum, i) => Math.FusedMultiplyAdd(values[(16 * i) + lane], values[(16 * i) + lane], sum))), sums[0]);
        Assert.Equal(sums[0], sums[1]);
        Assert.Equal(sums[0], sums[2]);
    }

    private static void Check<TUpdate>(TUpdate update, int slots)
        where TUpdate : struct, IUpdateVector512, IUpdateVector256, IUpdateVector128
    {
        var scaling = new GradientScaling(0.5f, 0.4f, 0.01f);
        float[][][] buffers = [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, 5).Select(i => i == 4 ? [.. Values(i).Select(value => Math.Abs(value) + 1)] : i > 1 ? [.. Values(i).Select(Math.Abs)] : Values(i)).ToArray())];
        UpdateKernelsVector512.Run(update, scaling, slots, ref buffers[0][0][0], ref buffers[0][1][0], ref buffers[0][2][0], ref buffers[0][3][0], ref buffers[0][4][0], Length);
        UpdateKernelsVector256.Run(update, scaling, slots, ref buffers[1][0][0], ref buffers[1][1][0], ref buffers[1][2][0], ref buffers[1][3][0], ref buffers[1][4][0], Length);
        UpdateKernelsVector128.Run(update, scaling, slots, ref buffers[2][0][0], ref buffers[2][1][0], ref buffers[2][2][0], ref buffers[2][3][0], ref buffers[2][4][0], Length);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(buffers[0][i].Select(BitConverter.SingleToInt32Bits), buffers[1][i].Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(buffers[0][i].Select(BitConverter.SingleToInt32Bits), buffers[2][i].Select(BitConverter.SingleToInt32Bits));
        }

        Assert.NotEqual(Values(0), buffers[0][0]);
    }

    private static float[] Values(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Length).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
