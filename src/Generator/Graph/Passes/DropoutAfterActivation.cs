using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// A dropout between a layer with weights and its ReLU or LeakyReLU moves behind that, so that the activation can move into the layer's store:
/// f(m x) = m f(x) for every mask m that is not negative. Keeps the bits of finite numbers for ReLU, and for LeakyReLU where 1/(1−p) is a power of two;
/// otherwise an element may differ by one rounding of each of the two products. An infinity that is dropped is NaN, 0 times infinity, before the
/// activation and may be 0 behind it.
/// </summary>
internal static class DropoutAfterActivation
{
    public static GraphPatch? Rewrite(Node node, GraphView graph) =>
        node.Op is LinearOp or ConvOp
        && graph.Next(node) is { Op: DropoutOp } dropout
        && graph.Next(dropout) is { Op: ActivationOp { Function: ActivationKind.ReLU or ActivationKind.LeakyReLU, GradientNeedsInput: false } } activation
            ? Chain.Swap(dropout, activation, graph)
            : null;
}
