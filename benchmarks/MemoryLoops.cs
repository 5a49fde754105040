using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NetGen.Runtime;

namespace NetGen.Benchmarks;

/// <summary>Plain loops over memory: what reading and writing alone costs.</summary>
internal static class MemoryLoops
{
    /// <summary>Reads all floats; eight sums, so that no addition waits for another.</summary>
    /// <param name="x">A multiple of sixty-four floats is read; what is left over is not.</param>
    public static float Read(ReadOnlySpan<float> x) => Vector512.IsHardwareAccelerated ? Read512(x) : Read256(x);

    /// <summary>Reads four streams and writes three of them, as Adam does: parameters, gradients and two means.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Stream(Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v)
    {
        ref float first = ref MemoryMarshal.GetReference(p);
        ref float gradient = ref MemoryMarshal.GetReference(g);
        ref float second = ref MemoryMarshal.GetReference(m);
        ref float third = ref MemoryMarshal.GetReference(v);
        nuint end = (nuint)(p.Length - (p.Length % Vector<float>.Count));
        for (nuint i = 0; i < end; i += (nuint)Vector<float>.Count)
        {
            // Stores behind all loads: at equal distances from pages one would wait for the other.
            Vector<float> x = Vector.LoadUnsafe(ref gradient, i);
            Vector<float> a = Vector.LoadUnsafe(ref first, i);
            Vector<float> b = Vector.LoadUnsafe(ref second, i);
            Vector<float> c = Vector.LoadUnsafe(ref third, i);
            (a - x).StoreUnsafe(ref first, i);
            (x - b).StoreUnsafe(ref second, i);
            (x - c).StoreUnsafe(ref third, i);
        }
    }

    /// <summary>The timing of <see cref="Read"/>.</summary>
    public static Timing Reading(AlignedBuffer x) => iterations =>
    {
        float sum = 0;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < iterations; i++)
            sum += Read(x.Span);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return float.IsNaN(sum) ? throw new InvalidOperationException("What was read is not a number.") : seconds;
    };

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Read512(ReadOnlySpan<float> x)
    {
        ref float first = ref MemoryMarshal.GetReference(x);
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (nuint i = 0; i + 128 <= (nuint)x.Length; i += 128)
        {
            a += Vector512.LoadUnsafe(ref first, i);
            b += Vector512.LoadUnsafe(ref first, i + 16);
            c += Vector512.LoadUnsafe(ref first, i + 32);
            d += Vector512.LoadUnsafe(ref first, i + 48);
            e += Vector512.LoadUnsafe(ref first, i + 64);
            f += Vector512.LoadUnsafe(ref first, i + 80);
            g += Vector512.LoadUnsafe(ref first, i + 96);
            h += Vector512.LoadUnsafe(ref first, i + 112);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Read256(ReadOnlySpan<float> x)
    {
        ref float first = ref MemoryMarshal.GetReference(x);
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (nuint i = 0; i + 64 <= (nuint)x.Length; i += 64)
        {
            a += Vector256.LoadUnsafe(ref first, i);
            b += Vector256.LoadUnsafe(ref first, i + 8);
            c += Vector256.LoadUnsafe(ref first, i + 16);
            d += Vector256.LoadUnsafe(ref first, i + 24);
            e += Vector256.LoadUnsafe(ref first, i + 32);
            f += Vector256.LoadUnsafe(ref first, i + 40);
            g += Vector256.LoadUnsafe(ref first, i + 48);
            h += Vector256.LoadUnsafe(ref first, i + 56);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h);
    }
}

/// <summary>One sample of a network that is bound by reading its weights, against reading as many bytes.</summary>
/// <typeparam name="TNetwork">The generated network.</typeparam>
/// <param name="name">The network's name.</param>
internal sealed class WeightReading<TNetwork>(string name) : Workload(name + "/weights")
    where TNetwork : class, INetwork<TNetwork>
{
    /// <summary>What one sample should take at most, over a plain reading.</summary>
    private const double Limit = 1.15;

    protected override IEnumerable<Measurement> Measure(Session session)
    {
        TNetwork network = TNetwork.Create(1);
        float[] input = Uniform(TNetwork.InputSize, 1);
        float[] output = new float[TNetwork.OutputSize];
        double flops = 0;
        foreach (LayerInfo layer in TNetwork.Layers)
            flops += 2.0 * layer.MultiplyAccumulates();

        var weights = new AlignedBuffer(network.FlatParameters.Length);
        network.FlatParameters.CopyTo(weights.Span);
        yield return session.Run(Name, "infer_b1", Predict, flops, 1, MemoryLoops.Reading(weights), new Reach(Rival.Loop, Limit));

        double Predict(int iterations)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
                network.Predict(input, output);
            return Seconds(start);
        }
    }
}
