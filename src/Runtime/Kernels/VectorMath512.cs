using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

// The 256- and 128-bit overloads are made from this file at build time (Runtime.csproj): every operation here works
// lane by lane, rounds once and is defined by IEEE 754, so a lane's bits do not depend on the width.
// MinNative and MaxNative hand on a NaN in their second operand.
public static partial class VectorMath
{
    /// <summary>eˣ. Error at most 0.9 ulp, down to the smallest numbers; infinity above 88.72.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x) => ExpOfReduced(Reduce(x, out Vector512<float> shifted), shifted);

    /// <summary>The derivative of <see cref="Exp(Vector512{float})"/> from its output y: y itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ExpDerivative(Vector512<float> y) => y;

    // x = n ln(2) + r with an integer n and |r| <= ln(2)/2. The integer falls into the low bits of a sum with 1.5 * 2^23.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Reduce(Vector512<float> x, out Vector512<float> shifted)
    {
        x = Vector512.MaxNative(Vector512.Create(-104f), x);
        x = Vector512.MinNative(Vector512.Create(89f), x);
        shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), Vector512.Create(RoundingShift + 127));
        Vector512<float> n = shifted - Vector512.Create(RoundingShift + 127);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        return Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
    }

    // 2^n e^r. Where 2^n is no normal number its halves are, so the product rounds once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ExpOfReduced(Vector512<float> r, Vector512<float> shifted)
    {
        Vector512<int> half = Vector512.ShiftRightLogical(shifted.AsInt32(), 1);
        Vector512<float> p = ExpSeries(r, 1) * Vector512.ShiftLeft(half, 23).AsSingle();
        return p * Vector512.ShiftLeft(shifted.AsInt32() - half, 23).AsSingle();
    }

    // The same for a sum with 1, for less: results below 2^-125.5 are 0. The power's exponent is one short and the series doubled,
    // so that n = 128 does not overflow early.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ExpOfSummand(Vector512<float> x)
    {
        x = Vector512.MaxNative(Vector512.Create(-87.5f), x);
        x = Vector512.MinNative(Vector512.Create(89f), x);
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), Vector512.Create(RoundingShift - 1));
        Vector512<float> n = shifted - Vector512.Create(RoundingShift - 1);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        return ExpSeries(r, 2) * Vector512.ShiftLeft(shifted.AsInt32(), 23).AsSingle();
    }

    // factor e^r for |r| <= ln(2)/2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ExpSeries(Vector512<float> r, float factor)
    {
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(factor * E5), r, Vector512.Create(factor * E4));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(factor * E3));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(factor * E2));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(factor * E1));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(factor));
        return Vector512.FusedMultiplyAdd(p, r, Vector512.Create(factor));
    }

    // e^x - 1 for x <= 0; relative error at most 1.5e-7. Garbage, but no fault, for x > 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ExpMinus1OfNegative(Vector512<float> x)
    {
        x = Vector512.MaxNative(Vector512.Create(-18f), x);
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), Vector512.Create(RoundingShift));
        Vector512<float> n = shifted - Vector512.Create(RoundingShift);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(E5), r, Vector512.Create(E4));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(E3));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(E2));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(E1));
        p = Vector512.FusedMultiplyAdd(p * r, r, r);
        Vector512<float> power = Vector512.ShiftLeft(shifted.AsInt32(), 23).AsSingle();
        return Vector512.FusedMultiplyAdd(power, p, power - Vector512<float>.One);
    }

    /// <summary>The natural logarithm. Relative error at most 1.5e-7; -infinity at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x)
    {
        Vector512<float> subnormal = Vector512.LessThan(x, Vector512.Create(1.17549435e-38f));
        Vector512<float> scaled = Vector512.ConditionalSelect(subnormal, x * Vector512.Create(16777216f), x);

        // scaled = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)): log = k ln 2 + 2 atanh(f / (2 + f)).
        Vector512<int> bits = scaled.AsInt32();
        Vector512<int> exponent = Vector512.ShiftRightArithmetic(bits - Vector512.Create(SqrtHalfBits), 23);
        Vector512<float> f = (bits - Vector512.ShiftLeft(exponent, 23)).AsSingle() - Vector512<float>.One;
        Vector512<float> k = Vector512.ConvertToSingle(exponent) - Vector512.ConditionalSelect(subnormal, Vector512.Create(24f), Vector512<float>.Zero);
        Vector512<float> s = f / (f + Vector512.Create(2f));
        Vector512<float> z = s * s;
        Vector512<float> half = f * f * Vector512.Create(0.5f);
        Vector512<float> rest = s * Vector512.FusedMultiplyAdd(AtanhSeries(z), z, half);
        Vector512<float> result = Vector512.FusedMultiplyAdd(k, Vector512.Create(Ln2Low), rest) - half + f;
        result = Vector512.FusedMultiplyAdd(k, Vector512.Create(Ln2High), result);

        // Infinity and NaN come back as they are, 0 gives -infinity, negative numbers NaN.
        result = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(float.PositiveInfinity)), result, x);
        Vector512<float> notPositive = Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<float>.Zero), Vector512.Create(float.NegativeInfinity), Vector512.Create(float.NaN));
        return Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, Vector512<float>.Zero), notPositive, result);
    }

    // (2 atanh(s) / s - 2) / s² for z = s² in [0, 1/9].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AtanhSeries(Vector512<float> z)
    {
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(A3), z, Vector512.Create(A2));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(A1));
        return Vector512.FusedMultiplyAdd(p, z, Vector512.Create(A0));
    }

    /// <summary>log(1 + e^-|x|), the part of softplus, log-sigmoid and binary cross-entropy that is not linear. Error at most 1.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log1pExpNegAbs(Vector512<float> x) => Log1pExpNegAbs(x, out _);

    // And what its rounding lost.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Log1pExpNegAbs(Vector512<float> x, out Vector512<float> low)
    {
        // 2 atanh(s) with s = e / (e + 2); what the sum and the quotient lose comes back with the series.
        Vector512<float> e = Exp(-Vector512.Abs(x));
        Vector512<float> sum = e + Vector512.Create(2f);
        Vector512<float> inverse = Vector512<float>.One / sum;
        Vector512<float> s = e * inverse;
        Vector512<float> rest = Vector512.FusedMultiplyAdd(-s, sum, e);
        rest = Vector512.FusedMultiplyAdd(-s, e - (sum - Vector512.Create(2f)), rest);
        Vector512<float> z = s * s;
        low = Vector512.FusedMultiplyAdd(rest + rest, inverse, s * (z * AtanhSeries(z)));
        Vector512<float> result = s + s + low;
        low -= result - (s + s);
        return result;
    }

    /// <summary>1/(1+e⁻ˣ). Error at most 2.4 ulp; 0 below -88.72.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + ExpOfSummand(-x));

    /// <summary>The derivative of <see cref="Sigmoid(Vector512{float})"/> from its output y: y(1−y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SigmoidDerivative(Vector512<float> y) => y * (Vector512<float>.One - y);

    /// <summary>The hyperbolic tangent. Error at most 0.63 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        // |x| = n ln(2)/2 + w and t = tanh(w): tanh|x| = (c + t d) / (d + t c) with c = 1 - 2^-n and d = 1 + 2^-n.
        // w, c and d are exact. Where n ends, at 23, a rough t will do.
        Vector512<float> magnitude = Vector512.Abs(x);
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(Vector512.MinNative(Vector512.Create(8.1f), magnitude), Vector512.Create(-2 * Log2E), Vector512.Create(RoundingShift));
        Vector512<float> n = shifted - Vector512.Create(RoundingShift);
        Vector512<float> power = Vector512.ShiftLeft(shifted.AsInt32(), 23).AsSingle();
        Vector512<float> c = Vector512<float>.One - power;
        Vector512<float> d = Vector512<float>.One + power;
        Vector512<float> w = Vector512.FusedMultiplyAdd(n, Vector512.Create(HalfLn2), Vector512.MinNative(Vector512.Create(9.1f), magnitude));

        // t in two parts, w and the rest of its series.
        Vector512<float> z = w * w;
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(T3), z, Vector512.Create(T2));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(T1));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(T0));
        Vector512<float> rest = w * z * p;
        Vector512<float> inverse = Vector512<float>.One / Vector512.FusedMultiplyAdd(w + rest, c, d);

        // A guess g of the result, negated, within 5 % and of so few bits that its products with c and d are exact. What it lacks is
        // ((c - g d) + t (d - g c)) / (d + t c), whose roundings weigh a twentieth.
        Vector512<float> near = Vector512.MinNative(Vector512.Create(2f), magnitude);
        Vector512<float> guess = near * Vector512.FusedMultiplyAdd(near, Vector512.Create(0.277f), Vector512.Create(-1.044f));
        guess = (guess.AsInt32() & Vector512.Create(-4096)).AsSingle();
        Vector512<float> slope = Vector512.FusedMultiplyAdd(guess, c, d);
        Vector512<float> lack = Vector512.FusedMultiplyAdd(w, slope, Vector512.FusedMultiplyAdd(guess, d, c));
        lack = Vector512.FusedMultiplyAdd(rest, slope, lack);
        return Vector512.FusedMultiplyAdd(lack, inverse, -guess) | (x & Vector512.Create(-0f));
    }

    /// <summary>The derivative of <see cref="Tanh(Vector512{float})"/> from its output y: 1−y².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> TanhDerivative(Vector512<float> y) => Vector512.FusedMultiplyAdd(-y, y, Vector512<float>.One);

    // The normal distribution's upper tail Φ(-a) for 0 <= a <= NormalRange and e^(-a²/2), both of small relative error:
    // Φ(-a) e^(a²/2) is a polynomial in t = 1 / (1 + 0.35 a), and a² is kept in two parts.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> NormalTail(Vector512<float> a, out Vector512<float> gaussian)
    {
        Vector512<float> square = a * a;
        Vector512<float> low = Vector512.FusedMultiplyAdd(a, a, -square);
        Vector512<float> r = Reduce(square * Vector512.Create(-0.5f), out Vector512<float> shifted);
        gaussian = ExpOfReduced(Vector512.FusedMultiplyAdd(low, Vector512.Create(-0.5f), r), shifted);
        Vector512<float> t = Vector512<float>.One / Vector512.FusedMultiplyAdd(a, Vector512.Create(0.35f), Vector512<float>.One);
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(N8), t, Vector512.Create(N7));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(N6));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(N5));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(N4));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(N3));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(N2));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(N1));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(N0));
        return gaussian * (p * t);
    }

    /// <summary>The error function. Relative error at most 3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Erf(Vector512<float> x)
    {
        Vector512<float> magnitude = Vector512.Abs(x);
        Vector512<float> z = x * x;
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(F6), z, Vector512.Create(F5));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(F4));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(F3));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(F2));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(F1));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(F0));
        Vector512<float> scaled = Vector512.MinNative(Vector512.Create(NormalRange), magnitude * Vector512.Create(Sqrt2));
        Vector512<float> large = Vector512.FusedMultiplyAdd(Vector512.Create(-2f), NormalTail(scaled, out _), Vector512<float>.One);
        large |= x & Vector512.Create(-0f);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512<float>.One), x * p, large);
    }

    /// <summary>(x − mean) scale + shift.</summary>
    /// <param name="x">x.</param>
    /// <param name="means">The first of the means, one a lane; scales and shifts follow.</param>
    /// <param name="row">Floats from the means to the scales, and from these to the shifts.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Normalize(Vector512<float> x, ref float means, int row) => Vector512.FusedMultiplyAdd(
        x - Vector512.LoadUnsafe(ref means), Vector512.LoadUnsafe(ref means, (nuint)row), Vector512.LoadUnsafe(ref means, (nuint)(2 * row)));

    // Not a maximum: processors differ in which zero is the larger.
    /// <summary>x for x &gt; 0, else 0, +0 for -0 too; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ReLU(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, Vector512<float>.Zero), Vector512<float>.Zero, x);

    /// <summary>The input's gradient of <see cref="ReLU(Vector512{float})"/> from its output y: 0 for y &lt;= 0, else dy, as in PyTorch for NaN too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ReLUGradient(Vector512<float> dy, Vector512<float> y) =>
        Vector512.AndNot(dy, Vector512.LessThanOrEqual(y, Vector512<float>.Zero));

    /// <summary>x for x &gt; 0, else slope·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LeakyReLU(Vector512<float> x, float slope) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), x, x * Vector512.Create(slope));

    /// <summary>The derivative of <see cref="LeakyReLU(Vector512{float}, float)"/> from its input, or for a slope of at least 0 its output: 1 above 0, else slope, as in PyTorch for NaN too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LeakyReLUDerivative(Vector512<float> saved, float slope) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(saved, Vector512<float>.Zero), Vector512<float>.One, Vector512.Create(slope));

    /// <summary>x·Φ(x) with the normal distribution function Φ. Absolute error at most 2.2e-7·|x|, relative error at most 5e-7 for x &lt; 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> GELU(Vector512<float> x)
    {
        Vector512<float> tail = NormalTail(Vector512.MinNative(Vector512.Create(NormalRange), Vector512.Abs(x)), out _);
        Vector512<float> distribution = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), tail, Vector512<float>.One - tail);
        return Vector512.MaxNative(Vector512.Create(-NormalRange), x) * distribution;
    }

    /// <summary>The derivative of <see cref="GELU(Vector512{float})"/> from its input z: Φ(z)+z·φ(z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> GELUDerivative(Vector512<float> z)
    {
        z = Vector512.MaxNative(Vector512.Create(-NormalRange), Vector512.MinNative(Vector512.Create(NormalRange), z));
        Vector512<float> tail = NormalTail(Vector512.Abs(z), out Vector512<float> gaussian);
        Vector512<float> distribution = Vector512.ConditionalSelect(Vector512.LessThan(z, Vector512<float>.Zero), tail, Vector512<float>.One - tail);
        return Vector512.FusedMultiplyAdd(z * Vector512.Create(InverseSqrt2Pi), gaussian, distribution);
    }

    /// <summary>x/2·(1+tanh(u)) = x·sigmoid(2u) with u = sqrt(2/π)·(x+0.044715·x³).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> GELUTanh(Vector512<float> x)
    {
        x = Vector512.MaxNative(Vector512.Create(-GELUTanhRange), x);
        Vector512<float> u2 = x * Vector512.FusedMultiplyAdd(x * x, Vector512.Create(GELUTanhCubic), Vector512.Create(GELUTanhLinear));
        return TimesSigmoid(x, u2);
    }

    /// <summary>The derivative of <see cref="GELUTanh(Vector512{float})"/> from its input z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> GELUTanhDerivative(Vector512<float> z)
    {
        z = Vector512.MaxNative(Vector512.Create(-GELUTanhRange), Vector512.MinNative(Vector512.Create(GELUTanhRange), z));
        Vector512<float> square = z * z;
        Vector512<float> u2 = z * Vector512.FusedMultiplyAdd(square, Vector512.Create(GELUTanhCubic), Vector512.Create(GELUTanhLinear));
        Vector512<float> inner = Vector512.FusedMultiplyAdd(square, Vector512.Create(3 * GELUTanhCubic), Vector512.Create(GELUTanhLinear));
        return SigmoidTimes(z * inner, u2);
    }

    // 1/(1 + e^-|v|) in two parts, and the exponential.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SigmoidOfMagnitude(Vector512<float> v, out Vector512<float> low, out Vector512<float> e)
    {
        e = Exp(-Vector512.Abs(v));
        Vector512<float> sum = Vector512<float>.One + e;
        Vector512<float> high = Vector512<float>.One / sum;
        Vector512<float> rest = Vector512.FusedMultiplyAdd(-high, sum, Vector512<float>.One);
        rest = Vector512.FusedMultiplyAdd(-high, e - (sum - Vector512<float>.One), rest);
        low = high * rest;
        return high;
    }

    // s + w s (1 - s) for s = sigmoid(v), where neither s nor 1 - s cancels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SigmoidTimes(Vector512<float> w, Vector512<float> v)
    {
        Vector512<float> high = SigmoidOfMagnitude(v, out Vector512<float> low, out Vector512<float> e);
        Vector512<float> above = high + low;
        Vector512<float> below = Vector512.FusedMultiplyAdd(e, high, e * low);
        Vector512<float> isBelow = Vector512.LessThan(v, Vector512<float>.Zero);
        Vector512<float> s = Vector512.ConditionalSelect(isBelow, below, above);
        return Vector512.FusedMultiplyAdd(w * Vector512.ConditionalSelect(isBelow, above, below), s, s);
    }

    // factor sigmoid(v).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> TimesSigmoid(Vector512<float> factor, Vector512<float> v)
    {
        Vector512<float> high = SigmoidOfMagnitude(v, out Vector512<float> low, out Vector512<float> e);
        factor = Vector512.ConditionalSelect(Vector512.LessThan(v, Vector512<float>.Zero), factor * e, factor);

        // An infinite factor comes with a low part of 0.
        return Vector512.FusedMultiplyAdd(factor, high, Vector512.MinNative(Vector512.Create(float.MaxValue), factor) * low);
    }

    /// <summary>x·sigmoid(x). Relative error at most 3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SiLU(Vector512<float> x)
    {
        x = Vector512.MaxNative(Vector512.Create(-SiLURange), x);
        return x / (Vector512<float>.One + ExpOfSummand(-x));
    }

    /// <summary>The derivative of <see cref="SiLU(Vector512{float})"/> from its input z: s+z·s·(1−s) with s = sigmoid(z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SiLUDerivative(Vector512<float> z)
    {
        z = Vector512.MaxNative(Vector512.Create(-SiLURange), Vector512.MinNative(Vector512.Create(SiLURange), z));
        return SigmoidTimes(z, z);
    }

    /// <summary>log(1+e^(βx))/β. Error at most 1.5 ulp for β = 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Softplus(Vector512<float> x, float beta)
    {
        Vector512<float> inverse = Vector512.Create(1 / beta);
        Vector512<float> log = Log1pExpNegAbs(x * Vector512.Create(beta), out Vector512<float> low);
        return Vector512.FusedMultiplyAdd(log, inverse, Vector512.FusedMultiplyAdd(low, inverse, ReLU(x)));
    }

    /// <summary>The derivative of <see cref="Softplus(Vector512{float}, float)"/> from its input z: sigmoid(βz).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SoftplusDerivative(Vector512<float> z, float beta) => TimesSigmoid(Vector512<float>.One, z * Vector512.Create(beta));

    /// <summary>x for x &gt; 0, else α·(eˣ−1). Relative error at most 3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ELU(Vector512<float> x, float alpha) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), x, Vector512.Create(alpha) * ExpMinus1OfNegative(x));

    /// <summary>The derivative of <see cref="ELU(Vector512{float}, float)"/> from its input z: 1 for z &gt; 0, else α·e^z. From its output the tail would be lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ELUDerivative(Vector512<float> z, float alpha) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(z, Vector512<float>.Zero), Vector512<float>.One, Vector512.Create(alpha) * Exp(z));
}
