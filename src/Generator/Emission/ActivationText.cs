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

    private static string Call(ActivationOp activation, string name, string x)
    {
        bool hasParameter = activation.Function is ActivationKind.LeakyReLU or ActivationKind.Softplus or ActivationKind.ELU;
        return hasParameter ? $"VectorMath.{name}({x}, {Text.Float(activation.Parameter)})" : $"VectorMath.{name}({x})";
    }
}
