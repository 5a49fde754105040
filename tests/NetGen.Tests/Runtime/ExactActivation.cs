using System;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Tests.Runtime;

/// <summary>Activations and their derivatives in <see cref="DoubleDouble"/>, in forms that do not cancel.</summary>
internal static class ExactActivation
{
    /// <summary>2 sqrt(2/π).</summary>
    private static readonly DoubleDouble s_factor = DoubleDouble.Sqrt((DoubleDouble)8 / DoubleDouble.Pi);

    private static readonly DoubleDouble s_cubic = (DoubleDouble)44715 / 1e6;

    private static readonly DoubleDouble s_inverseSqrt2Pi = (DoubleDouble)1 / DoubleDouble.Sqrt(DoubleDouble.Pi * 2);

    /// <summary>The function and its derivative at a finite x.</summary>
    public static (DoubleDouble Value, DoubleDouble Derivative) Of(ActivationKind function, double x, double parameter)
    {
        switch (function)
        {
            case ActivationKind.ReLU:
                return x > 0 ? (x, 1) : (0, 0);
            case ActivationKind.LeakyReLU:
                return x > 0 ? (x, 1) : ((DoubleDouble)x * parameter, parameter);
            case ActivationKind.Sigmoid:
                return (Sigmoid(x), SigmoidDerivative(x));
            case ActivationKind.Tanh:
                return (Tanh(x), SigmoidDerivative(2 * x) * 4);
            case ActivationKind.GELU:
                DoubleDouble distribution = NormalDistribution(x);
                return (distribution * x, distribution + (Density(x) * x));
            case ActivationKind.GELUTanh:
                x = Math.Max(x, -60);
                DoubleDouble square = (DoubleDouble)x * x;
                DoubleDouble inner = x > 60 ? double.PositiveInfinity : s_factor * x * ((s_cubic * square) + 1);
                DoubleDouble slope = x > 60 ? 0 : s_factor * x * ((s_cubic * square * 3) + 1);
                return (Sigmoid(inner) * x, Sigmoid(inner) + (slope * SigmoidDerivative(inner)));
            case ActivationKind.SiLU:
                return (Sigmoid(x) * x, Sigmoid(x) + (SigmoidDerivative(x) * x));
            case ActivationKind.Softplus:
                DoubleDouble scaled = (DoubleDouble)x * parameter;
                return ((DoubleDouble.Log1p(DoubleDouble.Exp(-DoubleDouble.Abs(scaled))) + Math.Max(scaled.High, 0) + (scaled.High > 0 ? scaled.Low : 0)) / parameter, Sigmoid(scaled));
            case ActivationKind.ELU:
                return x > 0 ? (x, 1) : (DoubleDouble.ExpMinus1(x) * parameter, DoubleDouble.Exp(x) * parameter);
            case ActivationKind.Exp:
                return (DoubleDouble.Exp(x), DoubleDouble.Exp(x));
            default:
                throw new ArgumentOutOfRangeException(nameof(function), function, null);
        }
    }

    private static DoubleDouble Sigmoid(DoubleDouble x)
    {
        DoubleDouble e = DoubleDouble.Exp(-DoubleDouble.Abs(x));
        return (x.High < 0 ? e : 1) / (e + 1);
    }

    private static DoubleDouble SigmoidDerivative(DoubleDouble x)
    {
        DoubleDouble e = DoubleDouble.Exp(-DoubleDouble.Abs(x));
        return e / ((e + 1) * (e + 1));
    }

    private static DoubleDouble Tanh(double x)
    {
        DoubleDouble e = DoubleDouble.ExpMinus1(-2 * Math.Abs(x));
        DoubleDouble magnitude = -e / (e + 2);
        return x < 0 ? -magnitude : magnitude;
    }

    private static DoubleDouble Density(double x) => Math.Abs(x) > 40 ? 0 : s_inverseSqrt2Pi * DoubleDouble.Exp((DoubleDouble)x * x * -0.5);

    /// <summary>Φ = ½ + φ(x)·(x + x³/3 + x⁵/15 + …) (Abramowitz and Stegun 26.2.11); far below 0 φ times the continued fraction 26.2.14.</summary>
    private static DoubleDouble NormalDistribution(double x)
    {
        if (Math.Abs(x) > 6)
        {
            DoubleDouble fraction = Math.Abs(x);
            for (int k = 200; k > 0; k--)
                fraction = ((DoubleDouble)k / fraction) + Math.Abs(x);
            DoubleDouble tail = Math.Abs(x) > 40 ? 0 : Density(x) / fraction;
            return x < 0 ? tail : 1 - tail;
        }

        DoubleDouble square = (DoubleDouble)x * x;
        DoubleDouble term = x;
        DoubleDouble sum = x;
        for (int n = 3; Math.Abs(term.High) > 1e-33 * Math.Abs(sum.High); n += 2)
        {
            term = term * square / n;
            sum += term;
        }

        return (Density(x) * sum) + 0.5;
    }
}
