using System;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>What is done to a gradient before an update rule sees it: scaled, clipped by value, decay added.</summary>
/// <param name="Scale">A factor: −1 to maximize, the share of a clipped norm, one by the number of accumulated gradients.</param>
/// <param name="Limit">The largest magnitude; infinity where values are not clipped.</param>
/// <param name="Decay">The parameter's share that is added.</param>
internal readonly record struct GradientScaling(float Scale, float Limit, float Decay)
{
    /// <summary>Whether it is scaled and nothing else.</summary>
    public bool IsPlain => Limit == float.PositiveInfinity && Decay == 0;
}

/// <summary>Whether gradients are clipped or decayed: kernels of their own, since the test in each turn of the loop costs as much as a rule.</summary>
internal interface IGradientKind
{
    static abstract bool IsShaped { get; }
}

internal readonly struct PlainGradient : IGradientKind
{
    public static bool IsShaped => false;
}

internal readonly struct ShapedGradient : IGradientKind
{
    public static bool IsShaped => true;
}

// A struct a rule, whose numbers are those of the step: all that follows from step and settings is computed once, in double.

internal readonly partial struct DescentUpdate(float rate);

internal readonly partial struct MomentumUpdate(float rate, float momentum, float fresh, bool isNesterov, bool isFirst);

internal readonly partial struct IterateMomentumUpdate(float rate, float momentum, bool isNesterov, bool isFirst);

internal readonly partial struct AdamUpdate(float rate, float fresh1, float beta2, float fresh2, float rootCorrection, float epsilon, float kept, bool isMaximal);

internal readonly partial struct NAdamUpdate(float fresh1, float beta2, float fresh2, float rootCorrection, float epsilon, float ofMomentum, float ofGradient, float kept);

internal readonly partial struct RAdamUpdate(float rate, float fresh1, float beta2, float fresh2, float epsilon, float kept, bool isRectified);

internal readonly partial struct RMSpropUpdate(float rate, float alpha, float fresh, float epsilon, float momentum, bool hasMomentum, bool isCentered);

internal readonly partial struct AdagradUpdate(float rate, float epsilon, float initial, bool isFirst);

internal readonly partial struct AdadeltaUpdate(float rate, float rho, float fresh, float epsilon);

internal readonly partial struct AdamaxUpdate(float rate, float fresh1, float beta2, float epsilon, float kept);

internal readonly partial struct LionUpdate(float rate, float fresh1, float fresh2, float kept);

/// <summary>Update rules over packed parameters, at the widest vectors that there are.</summary>
internal static class UpdateKernels
{
    /// <summary>Updates parameters in place; what is packed is a multiple of 16 long.</summary>
    public static void Run<TUpdate>(TUpdate update, in GradientScaling scaling, int slots, ref float p, ref float g, ref float a, ref float b, ref float c, int length)
        where TUpdate : struct, IUpdateVector512, IUpdateVector256, IUpdateVector128
    {
        if (Vector512.IsHardwareAccelerated)
            UpdateKernelsVector512.Run(update, scaling, slots, ref p, ref g, ref a, ref b, ref c, (nuint)length);
        else if (Vector256.IsHardwareAccelerated)
            UpdateKernelsVector256.Run(update, scaling, slots, ref p, ref g, ref a, ref b, ref c, (nuint)length);
        else
            UpdateKernelsVector128.Run(update, scaling, slots, ref p, ref g, ref a, ref b, ref c, (nuint)length);
    }

    /// <summary>y ← y + weight · (x − y).</summary>
    public static void Lerp(ref float y, ref float x, float weight, int length)
    {
        if (Vector512.IsHardwareAccelerated)
            UpdateKernelsVector512.Lerp(ref y, ref x, weight, (nuint)length);
        else if (Vector256.IsHardwareAccelerated)
            UpdateKernelsVector256.Lerp(ref y, ref x, weight, (nuint)length);
        else
            UpdateKernelsVector128.Lerp(ref y, ref x, weight, (nuint)length);
    }

    /// <summary>Adds the squares to sixteen sums.</summary>
    public static void AddSquares(ref float x, Span<double> sums, int length)
    {
        if (Vector512.IsHardwareAccelerated)
            UpdateKernelsVector512.AddSquares(ref x, ref sums[0], (nuint)length);
        else if (Vector256.IsHardwareAccelerated)
            UpdateKernelsVector256.AddSquares(ref x, ref sums[0], (nuint)length);
        else
            UpdateKernelsVector128.AddSquares(ref x, ref sums[0], (nuint)length);
    }
}
