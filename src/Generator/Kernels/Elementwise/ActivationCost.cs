using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>What schedules know of activations.</summary>
internal static class ActivationCost
{
    /// <summary>Whether the function is a few instructions, so that it goes straight into a store; the others run over the stored tile.</summary>
    public static bool IsLight(ActivationOp activation) => activation.Function is ActivationKind.ReLU or ActivationKind.LeakyReLU;

    /// <summary>The same of the derivative.</summary>
    public static bool IsDerivativeLight(ActivationOp activation) => !activation.GradientNeedsInput;

    /// <summary>Whether f(0) = 0.</summary>
    public static bool KeepsZero(ActivationOp activation) => activation.Function is not (ActivationKind.Sigmoid or ActivationKind.Softplus or ActivationKind.Exp);
}
