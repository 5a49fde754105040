using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>
/// Functions of vectors for generated code. Each exists for 512, 256 and 128 bits with the same bits in every lane,
/// uses no function of the operating system, and hands on NaN.
/// Errors are against the exact value; polynomials are minimax fits (weighted least squares, Lawson's iteration).
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class VectorMath
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts; products of the first with exponents are exact.
    private const float Ln2High = 0.693145752f;
    private const float Ln2Low = 1.42860677e-6f;

    // A float this large has no fraction; its low bits hold the integer plus the exponent's bias.
    private const float RoundingShift = 12582912f + 127f;

    private const int SqrtHalfBits = 0x3F3504F3;

    // (e^r - 1) / r = 1 + r (E1 + r (E2 + ...)) for |r| <= 0.35; relative error 1.2e-8.
    private const float E1 = 0.49999997f;
    private const float E2 = 0.166665f;
    private const float E3 = 0.041667156f;
    private const float E4 = 0.008369787f;
    private const float E5 = 0.0013888868f;

    private const float A0 = 0.6666664f;
    private const float A1 = 0.40007627f;
    private const float A2 = 0.28235042f;
    private const float A3 = 0.26861015f;

    // The float nearest to ln(2)/2.
    private const float HalfLn2 = 0.34657359f;

    // (tanh(w) / w - 1) / w² in w² for |w| <= 0.21; error below 1e-10 of tanh(w).
    private const float T0 = -0.333333343f;
    private const float T1 = 0.133332834f;
    private const float T2 = -0.0539342612f;
    private const float T3 = 0.0209435299f;

    private const float N0 = 0.1396214068f;
    private const float N1 = 0.1398618817f;
    private const float N2 = 0.1198327914f;
    private const float N3 = 0.1055082381f;
    private const float N4 = -0.0231102239f;
    private const float N5 = 0.1591744721f;
    private const float N6 = -0.2557142973f;
    private const float N7 = 0.1439715922f;
    private const float N8 = -0.0291458853f;

    // erf(x) / x in x² for |x| <= 1; relative error 1.2e-9.
    private const float F0 = 1.1283791065f;
    private const float F1 = -0.3761262596f;
    private const float F2 = 0.1128358543f;
    private const float F3 = -0.0268538125f;
    private const float F4 = 0.0051883277f;
    private const float F5 = -0.0008010193f;
    private const float F6 = 0.0000785385f;

    private const float Sqrt2 = 1.41421356f;
    private const float InverseSqrt2Pi = 0.398942280f;

    // 2 sqrt(2/π) and 0.044715 times that.
    private const float GELUTanhLinear = 1.59576912f;
    private const float GELUTanhCubic = 0.0713548163f;

    // Beyond these the functions are saturated in single precision; clamping keeps infinity times zero out.
    private const float NormalRange = 14.5f;
    private const float GELUTanhRange = 11f;
    private const float SiLURange = 110f;

    /// <summary>The sum of 16 lanes in one fixed tree: lane i and i+8, then 4, 2, 1 apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum16(Vector512<float> v) => Sum16(v.GetLower(), v.GetUpper());

    /// <summary>The sum of 16 lanes in two vectors, lanes 0 to 7 first; the same tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum16(Vector256<float> a, Vector256<float> b)
    {
        Vector256<float> v = a + b;
        return Sum4(v.GetLower() + v.GetUpper());
    }

    /// <summary>The sum of 16 lanes in four vectors, in order; the same tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum16(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) => Sum4((a + c) + (b + d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum4(Vector128<float> v)
    {
        v += Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1));
        return v.ToScalar() + v.GetElement(1);
    }

    /// <summary>The largest of 16 lanes; NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max16(Vector512<float> v) => Max16(v.GetLower(), v.GetUpper());

    /// <summary>The largest of 16 lanes in two vectors; NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max16(Vector256<float> a, Vector256<float> b)
    {
        Vector256<float> v = Vector256.Max(a, b);
        return Max4(Vector128.Max(v.GetLower(), v.GetUpper()));
    }

    /// <summary>The largest of 16 lanes in four vectors; NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max16(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        Max4(Vector128.Max(Vector128.Max(a, c), Vector128.Max(b, d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Max4(Vector128<float> v)
    {
        v = Vector128.Max(v, Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)));
        v = Vector128.Max(v, Vector128.Shuffle(v, Vector128.Create(1, 0, 3, 2)));
        return v.ToScalar();
    }

    /// <summary>cos(πx) in double precision, the same bits on every machine; exact to about 1e-16.</summary>
    /// <param name="x">The angle in half turns; NaN and infinity give NaN.</param>
    internal static double ScalarCosPi(double x)
    {
        double turn = Math.Abs(x) % 2;
        double quadrant = Math.Round(2 * turn);
        return SineOfQuadrant((turn - (quadrant / 2)) * Math.PI, double.IsNaN(turn) ? 0 : (uint)quadrant + 1);
    }

    /// <summary>sin(x + quadrant·π/2) for x of at most π/4 (polynomials of fdlibm's <c>k_sin.c</c> and <c>k_cos.c</c>, Sun Microsystems 1993).</summary>
    internal static double SineOfQuadrant(double x, uint quadrant)
    {
        double z = x * x;
        double value;
        if ((quadrant & 1) == 0)
        {
            value = x + (x * z * (-1.66666666666666324348e-01 + (z * (8.33333333332248946124e-03 + (z * (-1.98412698298579493134e-04
                + (z * (2.75573137070700676789e-06 + (z * (-2.50507602534068634195e-08 + (z * 1.58969099521155010221e-10)))))))))));
        }
        else
        {
            value = 1 - ((0.5 * z) - (z * z * (4.16666666666666019037e-02 + (z * (-1.38888888888741095749e-03 + (z * (2.48015872894767294178e-05
                + (z * (-2.75573143513906633035e-07 + (z * (2.08757232129817482790e-09 + (z * -1.13596475577881948265e-11))))))))))));
        }

        return (quadrant & 2) == 0 ? value : -value;
    }

    /// <summary>The natural logarithm in double precision, the same bits on every machine (polynomial of fdlibm's <c>e_log.c</c>, Sun Microsystems 1993); error below 1 ulp.</summary>
    /// <param name="x">Infinity and NaN come back, 0 gives -infinity, a negative number NaN.</param>
    public static double ScalarLog(double x)
    {
        if (!(x > 0))
            return x == 0 ? double.NegativeInfinity : double.NaN;
        if (double.IsPositiveInfinity(x))
            return x;
        long bits = BitConverter.DoubleToInt64Bits(x);
        int k = 0;
        if (bits < 1L << 52)
        {
            bits = BitConverter.DoubleToInt64Bits(x * (1L << 54));
            k = -54;
        }

        const long SqrtHalf = 0x3FE6A09E667F3BCD;
        int exponent = (int)((bits - SqrtHalf) >> 52);
        double f = BitConverter.Int64BitsToDouble(bits - ((long)exponent << 52)) - 1;
        k += exponent;
        double s = f / (2 + f);
        double z = s * s;
        double w = z * z;
        double even = w * (3.999999999940941908e-01 + (w * (2.222219843214978396e-01 + (w * 1.531383769920937332e-01))));
        double odd = z * (6.666666666666735130e-01 + (w * (2.857142874366239149e-01 + (w * (1.818357216161805012e-01 + (w * 1.479819860511658591e-01))))));
        double half = 0.5 * f * f;
        return (k * 6.93147180369123816490e-01) - ((half - ((s * (half + even + odd)) + (k * 1.90821492927058770002e-10))) - f);
    }
}
