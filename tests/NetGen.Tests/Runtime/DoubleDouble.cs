using System;

namespace NetGen.Tests.Runtime;

/// <summary>The unevaluated sum of two doubles: 106 bits, to a few units of the last.</summary>
internal readonly record struct DoubleDouble(double High, double Low)
{
    public static readonly DoubleDouble Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);
    public static readonly DoubleDouble Pi = new(3.141592653589793, 1.2246467991473532e-16);

    public static implicit operator DoubleDouble(double value) => new(value, 0);

    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        DoubleDouble high = TwoSum(a.High, b.High);
        DoubleDouble low = TwoSum(a.Low, b.Low);
        DoubleDouble sum = QuickTwoSum(high.High, high.Low + low.High);
        return QuickTwoSum(sum.High, sum.Low + low.Low);
    }

    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        double high = a.High * b.High;
        double low = Math.FusedMultiplyAdd(a.High, b.High, -high);
        return QuickTwoSum(high, low + Math.FusedMultiplyAdd(a.High, b.Low, a.Low * b.High));
    }

    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        double first = a.High / b.High;
        DoubleDouble rest = a - (b * first);
        double second = rest.High / b.High;
        rest -= b * second;
        return QuickTwoSum(first, second) + (rest.High / b.High);
    }

    public static bool operator <(DoubleDouble a, DoubleDouble b) => a.High < b.High || (a.High == b.High && a.Low < b.Low);

    public static bool operator >(DoubleDouble a, DoubleDouble b) => b < a;

    public static DoubleDouble Abs(DoubleDouble a) => a.High < 0 ? -a : a;

    public static DoubleDouble Sqrt(DoubleDouble a)
    {
        double root = Math.Sqrt(a.High);
        return root + ((a - ((DoubleDouble)root * root)) / (2 * root));
    }

    /// <summary>eˣ.</summary>
    public static DoubleDouble Exp(DoubleDouble x)
    {
        if (x.High < -745)
            return 0;
        if (x.High > 709)
            return double.PositiveInfinity;

        // x = n ln 2 + 64 r; the power of two in two parts, for it may be no normal number.
        int n = (int)Math.Round(x.High / Ln2.High);
        DoubleDouble r = Scale(x - (Ln2 * n), -6);
        DoubleDouble e = ExpMinus1Series(r);
        for (int i = 0; i < 6; i++)
            e = (e * e) + (e + e);
        return Scale(Scale(e + 1, n / 2), n - (n / 2));
    }

    /// <summary>eˣ − 1, near 0 too.</summary>
    public static DoubleDouble ExpMinus1(DoubleDouble x) => Math.Abs(x.High) < 0.01 ? ExpMinus1Series(x) : Exp(x) - 1;

    /// <summary>log(1 + x) for x of at least 0, near 0 too.</summary>
    public static DoubleDouble Log1p(DoubleDouble x)
    {
        if (x.High < 1e-8)
            return x * (1 - (x * (0.5 - (x * (1 - (x * 0.75)) / 3))));
        double near = Math.Log(x.High + 1);
        DoubleDouble change = ((x + 1) * Exp(-near)) - 1;
        return near + (change * (1 - (change * 0.5)));
    }

    private static DoubleDouble ExpMinus1Series(DoubleDouble x)
    {
        DoubleDouble sum = 0;
        for (int k = 15; k > 0; k--)
            sum = (sum + 1) * x / k;
        return sum;
    }

    private static DoubleDouble Scale(DoubleDouble a, int n) => new(Math.ScaleB(a.High, n), Math.ScaleB(a.Low, n));

    private static DoubleDouble TwoSum(double a, double b)
    {
        double sum = a + b;
        double part = sum - a;
        return new(sum, (a - (sum - part)) + (b - part));
    }

    private static DoubleDouble QuickTwoSum(double a, double b)
    {
        double sum = a + b;
        return new(sum, b - (sum - a));
    }
}
