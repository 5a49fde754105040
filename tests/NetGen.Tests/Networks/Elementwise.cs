using System;
using System.Numerics;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Tests.Networks;

/// <summary>The elementwise functions and losses as their definitions say, in one precision.</summary>
internal static class Elementwise<T>
    where T : IFloatingPointIeee754<T>
{
    private static readonly T Half = T.CreateChecked(0.5);

    public static T Number(double value) => T.CreateChecked(value);

    /// <summary>Whether the derivative jumps at 0.</summary>
    public static bool HasKink(ActivationOp op) => op.Function switch
    {
        ActivationKind.ReLU or ActivationKind.LeakyReLU => true,
        ActivationKind.ELU => op.Parameter != 1,
        _ => false,
    };

    public static T Value(ActivationOp op, T x)
    {
        T parameter = Number(op.Parameter);
        return op.Function switch
        {
            ActivationKind.ReLU => x > T.Zero || T.IsNaN(x) ? x : T.Zero,
            ActivationKind.LeakyReLU => x > T.Zero ? x : parameter * x,
            ActivationKind.Sigmoid => Sigmoid(x),
            ActivationKind.Tanh => T.Tanh(x),
            ActivationKind.GELU => x * NormalDistribution(x),
            ActivationKind.GELUTanh => Half * x * (T.One + T.Tanh(Inner(x))),
            ActivationKind.SiLU => x * Sigmoid(x),
            ActivationKind.Softplus => Softplus(parameter * x) / parameter,
            ActivationKind.ELU => x > T.Zero ? x : parameter * T.ExpM1(x),
            ActivationKind.Exp => T.Exp(x),
            _ => throw new ArgumentOutOfRangeException(nameof(op), op.Function, null),
        };
    }

    public static T Derivative(ActivationOp op, T x)
    {
        T parameter = Number(op.Parameter);
        switch (op.Function)
        {
            case ActivationKind.ReLU:
                return x <= T.Zero ? T.Zero : T.One;
            case ActivationKind.LeakyReLU:
                return x > T.Zero ? T.One : parameter;
            case ActivationKind.Sigmoid:
                return Sigmoid(x) * (T.One - Sigmoid(x));
            case ActivationKind.Tanh:
                return T.One - (T.Tanh(x) * T.Tanh(x));
            case ActivationKind.GELU:
                return NormalDistribution(x) + (x * T.Exp(-Half * x * x) / T.Sqrt(T.Tau));
            case ActivationKind.GELUTanh:
                T tanh = T.Tanh(Inner(x));
                T innerDerivative = T.Sqrt(Number(2) / T.Pi) * (T.One + (Number(3 * 0.044715) * x * x));
                return (Half * (T.One + tanh)) + (Half * x * (T.One - (tanh * tanh)) * innerDerivative);
            case ActivationKind.SiLU:
                return Sigmoid(x) * (T.One + (x * (T.One - Sigmoid(x))));
            case ActivationKind.Softplus:
                return Sigmoid(parameter * x);
            case ActivationKind.ELU:
                return x > T.Zero ? T.One : parameter * T.Exp(x);
            case ActivationKind.Exp:
                return T.Exp(x);
            default:
                throw new ArgumentOutOfRangeException(nameof(op), op.Function, null);
        }
    }

    /// <summary>One element's share of a loss, not yet divided by the number of elements or samples.</summary>
    public static T Loss(ElementwiseLossOp op, T y, T t)
    {
        T difference = y - t;
        T delta = Number(op.Delta);
        return op.Function switch
        {
            ElementwiseLossKind.MSE => difference * difference,
            ElementwiseLossKind.HalfSquaredError => Half * difference * difference,
            ElementwiseLossKind.BCEWithLogits => Softplus(y) - (y * t),
            ElementwiseLossKind.Huber => T.Abs(difference) <= delta
                ? Half * difference * difference
                : delta * (T.Abs(difference) - (Half * delta)),
            ElementwiseLossKind.L1 => T.Abs(difference),
            _ => throw new ArgumentOutOfRangeException(nameof(op), op.Function, null),
        };
    }

    /// <summary>The derivative of <see cref="Loss"/> with respect to y.</summary>
    public static T LossDerivative(ElementwiseLossOp op, T y, T t)
    {
        T difference = y - t;
        T delta = Number(op.Delta);
        return op.Function switch
        {
            ElementwiseLossKind.MSE => Number(2) * difference,
            ElementwiseLossKind.HalfSquaredError => difference,
            ElementwiseLossKind.BCEWithLogits => Sigmoid(y) - t,
            ElementwiseLossKind.Huber => T.Clamp(difference, -delta, delta),
            ElementwiseLossKind.L1 => difference > T.Zero ? T.One : difference < T.Zero ? -T.One : T.Zero,
            _ => throw new ArgumentOutOfRangeException(nameof(op), op.Function, null),
        };
    }

    /// <summary>e^(βx)/Σe^(βx).</summary>
    public static T[] Softmax(ReadOnlySpan<T> x, double beta = 1)
    {
        T max = x[0];
        foreach (T value in x)
            max = T.Max(max, value);
        var result = new T[x.Length];
        T sum = T.Zero;
        for (int i = 0; i < x.Length; i++)
            sum += result[i] = T.Exp(Number(beta) * (x[i] - max));
        for (int i = 0; i < x.Length; i++)
            result[i] /= sum;
        return result;
    }

    /// <summary>log(Σe^(βx))/β.</summary>
    public static T LogSumExp(ReadOnlySpan<T> x, double beta = 1)
    {
        T max = x[0];
        foreach (T value in x)
            max = T.Max(max, value);
        T sum = T.Zero;
        foreach (T value in x)
            sum += T.Exp(Number(beta) * (value - max));
        return max + (T.Log(sum) / Number(beta));
    }

    private static T Sigmoid(T x) => T.One / (T.One + T.Exp(-x));

    private static T Softplus(T x) => T.Max(x, T.Zero) + T.Log(T.One + T.Exp(-T.Abs(x)));

    private static T Inner(T x) => T.Sqrt(Number(2) / T.Pi) * (x + (Number(0.044715) * x * x * x));

    /// <summary>Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/15 + …), whose terms have one sign (Abramowitz and Stegun 26.2.11).</summary>
    private static T NormalDistribution(T x)
    {
        if (T.Abs(x) > Number(9))
            return x > T.Zero ? T.One : T.Zero;
        T term = x;
        T sum = x;
        for (int n = 3; n < 400; n += 2)
        {
            term *= x * x / Number(n);
            T next = sum + term;
            if (next == sum)
                break;
            sum = next;
        }

        return Half + (sum * T.Exp(-Half * x * x) / T.Sqrt(T.Tau));
    }
}
