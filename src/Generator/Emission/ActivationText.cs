using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Emission;

/// <summary>An activation and its derivative as calls of the runtime's vector functions.</summary>
internal static class ActivationText
{
    public static string Forward(ActivationOp activation, string x) => Call(activation, activation.Function.ToString(), x);

    /// <summary>The derivative, from the function's input or its output as <see cref="ActivationOp.GradientNeedsInput"/> says.</summary>
    public static string Derivative(ActivationOp activation, string saved)
    {
        bool hasBothForms = activation.Function is ActivationKind.LeakyReLU or ActivationKind.ELU;
        return Call(activation, activation.Function + (hasBothForms && activation.GradientNeedsInput ? "InputDerivative" : "Derivative"), saved);
    }

    /// <summary>Whether the function is a few instructions, so that it goes straight into a store; the others run over the stored tile.</summary>
    public static bool IsLight(ActivationOp activation) => activation.Function is ActivationKind.ReLU or ActivationKind.LeakyReLU;

    /// <summary>The same of the derivative.</summary>
    public static bool IsDerivativeLight(ActivationOp activation) => !activation.GradientNeedsInput;

    /// <summary>Whether f(0) = 0.</summary>
    public static bool KeepsZero(ActivationOp activation) => activation.Function is not (ActivationKind.Sigmoid or ActivationKind.Softplus);

    private static string Call(ActivationOp activation, string name, string x)
    {
        bool hasParameter = activation.Function is ActivationKind.LeakyReLU or ActivationKind.Softplus or ActivationKind.ELU;
        return hasParameter ? $"VectorMath.{name}({x}, {Text.Float(activation.Parameter)})" : $"VectorMath.{name}({x})";
    }
}
