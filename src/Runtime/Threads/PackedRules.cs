using System;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace NetGen.Runtime;

/// <summary>Adds floats to others: gradients of a piece of a batch, or of a step, to those before.</summary>
internal readonly unsafe struct PackedSum(float* sum, float* added) : IPackedRule
{
    /// <summary>Adds them with the threads of a network.</summary>
    public static void Run(Span<float> sum, ReadOnlySpan<float> added, NetworkRunner? network)
    {
        fixed (float* to = sum, from = added)
            PackedPass<PackedSum>.Run(new PackedSum(to, from), sum.Length, network);
    }

    /// <inheritdoc/>
    public void Run(nuint first, nuint length)
    {
        var to = new Span<float>(sum + first, (int)length);
        TensorPrimitives.Add(to, new ReadOnlySpan<float>(added + first, (int)length), to);
    }
}

/// <summary>Brings averages nearer to what they are of, by a share of the distance.</summary>
internal readonly unsafe struct PackedLerp(float* average, float* values, float share) : IPackedRule
{
    /// <inheritdoc cref="UpdateKernels.Lerp"/>
    public static void Run(Span<float> average, Span<float> values, float share, NetworkRunner? network)
    {
        fixed (float* to = average, from = values)
            PackedPass<PackedLerp>.Run(new PackedLerp(to, from, share), average.Length, network);
    }

    /// <inheritdoc/>
    public void Run(nuint first, nuint length) =>
        UpdateKernels.Lerp(ref Unsafe.AsRef<float>(average + first), ref Unsafe.AsRef<float>(values + first), share, (int)length);
}

/// <summary>An optimizer's rule over parameters, their gradients, and what it keeps of them.</summary>
/// <typeparam name="TUpdate">The rule.</typeparam>
internal readonly unsafe struct PackedUpdate<TUpdate>(TUpdate update, GradientScaling scaling, int slots, float* p, float* g, float* a, float* b, float* c) : IPackedRule
    where TUpdate : struct, IUpdateVector512, IUpdateVector256, IUpdateVector128
{
    /// <inheritdoc/>
    public void Run(nuint first, nuint length) => UpdateKernels.Run(
        update, scaling, slots, ref Unsafe.AsRef<float>(p + first), ref Unsafe.AsRef<float>(g + first),
        ref Unsafe.AsRef<float>(a + first), ref Unsafe.AsRef<float>(b + first), ref Unsafe.AsRef<float>(c + first), (int)length);
}
