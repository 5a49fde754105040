using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// A dropout between a layer with weights and its ReLU or LeakyReLU moves behind that, so that the activation can move into the layer's store:
/// f(m x) = m f(x) for every mask m that is not negative. Keeps the bits of finite numbers for ReLU, and for LeakyReLU where 1/(1−p) is a power of two;
/// otherwise an element may differ by one rounding of each of the two products.
/// </summary>
internal static class DropoutAfterActivation
{
    public static Graph Run(Graph graph)
    {
        ILookup<int, Node> consumers = graph.Consumers();
        Node[] nodes = graph.Nodes.ToArray();
        for (int i = 2; i < nodes.Length; i++)
        {
            if (nodes[i - 2].Op is LinearOp or ConvOp
                && nodes[i - 1].Op is DropoutOp
                && nodes[i].Op is ActivationOp { Function: ActivationKind.ReLU or ActivationKind.LeakyReLU, GradientNeedsInput: false }
                && Chain.Follows(nodes[i - 1], nodes[i - 2], consumers) && Chain.Follows(nodes[i], nodes[i - 1], consumers))
                (nodes[i - 1], nodes[i]) = Chain.Swap(nodes[i - 1], nodes[i]);
        }

        return graph with { Nodes = nodes.ToEquatableArray() };
    }
}
