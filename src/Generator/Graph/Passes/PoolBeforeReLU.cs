using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// A max-pool behind a ReLU moves before it: the maximum of max(x, 0) is max(max x, 0), and there are fewer elements behind the pool.
/// Keeps the bits: where the order of the two changes which of several equal values is the maximum, that value is 0 and has no gradient.
/// </summary>
internal static class PoolBeforeReLU
{
    public static Graph Run(Graph graph)
    {
        ILookup<int, Node> consumers = graph.Consumers();
        Node[] nodes = graph.Nodes.ToArray();
        for (int i = 1; i < nodes.Length; i++)
        {
            if (nodes[i - 1].Op is ActivationOp { Function: ActivationKind.ReLU } && nodes[i].Op is PoolOp { Function: PoolKind.Max } && Chain.Follows(nodes[i], nodes[i - 1], consumers))
                (nodes[i - 1], nodes[i]) = Chain.Swap(nodes[i - 1], nodes[i]);
        }

        return graph with { Nodes = nodes.ToEquatableArray() };
    }
}
