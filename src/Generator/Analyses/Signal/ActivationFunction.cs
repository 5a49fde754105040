using System;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>The activations and their derivatives as numbers.</summary>
internal static class ActivationFunction
{
    private static readonly double s_root = Math.Sqrt(2 / Math.PI);

    public static double Of(ActivationOp op, double x) => op.Function switch
    {
        ActivationKind.ReLU => Math.Max(0, x),
        ActivationKind.LeakyReLU => x > 0 ? x : op.Parameter * x,
        ActivationKind.Sigmoid => Sigmoid(x),
        ActivationKind.Tanh => Math.Tanh(x),
        ActivationKind.GELU => x * Normal.Below(x),
        ActivationKind.GELUTanh => 0.5 * x * (1 + Math.Tanh(Inner(x))),
        ActivationKind.SiLU => x * Sigmoid(x),
        ActivationKind.Softplus => (Math.Max(0, op.Parameter * x) + Math.Log(1 + Math.Exp(-Math.Abs(op.Parameter * x)))) / op.Parameter,
        ActivationKind.ELU => x > 0 ? x : op.Parameter * (Math.Exp(x) - 1),
        _ => Math.Exp(x),
    };

    public static double Slope(ActivationOp op, double x)
    {
        switch (op.Function)
        {
            case ActivationKind.ReLU:
                return x > 0 ? 1 : 0;
            case ActivationKind.LeakyReLU:
                return x > 0 ? 1 : op.Parameter;
            case ActivationKind.Sigmoid:
                return Sigmoid(x) * Sigmoid(-x);
            case ActivationKind.Tanh:
                return 1 - (Math.Tanh(x) * Math.Tanh(x));
            case ActivationKind.GELU:
                return Normal.Below(x) + (x * Normal.Density(x));
            case ActivationKind.GELUTanh:
                double tanh = Math.Tanh(Inner(x));
                return (0.5 * (1 + tanh)) + (0.5 * x * (1 - (tanh * tanh)) * s_root * (1 + (3 * 0.044715 * x * x)));
            case ActivationKind.SiLU:
                return Sigmoid(x) * (1 + (x * Sigmoid(-x)));
            case ActivationKind.Softplus:
                return Sigmoid(op.Parameter * x);
            case ActivationKind.ELU:
                return x > 0 ? 1 : op.Parameter * Math.Exp(x);
            default:
                return Math.Exp(x);
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Inner(double x) => s_root * (x + (0.044715 * x * x * x));
}
