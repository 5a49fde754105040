using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// A max-pool behind a ReLU moves before it: the maximum of max(x, 0) is max(max x, 0), and there are fewer elements behind the pool.
/// Keeps the bits: where the order of the two changes which of several equal values is the maximum, that value is 0 and has no gradient.
/// </summary>
internal static class PoolBeforeReLU
{
    public static GraphPatch? Rewrite(Node node, GraphView graph) =>
        node.Op is ActivationOp { Function: ActivationKind.ReLU } && graph.Next(node) is { Op: PoolingOp { Function: PoolKind.Max } } pool ? Chain.Swap(node, pool, graph) : null;
}
