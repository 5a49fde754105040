using System;
using System.Globalization;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>What stands between the last weights and a loss that takes logits: any real numbers, of which the loss makes probabilities itself.</summary>
internal sealed class LogitsRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        if (network.Graph.Loss is not { } loss || !TakesLogits(loss))
            return;
        var output = new NetworkOutput(network);
        if (loss is CrossEntropyLossOp && output.Width == 1)
            sink.AtLoss(Rules.CrossEntropyOfOne);
        switch (output.Head)
        {
            // Which has a rule of its own.
            case { Op: SoftmaxOp } softmax when softmax.Input.Sizes[0] == 1:
                break;
            case { Op: SoftmaxOp or ActivationOp { Function: ActivationKind.Sigmoid } } head:
                output.Tell(sink, head, Rules.ProbabilitiesAsLogits, head.Op.Display, loss.Kind, loss is CrossEntropyLossOp ? "softmax" : "the sigmoid", Least(loss, output));
                break;
            case { Op: ActivationOp } head:
                string range = output.Range.IsAll ? "" : $", while they are {output.Range} here" + Least(loss, output);
                output.Tell(sink, head, Rules.ActivationOnLogits, head.Op.Display, loss.Kind, range);
                break;
            case { Op: BatchNormOp or LayerNormOp or RMSNormOp } head:
                output.Tell(sink, head, Rules.NormalizedLogits, head.Op.Kind, loss.Kind);
                break;
            default:
                if (!output.Range.IsAll)
                    sink.AtLoss(Rules.BoundedLogits, loss.Kind, output.Range.ToString(), Least(loss, output));
                break;
        }
    }

    public static bool TakesLogits(LossOp loss) => loss is CrossEntropyLossOp or ElementwiseLossOp { Function: ElementwiseLossKind.BCEWithLogits };

    /// <summary>How small the loss can become at most for logits in a range; nothing where it can come near to 0.</summary>
    private static string Least(LossOp loss, NetworkOutput output)
    {
        (double low, double high) = (output.Range.Low, output.Range.High);
        if (loss is CrossEntropyLossOp)
        {
            // The true class has the largest logit, the others the smallest.
            double least = Math.Log(1 + ((output.Width - 1) * Math.Exp(low - high)));
            return least > 0 ? $", and the loss of {output.Width.ToString(CultureInfo.InvariantCulture)} classes cannot fall below {Text(least)}" : "";
        }

        double zero = Math.Log(1 + Math.Exp(low)), one = Math.Log(1 + Math.Exp(-high));
        return (zero > 0, one > 0) switch
        {
            (true, true) => $", and the loss cannot fall below {Text(zero)} for a target of 0, or below {Text(one)} for 1",
            (true, false) => $", and the loss cannot fall below {Text(zero)} for a target of 0",
            (false, true) => $", and the loss cannot fall below {Text(one)} for a target of 1",
            _ => "",
        };
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
