using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A dropout leaves next to nothing, or stands before what does not let zeros and scaled values be what they were.</summary>
internal sealed class DropoutRule : AdviceRule
{
    /// <summary>From here on the share that is kept is meant.</summary>
    private const double LargestShare = 0.9;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        foreach (Node dropout in network.Graph.Nodes.Where(node => node.Op is DropoutOp { P: > 0 }))
        {
            if (dropout.Op is DropoutOp { P: >= LargestShare and var p })
                TellMost(sink, dropout, Ops.Check.Text(p));
            Node? next = network.View.OnlyReader(dropout.Result);
            while (next is not null && Passes(dropout, next, sink))
                next = network.View.OnlyReader(next.Result);
        }
    }

    /// <summary>In decimals, in which what is written and what is kept have no rounding.</summary>
    private static void TellMost(AdviceSink sink, Node dropout, string written)
    {
        decimal dropped = decimal.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture);
        sink.At(dropout, Rules.DropoutOfMost, written, Text(100 * (1 - dropped)), Text(100 * dropped), Text(1 - dropped));

        static string Text(decimal value) => value.ToString("0.####################", CultureInfo.InvariantCulture);
    }

    /// <summary>Tells what is wrong with one that stands before a node; the result is whether the dropout might as well stand behind the node.</summary>
    private static bool Passes(Node dropout, Node node, AdviceSink sink)
    {
        switch (node.Op)
        {
            case ActivationOp activation when !IsHomogeneous(activation):
                sink.At(dropout, Rules.DropoutBeforeActivation, dropout.Op.Display, node.Op.Kind, $"becomes {node.Op.Kind}(0)", "behind it");
                return false;
            case SoftmaxOp or LogSumExpOp:
                sink.At(dropout, Rules.DropoutBeforeActivation, dropout.Op.Display, node.Op.Kind, "still counts there, as a 0 does", "before the last layer with weights");
                return false;
            case BatchNormOp or NormalizedShapeOp:
                sink.At(dropout, Rules.DropoutBeforeNormalization, dropout.Op.Display, node.Op.Kind);
                return false;
            case PoolOp { Kernel.Count: 1 }:
                return true;
            case PoolingOp { Function: PoolKind.Max }:
                sink.At(dropout, Rules.DropoutBeforeMaxPool, dropout.Op.Display, node.Op.Kind);
                return true;
            case PoolingOp:
                sink.At(dropout, Rules.DropoutBeforeAveragePool, dropout.Op.Display, node.Op.Kind);
                return true;
            default:
                return node.Op is ActivationOp or FlattenOp or DropoutOp;
        }
    }

    /// <summary>Whether f(c x) = c f(x) for every c that is not negative.</summary>
    private static bool IsHomogeneous(ActivationOp op) => op is { Function: ActivationKind.ReLU or ActivationKind.LeakyReLU } or { Function: ActivationKind.ELU, Parameter: 0 };
}
