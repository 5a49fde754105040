using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>The way that a gradient takes from a network's output back to a layer's result: of several the one with the fewest saturating activations, and of those with the fewest layers.</summary>
/// <param name="IsIdentity">Whether some path changes nothing: sums, concatenations and flattening alone lie on it, the network's head aside.</param>
/// <param name="Saturating">Saturating activations that it goes through; every other path goes through as many or more.</param>
/// <param name="Layers">Linear layers and convolutions that it goes through.</param>
internal readonly record struct GradientPath(bool IsIdentity, int Saturating, int Layers);

/// <summary>How gradients reach the layers of a network.</summary>
internal static class GradientPaths
{
    /// <summary>By the numbers of the graph's nodes, and of its input.</summary>
    public static IReadOnlyDictionary<int, GradientPath> Of(GraphView view)
    {
        HashSet<int> head = Head(view);
        var paths = Dataflow.Backward(view.Graph, new GradientPath(true, 0, 0), (node, behind) => Through(node, behind, head), Better).ToDictionary(path => path.Key, path => path.Value);

        // Its own activation and normalisation belong to a layer, not to the path that reaches it.
        foreach (Node node in view.Graph.Nodes.Reverse())
        {
            if (node.Op is not JoinOp && view.OnlyReader(node.Result) is { } next && IsOfElements(next.Op))
                paths[node.Id] = paths[node.Id] with { IsIdentity = paths[next.Id].IsIdentity };
        }

        return paths;
    }

    /// <summary>Whether an activation's slope goes to 0 wherever its input grows.</summary>
    public static bool IsSaturating(Op op) => op is SoftmaxOp or ActivationOp { IsSquashing: true };

    private static GradientPath Through(Node node, GradientPath behind, HashSet<int> head) => node.Op is JoinOp or FlattenOp ? behind : new GradientPath(
        behind.IsIdentity && head.Contains(node.Id), behind.Saturating + (IsSaturating(node.Op) ? 1 : 0), behind.Layers + (node.Op is LinearOp or ConvOp ? 1 : 0));

    private static GradientPath Better(GradientPath a, GradientPath b) =>
        (a.Saturating, a.Layers).CompareTo((b.Saturating, b.Layers)) <= 0 ? a with { IsIdentity = a.IsIdentity || b.IsIdentity } : b with { IsIdentity = a.IsIdentity || b.IsIdentity };

    /// <summary>What stands behind the last place where branches meet: every gradient goes through it. Nothing where no branches meet.</summary>
    private static HashSet<int> Head(GraphView view)
    {
        var head = new HashSet<int>();
        Node? last = view.Producer(view.Graph.Outputs[0]);
        for (; last is { Op: not JoinOp }; last = view.Producer(last.Data[0]))
            head.Add(last.Id);
        return last is null ? [] : head;
    }

    private static bool IsOfElements(Op op) => op is ActivationOp or DropoutOp or BatchNormOp or NormalizedShapeOp;
}
