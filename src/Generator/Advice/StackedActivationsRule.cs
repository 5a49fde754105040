using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>An activation of an activation.</summary>
internal sealed class StackedActivationsRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        NetworkDeclaration declaration = network.Graph.Declaration;

        // An attribute of a block has a node in every copy, and is right if it is in one.
        foreach (IGrouping<EquatableArray<int>, Node> nodes in network.Graph.Nodes.Where(node => node.Op is ActivationOp or SoftmaxOp).GroupBy(node => Declared.Place(declaration, node.Path)))
        {
            Node?[] before = [.. nodes.Select(node => Before(network, node))];
            if (before.All(first => first is not null))
                sink.At(nodes.First(), Rules.StackedActivations, nodes.First().Op.Display, before[0]!.Op.Display, What(network, before[0]!, nodes.First()));
        }
    }

    /// <summary>The activation whose output a node reads as its only reader, behind layers that hand numbers on; null where there is none.</summary>
    private static Node? Before(AnalyzedNetwork network, Node node)
    {
        Value value = node.Inputs[0];
        while (network.View.OnlyReader(value) is not null && network.View.Producer(value) is { } before)
        {
            if (before.Op is ActivationOp or SoftmaxOp)
                return IsMeant(before.Op, node.Op) ? null : before;
            if (before.Op is not (FlattenOp or DropoutOp))
                break;
            value = before.Inputs[0];
        }

        return null;
    }

    /// <summary>The exponential of another function is a function of its own: a deviation from its bounded logarithm.</summary>
    private static bool IsMeant(Op first, Op second) => second is ActivationOp { Function: ActivationKind.Exp } && first is not ActivationOp { Function: ActivationKind.Exp };

    private static string What(AnalyzedNetwork network, Node first, Node second)
    {
        ValueRange range = network.Ranges[first.Result], both = network.Ranges[second.Result];
        bool isIdentity = second.Op is ActivationOp { Function: ActivationKind.ReLU or ActivationKind.LeakyReLU or ActivationKind.ELU } && range.Low >= 0;
        ValueRange alone = second.Op is ActivationOp op ? ValueRanges.Image(op, ValueRange.All) : both;
        return isIdentity ? "the second changes nothing" : both != alone ? $"what comes out is {both} instead of {alone}" : "there are no weights between them";
    }
}
