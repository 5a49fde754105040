using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NetGen.Runtime;

namespace NetGen.Tests.Runtime;

/// <summary>A function of <see cref="VectorMath"/> at its three widths, what it should be in double, and the error it may have.</summary>
internal sealed record VectorFunction(
    string Name,
    Func<Vector512<float>, Vector512<float>> Wide,
    Func<Vector256<float>, Vector256<float>> Middle,
    Func<Vector128<float>, Vector128<float>> Narrow,
    Func<double, double> Exact,
    Func<double, double, double> Tolerance,
    float From = float.NegativeInfinity,
    float To = float.PositiveInfinity,
    float AtNaN = float.NaN)
{
    /// <summary>An exponential below 2^-125.5 may be 0.</summary>
    private const double Smallest = 1.8e-38;

    private const double Slope = 0.01f;
    private const double Alpha = 0.7f;
    private const double Beta = 1.7f;

    public static readonly IReadOnlyList<VectorFunction> All =
    [
        new("Exp", VectorMath.Exp, VectorMath.Exp, VectorMath.Exp, Math.Exp, Relative(1e-7)),
        new("ExpDerivative", VectorMath.ExpDerivative, VectorMath.ExpDerivative, VectorMath.ExpDerivative, y => y, Relative(0), From: 0),
        new("Log", VectorMath.Log, VectorMath.Log, VectorMath.Log, Math.Log, Relative(1.5e-7), From: float.Epsilon),
        new("Log1pExpNegAbs", VectorMath.Log1pExpNegAbs, VectorMath.Log1pExpNegAbs, VectorMath.Log1pExpNegAbs, x => Log1p(Math.Exp(-Math.Abs(x))), Relative(3e-7)),
        new("Sigmoid", VectorMath.Sigmoid, VectorMath.Sigmoid, VectorMath.Sigmoid, Sigmoid, Relative(2e-7)),
        new("SigmoidDerivative", VectorMath.SigmoidDerivative, VectorMath.SigmoidDerivative, VectorMath.SigmoidDerivative, y => y * (1 - y), Relative(2e-7), From: 0, To: 1),
        new("Tanh", VectorMath.Tanh, VectorMath.Tanh, VectorMath.Tanh, Math.Tanh, Relative(3e-7)),
        new("TanhDerivative", VectorMath.TanhDerivative, VectorMath.TanhDerivative, VectorMath.TanhDerivative, y => 1 - (y * y), Relative(1e-7), From: -1, To: 1),
        new("Erf", VectorMath.Erf, VectorMath.Erf, VectorMath.Erf, Erf, Relative(3e-7)),
        new("ReLU", VectorMath.ReLU, VectorMath.ReLU, VectorMath.ReLU, x => Math.Max(x, 0), Relative(0)),
        new("ReLUGradient", y => VectorMath.ReLUGradient(Vector512<float>.One, y), y => VectorMath.ReLUGradient(Vector256<float>.One, y), y => VectorMath.ReLUGradient(Vector128<float>.One, y), y => y > 0 ? 1 : 0, Relative(0), AtNaN: 1),
        new("LeakyReLU", x => VectorMath.LeakyReLU(x, (float)Slope), x => VectorMath.LeakyReLU(x, (float)Slope), x => VectorMath.LeakyReLU(x, (float)Slope), x => x > 0 ? x : Slope * x, Relative(1e-7)),
        new("LeakyReLUDerivative", y => VectorMath.LeakyReLUDerivative(y, (float)Slope), y => VectorMath.LeakyReLUDerivative(y, (float)Slope), y => VectorMath.LeakyReLUDerivative(y, (float)Slope), y => y > 0 ? 1 : Slope, Relative(0), AtNaN: (float)Slope),
        new("GELU", VectorMath.GELU, VectorMath.GELU, VectorMath.GELU, x => double.IsNegativeInfinity(x) ? 0 : x * NormalDistribution(x), (x, y) => Math.Min(2.2e-7 * Math.Abs(x), 5e-7 * Math.Abs(y))),
        new("GELUDerivative", VectorMath.GELUDerivative, VectorMath.GELUDerivative, VectorMath.GELUDerivative, z => double.IsInfinity(z) ? (z > 0 ? 1 : 0) : NormalDistribution(z) + (z * NormalDensity(z)), (z, _) => 4e-7 * ((Math.Abs(z) * NormalDensity(z)) + NormalDistribution(z))),
        new("GELUTanh", VectorMath.GELUTanh, VectorMath.GELUTanh, VectorMath.GELUTanh, x => double.IsNegativeInfinity(x) ? 0 : x * Sigmoid(GELUTanhInner(x)), (x, y) => (3e-7 + (1.5e-7 * Math.Max(0, -GELUTanhInner(x)))) * Math.Abs(y)),
        new("GELUTanhDerivative", VectorMath.GELUTanhDerivative, VectorMath.GELUTanhDerivative, VectorMath.GELUTanhDerivative, GELUTanhDerivative, (z, _) => 6e-7 + (0 * z)),
        new("SiLU", VectorMath.SiLU, VectorMath.SiLU, VectorMath.SiLU, x => double.IsNegativeInfinity(x) ? 0 : x * Sigmoid(x), Relative(3e-7)),
        new("SiLUDerivative", VectorMath.SiLUDerivative, VectorMath.SiLUDerivative, VectorMath.SiLUDerivative, z => double.IsInfinity(z) ? (z > 0 ? 1 : 0) : Sigmoid(z) * (1 + (z * Sigmoid(-z))), (z, _) => 3e-7 * Sigmoid(z) * (1 + Math.Abs(z * Sigmoid(-z)))),
        new("Softplus", x => VectorMath.Softplus(x, 1), x => VectorMath.Softplus(x, 1), x => VectorMath.Softplus(x, 1), x => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x))), Relative(4e-7)),
        new("SoftplusDerivative", z => VectorMath.SoftplusDerivative(z, 1), z => VectorMath.SoftplusDerivative(z, 1), z => VectorMath.SoftplusDerivative(z, 1), Sigmoid, Relative(2e-7)),
        new("Softplus(beta)", x => VectorMath.Softplus(x, (float)Beta), x => VectorMath.Softplus(x, (float)Beta), x => VectorMath.Softplus(x, (float)Beta), x => Math.Max(x, 0) + (Log1p(Math.Exp(-Math.Abs(Beta * x))) / Beta), (x, y) => (4e-7 + (6e-8 * Math.Abs(Beta * x))) * Math.Abs(y)),
        new("ELU", x => VectorMath.ELU(x, (float)Alpha), x => VectorMath.ELU(x, (float)Alpha), x => VectorMath.ELU(x, (float)Alpha), x => x > 0 ? x : Alpha * ExpMinus1(x), Relative(3e-7)),
        new("ELUDerivative", z => VectorMath.ELUDerivative(z, -(float)Alpha), z => VectorMath.ELUDerivative(z, -(float)Alpha), z => VectorMath.ELUDerivative(z, -(float)Alpha), z => z > 0 ? 1 : -Alpha * Math.Exp(z), Relative(2e-7)),
    ];

    /// <summary>The values at 512 bits.</summary>
    public float[] Values(ReadOnlySpan<float> inputs)
    {
        var outputs = new float[inputs.Length];
        Span<Vector512<float>> to = MemoryMarshal.Cast<float, Vector512<float>>(outputs.AsSpan());
        ReadOnlySpan<Vector512<float>> from = MemoryMarshal.Cast<float, Vector512<float>>(inputs);
        for (int i = 0; i < to.Length; i++)
            to[i] = Wide(from[i]);
        return outputs;
    }

    public float[] ValuesAt256(ReadOnlySpan<float> inputs)
    {
        var outputs = new float[inputs.Length];
        Span<Vector256<float>> to = MemoryMarshal.Cast<float, Vector256<float>>(outputs.AsSpan());
        ReadOnlySpan<Vector256<float>> from = MemoryMarshal.Cast<float, Vector256<float>>(inputs);
        for (int i = 0; i < to.Length; i++)
            to[i] = Middle(from[i]);
        return outputs;
    }

    public float[] ValuesAt128(ReadOnlySpan<float> inputs)
    {
        var outputs = new float[inputs.Length];
        Span<Vector128<float>> to = MemoryMarshal.Cast<float, Vector128<float>>(outputs.AsSpan());
        ReadOnlySpan<Vector128<float>> from = MemoryMarshal.Cast<float, Vector128<float>>(inputs);
        for (int i = 0; i < to.Length; i++)
            to[i] = Narrow(from[i]);
        return outputs;
    }

    public bool IsInDomain(float x) => x >= From && x <= To;

    /// <summary>Whether the value is as near to the exact one as it must be.</summary>
    public bool IsAccurate(float x, float value)
    {
        double exact = Exact(x);
        if (double.IsInfinity((float)exact) || float.IsInfinity(value))
            return value == (float)exact || (double.IsFinite(exact) && Math.Abs(exact) > 3.4028e38);
        return value == exact || Math.Abs(value - exact) <= Tolerance(x, exact) + (Smallest * (1 + Math.Min(Math.Abs(x), 200)));
    }

    public override string ToString() => Name;

    /// <summary>Every so many bit patterns of a float, and a fine grid where the functions bend.</summary>
    public static float[] Sweep()
    {
        var inputs = new List<float>();
        for (long bits = 0; bits < 1L << 32; bits += 8191)
            inputs.Add(BitConverter.UInt32BitsToSingle((uint)bits));
        for (int i = -150_000; i <= 150_000; i++)
            inputs.Add(i * (1f / 8192));
        for (int i = -30_000; i <= 30_000; i++)
            inputs.Add(i * (1f / 256));
        while (inputs.Count % 16 != 0)
            inputs.Add(0);
        return [.. inputs];
    }

    private static Func<double, double, double> Relative(double tolerance) => (_, y) => tolerance * Math.Abs(y);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    // Log1p and ExpM1 of the class library cancel near 0.
    private static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * x / (u - 1);
    }

    private static double ExpMinus1(double x)
    {
        if (Math.Abs(x) > 0.1)
            return Math.Exp(x) - 1;
        double sum = 0;
        for (int n = 12; n > 0; n--)
            sum = (1 + sum) * x / n;
        return sum;
    }

    private static double GELUTanhInner(double x) => Math.Sqrt(8 / Math.PI) * (x + (0.044715 * x * x * x));

    private static double GELUTanhDerivative(double z)
    {
        if (Math.Abs(z) > 100)
            return z > 0 ? 1 : 0;
        double s = Sigmoid(GELUTanhInner(z));
        return s + (z * s * Sigmoid(-GELUTanhInner(z)) * Math.Sqrt(8 / Math.PI) * (1 + (3 * 0.044715 * z * z)));
    }

    private static double NormalDensity(double z) => double.IsInfinity(z) ? 0 : Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);

    private static double NormalDistribution(double z) => z < 0 ? 0.5 * ErfComplement(-z / Math.Sqrt(2)) : 1 - (0.5 * ErfComplement(z / Math.Sqrt(2)));

    private static double Erf(double x) => Math.Abs(x) < 2 ? ErfSeries(x) : Math.Sign(x) * (1 - ErfComplement(Math.Abs(x)));

    /// <summary>erfc for x of at least 0.</summary>
    private static double ErfComplement(double x)
    {
        if (x < 2)
            return 1 - ErfSeries(x);
        if (x > 30)
            return 0;

        // The continued fraction, from far behind.
        double fraction = x;
        for (int k = 120; k > 0; k--)
            fraction = x + (k / 2.0 / fraction);
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }

    private static double ErfSeries(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; n < 80; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
