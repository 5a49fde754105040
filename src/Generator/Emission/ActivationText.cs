using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Emission;

/// <summary>An activation and its derivative as calls of the runtime's vector functions.</summary>
internal static class ActivationText
{
    public static string Forward(ActivationOp activation, string x) => Call(activation, activation.Function.ToString(), x);

    /// <summary>
    /// The input's gradient: the output's times the derivative, from the function's input or its output as <see cref="ActivationOp.GradientNeedsInput"/> says.
    /// ReLU's is a choice, for 0 times infinity is none.
    /// </summary>
    public static string Gradient(ActivationOp activation, string dy, string saved) =>
        activation.Function == ActivationKind.ReLU ? $"VectorMath.ReLUGradient({dy}, {saved})" : $"{dy} * {Call(activation, activation.Function + "Derivative", saved)}";

    private static string Call(ActivationOp activation, string name, string x)
    {
        bool hasParameter = activation.Function is ActivationKind.LeakyReLU or ActivationKind.Softplus or ActivationKind.ELU;
        return hasParameter ? $"VectorMath.{name}({x}, {Text.Float(activation.Parameter)})" : $"VectorMath.{name}({x})";
    }
}
