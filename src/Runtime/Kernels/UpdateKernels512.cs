using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

// The 256- and 128-bit versions are made from this file at build time (Runtime.csproj). Nothing here depends on a neighbour, so the bits are the same at all widths.

/// <summary>An update rule, element by element. What it keeps of an element between steps is in up to three slots.</summary>
internal interface IUpdateVector512
{
    /// <summary>The slots that the rule uses at most.</summary>
    static abstract int Slots { get; }

    /// <summary>The new parameter; the slots are updated in place.</summary>
    Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c);
}

internal readonly partial struct DescentUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(g, Vector512.Create(-rate), p);
}

internal readonly partial struct MomentumUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a = isFirst ? g : Vector512.FusedMultiplyAdd(a, Vector512.Create(momentum), g * Vector512.Create(fresh));
        Vector512<float> step = isNesterov ? Vector512.FusedMultiplyAdd(a, Vector512.Create(momentum), g) : a;
        return Vector512.FusedMultiplyAdd(step, Vector512.Create(-rate), p);
    }
}

internal readonly partial struct IterateMomentumUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        // The slot is the last iterate: of the parameters, or of Nesterov's sequence before the extrapolation.
        Vector512<float> descended = Vector512.FusedMultiplyAdd(g, Vector512.Create(-rate), p);
        Vector512<float> last = isFirst ? p : a;
        a = isNesterov ? descended : p;
        return Vector512.FusedMultiplyAdd((isNesterov ? descended : p) - last, Vector512.Create(momentum), descended);
    }
}

internal readonly partial struct AdamUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a = Vector512.FusedMultiplyAdd(g - a, Vector512.Create(fresh1), a);
        b = Vector512.FusedMultiplyAdd(b, Vector512.Create(beta2), g * g * Vector512.Create(fresh2));
        Vector512<float> v = b;
        if (isMaximal)
        {
            c = Vector512.Max(c, b);
            v = c;
        }

        Vector512<float> denominator = Vector512.FusedMultiplyAdd(Vector512.Sqrt(v), Vector512.Create(rootCorrection), Vector512.Create(epsilon));
        return Vector512.FusedMultiplyAdd(a / denominator, Vector512.Create(-rate), p * Vector512.Create(kept));
    }
}

internal readonly partial struct NAdamUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a = Vector512.FusedMultiplyAdd(g - a, Vector512.Create(fresh1), a);
        b = Vector512.FusedMultiplyAdd(b, Vector512.Create(beta2), g * g * Vector512.Create(fresh2));
        Vector512<float> denominator = Vector512.FusedMultiplyAdd(Vector512.Sqrt(b), Vector512.Create(rootCorrection), Vector512.Create(epsilon));
        Vector512<float> step = Vector512.FusedMultiplyAdd(a, Vector512.Create(ofMomentum), g * Vector512.Create(ofGradient));
        return (p * Vector512.Create(kept)) - (step / denominator);
    }
}

internal readonly partial struct RAdamUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a = Vector512.FusedMultiplyAdd(g - a, Vector512.Create(fresh1), a);
        b = Vector512.FusedMultiplyAdd(b, Vector512.Create(beta2), g * g * Vector512.Create(fresh2));
        Vector512<float> step = isRectified ? a / (Vector512.Sqrt(b) + Vector512.Create(epsilon)) : a;
        return Vector512.FusedMultiplyAdd(step, Vector512.Create(-rate), p * Vector512.Create(kept));
    }
}

internal readonly partial struct RMSpropUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a = Vector512.FusedMultiplyAdd(a, Vector512.Create(alpha), g * g * Vector512.Create(fresh));
        Vector512<float> v = a;
        if (isCentered)
        {
            c = Vector512.FusedMultiplyAdd(g - c, Vector512.Create(fresh), c);
            v = Vector512.FusedMultiplyAdd(-c, c, a);
        }

        Vector512<float> step = g / (Vector512.Sqrt(v) + Vector512.Create(epsilon));
        if (hasMomentum)
        {
            b = Vector512.FusedMultiplyAdd(b, Vector512.Create(momentum), step);
            step = b;
        }

        return Vector512.FusedMultiplyAdd(step, Vector512.Create(-rate), p);
    }
}

internal readonly partial struct AdagradUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a = Vector512.FusedMultiplyAdd(g, g, isFirst ? Vector512.Create(initial) : a);
        return Vector512.FusedMultiplyAdd(g / (Vector512.Sqrt(a) + Vector512.Create(epsilon)), Vector512.Create(-rate), p);
    }
}

internal readonly partial struct AdadeltaUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a = Vector512.FusedMultiplyAdd(a, Vector512.Create(rho), g * g * Vector512.Create(fresh));
        Vector512<float> step = Vector512.Sqrt(b + Vector512.Create(epsilon)) / Vector512.Sqrt(a + Vector512.Create(epsilon)) * g;
        b = Vector512.FusedMultiplyAdd(b, Vector512.Create(rho), step * step * Vector512.Create(fresh));
        return Vector512.FusedMultiplyAdd(step, Vector512.Create(-rate), p);
    }
}

internal readonly partial struct AdamaxUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a = Vector512.FusedMultiplyAdd(g - a, Vector512.Create(fresh1), a);
        b = Vector512.Max(b * Vector512.Create(beta2), Vector512.Abs(g) + Vector512.Create(epsilon));
        return Vector512.FusedMultiplyAdd(a / b, Vector512.Create(-rate), p * Vector512.Create(kept));
    }
}

internal readonly partial struct LionUpdate : IUpdateVector512
{
    static int IUpdateVector512.Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Update(Vector512<float> p, Vector512<float> g, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        Vector512<float> direction = Vector512.FusedMultiplyAdd(g - a, Vector512.Create(fresh1), a);

        // The sign of zero, and of what is not a number, is left as it is.
        Vector512<float> sign = Vector512.ConditionalSelect(
            Vector512.GreaterThan(Vector512.Abs(direction), Vector512<float>.Zero), Vector512.CopySign(Vector512<float>.One, direction), direction);
        a = Vector512.FusedMultiplyAdd(g - a, Vector512.Create(fresh2), a);
        return Vector512.FusedMultiplyAdd(sign, Vector512.Create(-rate), p * Vector512.Create(kept));
    }
}

internal static class UpdateKernelsVector512
{
    private static int Width => Vector512<float>.Count;

    /// <summary>Updates parameters whose number is a multiple of 16.</summary>
    public static void Run<TUpdate>(TUpdate update, in GradientScaling scaling, int slots, ref float p, ref float g, ref float a, ref float b, ref float c, nuint length)
        where TUpdate : struct, IUpdateVector512
    {
        if (scaling.IsPlain)
            Run<TUpdate, PlainGradient>(update, scaling, slots, ref p, ref g, ref a, ref b, ref c, length);
        else
            Run<TUpdate, ShapedGradient>(update, scaling, slots, ref p, ref g, ref a, ref b, ref c, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TUpdate, TGradient>(TUpdate update, in GradientScaling scaling, int slots, ref float p, ref float g, ref float a, ref float b, ref float c, nuint length)
        where TUpdate : struct, IUpdateVector512
        where TGradient : struct, IGradientKind
    {
        Vector512<float> scale = Vector512.Create(scaling.Scale);
        Vector512<float> limit = Vector512.Create(scaling.Limit);
        Vector512<float> decay = Vector512.Create(scaling.Decay);
        bool isClipped = scaling.Limit < float.PositiveInfinity;
        bool isDecayed = scaling.Decay != 0;
        Vector512<float> va = default;
        Vector512<float> vb = default;
        Vector512<float> vc = default;
        for (nuint i = 0; i < length; i += (nuint)Width)
        {
            Vector512<float> value = Vector512.LoadUnsafe(ref p, i);
            Vector512<float> gradient = Vector512.LoadUnsafe(ref g, i) * scale;
            if (TGradient.IsShaped && isClipped)
                gradient = Vector512.Max(Vector512.Min(gradient, limit), -limit);
            if (TGradient.IsShaped && isDecayed)
                gradient = Vector512.FusedMultiplyAdd(value, decay, gradient);
            if (TUpdate.Slots > 0 && slots > 0)
                va = Vector512.LoadUnsafe(ref a, i);
            if (TUpdate.Slots > 1 && slots > 1)
                vb = Vector512.LoadUnsafe(ref b, i);
            if (TUpdate.Slots > 2 && slots > 2)
                vc = Vector512.LoadUnsafe(ref c, i);
            update.Update(value, gradient, ref va, ref vb, ref vc).StoreUnsafe(ref p, i);
            if (TUpdate.Slots > 0 && slots > 0)
                va.StoreUnsafe(ref a, i);
            if (TUpdate.Slots > 1 && slots > 1)
                vb.StoreUnsafe(ref b, i);
            if (TUpdate.Slots > 2 && slots > 2)
                vc.StoreUnsafe(ref c, i);
        }
    }

    /// <summary>y ← y + weight · (x − y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Lerp(ref float y, ref float x, float weight, nuint length)
    {
        Vector512<float> share = Vector512.Create(weight);
        for (nuint i = 0; i < length; i += (nuint)Width)
        {
            Vector512<float> last = Vector512.LoadUnsafe(ref y, i);
            Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, i) - last, share, last).StoreUnsafe(ref y, i);
        }
    }

    /// <summary>Adds the squares to sixteen sums, element i to that of i mod 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSquares(ref float x, ref double sums, nuint length)
    {
        nuint half = (nuint)Width / 2;
        for (nuint i = 0; i < length; i += 16)
        {
            for (nuint lane = 0; lane < 16; lane += (nuint)Width)
            {
                (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.LoadUnsafe(ref x, i + lane));
                Vector512.FusedMultiplyAdd(low, low, Vector512.LoadUnsafe(ref sums, lane)).StoreUnsafe(ref sums, lane);
                Vector512.FusedMultiplyAdd(high, high, Vector512.LoadUnsafe(ref sums, lane + half)).StoreUnsafe(ref sums, lane + half);
            }
        }
    }
}
