using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetGen.Benchmarks;

/// <summary>
/// The fused multiply-adds that one core can do with the widest vectors: independent chains in registers, no memory.
/// </summary>
internal static class FmaPeak
{
    /// <summary>Two FMA units of latency 4 or 5 need ten chains; twelve and two constants still fit sixteen registers.</summary>
    private const int Chains = 12;

    /// <summary>Rounds of an iteration, so that one takes a few microseconds.</summary>
    private const int Rounds = 1000;

    /// <summary>The width of the vectors in bits.</summary>
    public static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Measures the peak by itself.</summary>
    /// <returns>GFLOP/s, a fused multiply-add counting as two operations.</returns>
    public static double Measure() => Gflops(Sampler.Best(0, SamplePlan.Full, Seconds)[0]);

    /// <summary>GFLOP/s from the microseconds of an iteration.</summary>
    public static double Gflops(double us) => 2.0 * Chains * (VectorBits / 32) * Rounds / us * 1e-3;

    /// <summary>The timing, to be sampled in turn with what is compared to it.</summary>
    public static double Seconds(int iterations)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < iterations; i++)
        {
            float sum = Vector512.IsHardwareAccelerated ? Run512(Rounds)
                : Vector256.IsHardwareAccelerated ? Run256(Rounds)
                : Run128(Rounds);
            if (!float.IsFinite(sum))
                throw new InvalidOperationException("The chains of multiply-adds left their fixed point.");
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Inlined, the chains would be spilled.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Run512(int rounds)
    {
        var factor = Vector512.Create(0.5f);
        var addend = Vector512.Create(1f);
        Vector512<float> a0 = addend, a1 = addend, a2 = addend, a3 = addend, a4 = addend, a5 = addend, a6 = addend, a7 = addend, a8 = addend, a9 = addend, a10 = addend, a11 = addend;
        for (int i = 0; i < rounds; i++)
        {
            a0 = Vector512.FusedMultiplyAdd(a0, factor, addend);
            a1 = Vector512.FusedMultiplyAdd(a1, factor, addend);
            a2 = Vector512.FusedMultiplyAdd(a2, factor, addend);
            a3 = Vector512.FusedMultiplyAdd(a3, factor, addend);
            a4 = Vector512.FusedMultiplyAdd(a4, factor, addend);
            a5 = Vector512.FusedMultiplyAdd(a5, factor, addend);
            a6 = Vector512.FusedMultiplyAdd(a6, factor, addend);
            a7 = Vector512.FusedMultiplyAdd(a7, factor, addend);
            a8 = Vector512.FusedMultiplyAdd(a8, factor, addend);
            a9 = Vector512.FusedMultiplyAdd(a9, factor, addend);
            a10 = Vector512.FusedMultiplyAdd(a10, factor, addend);
            a11 = Vector512.FusedMultiplyAdd(a11, factor, addend);
        }

        return Vector512.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Run256(int rounds)
    {
        var factor = Vector256.Create(0.5f);
        var addend = Vector256.Create(1f);
        Vector256<float> a0 = addend, a1 = addend, a2 = addend, a3 = addend, a4 = addend, a5 = addend, a6 = addend, a7 = addend, a8 = addend, a9 = addend, a10 = addend, a11 = addend;
        for (int i = 0; i < rounds; i++)
        {
            a0 = Vector256.FusedMultiplyAdd(a0, factor, addend);
            a1 = Vector256.FusedMultiplyAdd(a1, factor, addend);
            a2 = Vector256.FusedMultiplyAdd(a2, factor, addend);
            a3 = Vector256.FusedMultiplyAdd(a3, factor, addend);
            a4 = Vector256.FusedMultiplyAdd(a4, factor, addend);
            a5 = Vector256.FusedMultiplyAdd(a5, factor, addend);
            a6 = Vector256.FusedMultiplyAdd(a6, factor, addend);
            a7 = Vector256.FusedMultiplyAdd(a7, factor, addend);
            a8 = Vector256.FusedMultiplyAdd(a8, factor, addend);
            a9 = Vector256.FusedMultiplyAdd(a9, factor, addend);
            a10 = Vector256.FusedMultiplyAdd(a10, factor, addend);
            a11 = Vector256.FusedMultiplyAdd(a11, factor, addend);
        }

        return Vector256.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Run128(int rounds)
    {
        var factor = Vector128.Create(0.5f);
        var addend = Vector128.Create(1f);
        Vector128<float> a0 = addend, a1 = addend, a2 = addend, a3 = addend, a4 = addend, a5 = addend, a6 = addend, a7 = addend, a8 = addend, a9 = addend, a10 = addend, a11 = addend;
        for (int i = 0; i < rounds; i++)
        {
            a0 = Vector128.FusedMultiplyAdd(a0, factor, addend);
            a1 = Vector128.FusedMultiplyAdd(a1, factor, addend);
            a2 = Vector128.FusedMultiplyAdd(a2, factor, addend);
            a3 = Vector128.FusedMultiplyAdd(a3, factor, addend);
            a4 = Vector128.FusedMultiplyAdd(a4, factor, addend);
            a5 = Vector128.FusedMultiplyAdd(a5, factor, addend);
            a6 = Vector128.FusedMultiplyAdd(a6, factor, addend);
            a7 = Vector128.FusedMultiplyAdd(a7, factor, addend);
            a8 = Vector128.FusedMultiplyAdd(a8, factor, addend);
            a9 = Vector128.FusedMultiplyAdd(a9, factor, addend);
            a10 = Vector128.FusedMultiplyAdd(a10, factor, addend);
            a11 = Vector128.FusedMultiplyAdd(a11, factor, addend);
        }

        return Vector128.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }
}
