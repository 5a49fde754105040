using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>An activation of an activation, or of a sum whose summands are activations already.</summary>
internal sealed class StackedActivationsRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        NetworkDeclaration declaration = network.Graph.Declaration;

        // An attribute of a block has a node in every copy, and is right if it is in one.
        foreach (IGrouping<(BlockDeclaration?, int), Node> nodes in network.Graph.Nodes.Where(node => node.Op is ActivationOp or SoftmaxOp && !IsIdentity(node.Op)).GroupBy(node => Declared.Attribute(declaration, node.Path)))
        {
            Node?[] before = [.. nodes.Select(node => Before(network, node))];
            if (before.All(first => first is not null))
            {
                sink.At(nodes.First(), Rules.StackedActivations, nodes.First().Op.Display, before[0]!.Op.Display, What(network, before[0]!, nodes.First()), "one of them");
            }
        }

        // Where some ReLU behind a sum has work it stands behind the others for a pattern's sake: residual blocks that end in one take it from all but the first.
        foreach (IGrouping<bool, Node> nodes in network.Graph.Nodes.Where(node => IsRectifier(node.Op) && Joined(network, node) is not null).GroupBy(node => Joined(network, node)!.Op is SumOp))
        {
            if (!nodes.All(node => ChangesNothing(network, node)))
                continue;
            foreach (Node node in nodes)
                sink.At(node, Rules.StackedActivations, node.Op.Display, Joined(network, node)!.Op.Display, $"what it reads is {network.Ranges[node.Inputs[0]]} already", "it");
        }
    }

    /// <summary>The sum or concatenation that a node is the only reader of, behind layers that hand numbers on; null where it reads something else.</summary>
    private static Node? Joined(AnalyzedNetwork network, Node node)
    {
        Node? before = node;
        do
            before = network.View.OnlyReader(before.Inputs[0]) is null ? null : network.View.Producer(before.Inputs[0]);
        while (before is not null && HandsOn(before.Op));
        return before is { Op: JoinOp } ? before : null;
    }

    /// <summary>The activation whose output a node reads as its only reader, behind layers that hand numbers on; null where there is none.</summary>
    private static Node? Before(AnalyzedNetwork network, Node node)
    {
        Value value = node.Inputs[0];
        while (network.View.OnlyReader(value) is not null && network.View.Producer(value) is { } before)
        {
            if (before.Op is ActivationOp or SoftmaxOp && !IsIdentity(before.Op))
                return IsMeant(before.Op, node.Op) ? null : before;

            // A softmax of means or maxima of other numbers is a function of its own.
            if (!HandsOn(before.Op) || (before.Op is PoolingOp && node.Op is SoftmaxOp))
                break;
            value = before.Inputs[0];
        }

        return null;
    }

    private static bool HandsOn(Op op) => op is FlattenOp or DropoutOp or PoolingOp || IsIdentity(op);

    /// <summary>Which has a rule of its own.</summary>
    private static bool IsIdentity(Op op) => op is ActivationOp { Function: ActivationKind.LeakyReLU, Parameter: 1 };

    private static bool ChangesNothing(AnalyzedNetwork network, Node node) => IsRectifier(node.Op) && network.Ranges[node.Inputs[0]].Low >= 0;

    /// <summary>What is not negative it leaves as it is.</summary>
    private static bool IsRectifier(Op op) => op is ActivationOp { Function: ActivationKind.ReLU or ActivationKind.LeakyReLU or ActivationKind.ELU } && !IsIdentity(op);

    /// <summary>The exponential of another function is a function of its own: a deviation from its bounded logarithm.</summary>
    private static bool IsMeant(Op first, Op second) => second is ActivationOp { Function: ActivationKind.Exp } && first is not ActivationOp { Function: ActivationKind.Exp };

    private static string What(AnalyzedNetwork network, Node first, Node second)
    {
        ValueRange both = network.Ranges[second.Result];
        ValueRange alone = second.Op is ActivationOp op ? ValueRanges.Image(op, ValueRange.All) : both;
        return ChangesNothing(network, second) ? "the second changes nothing"
            : both.ToString() != alone.ToString() ? $"what comes out is {both} instead of {alone}"
            : "there are no weights between them";
    }
}
