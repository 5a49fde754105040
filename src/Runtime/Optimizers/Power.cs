using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>Powers of doubles with the same bits everywhere, which the operating system's are not.</summary>
internal static class Power
{
    /// <summary>x to the power of n, by squaring.</summary>
    /// <param name="x">The base.</param>
    /// <param name="n">At least 0.</param>
    public static double Of(double x, long n)
    {
        double power = 1;
        for (; n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
                power *= x;
            x *= x;
        }

        return power;
    }

    /// <summary>eˣ for x of at most 0: Taylor's series of a small part, squared. Relative error below 1e-13.</summary>
    public static double Exp(double x)
    {
        int halvings = 0;
        for (; x < -0.125 && halvings < 20; halvings++)
            x /= 2;
        if (x < -0.125)
            return 0;
        double sum = 1;
        for (int term = 12; term > 0; term--)
            sum = 1 + (x / term * sum);
        for (; halvings > 0; halvings--)
            sum *= sum;
        return sum;
    }

    /// <summary>x to the power of y for x in [0, 1] and y of at least 0.</summary>
    public static double Of(double x, double y) => Math.Floor(y) == y && y < 1 << 20 ? Of(x, (long)y) : Exp(y * VectorMath.ScalarLog(x));
}
