using System;
using System.Globalization;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>What stands between the last weights and a loss that takes logits: any real numbers, of which the loss makes probabilities itself.</summary>
internal sealed class LogitsRule : AdviceRule
{
    /// <summary>A loss that cannot fall below this is noticed.</summary>
    private const double Noticeable = 0.1;

    /// <summary>What is less is shown as 0.</summary>
    private const double LeastShown = 0.005;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        if (network.Graph.Loss is not { } loss || !TakesLogits(loss))
            return;
        var output = new NetworkOutput(network);
        if (loss is CrossEntropyLossOp && output.Width == 1)
            sink.AtLoss(Rules.CrossEntropyOfOne);
        (string least, double floor) = Least(loss, output);
        bool isWrong = floor >= Noticeable;

        // What is bounded behind pools and sums does no harm where the loss can become small nevertheless.
        switch (isWrong ? output.Activation ?? output.Head : output.Head)
        {
            // Which has a rule of its own.
            case { Op: SoftmaxOp } softmax when softmax.Input.Sizes[0] == 1:
                break;
            case { Op: SoftmaxOp or ActivationOp { Function: ActivationKind.Sigmoid } } head:
                output.Tell(sink, head, Rules.ProbabilitiesAsLogits, head.Op.Display, loss.Kind, loss is CrossEntropyLossOp ? "softmax" : "the sigmoid", least);
                break;
            case { Op: ActivationOp } head:
                string range = output.Range.IsAll ? "" : $", while they are {output.Range} here" + least;
                output.Tell(sink, head, Rules.ActivationOnLogits, head.Op.Display, loss.Kind, range, $"leave {head.Op.Display} out");
                break;
            case { Op: BatchNormOp or LayerNormOp or RMSNormOp } head:
                output.Tell(sink, head, Rules.NormalizedLogits, head.Op.Kind, loss.Kind, head.Op is BatchNormOp
                    ? "and here those of a sample depend in training on the others of its batch, but not in evaluation"
                    : "whose size is how sure the network is of a sample, and a normalisation takes it away");
                break;
            case { } head when isWrong:
                output.Tell(sink, head, Rules.ActivationOnLogits, head.Op.Display, loss.Kind, $", while they are {output.Range} here" + least, "put a layer with weights behind it");
                break;
            default:
                if (!output.Range.IsAll)
                    sink.AtLoss(Rules.BoundedLogits, loss.Kind, output.Range.ToString(), least);
                break;
        }
    }

    public static bool TakesLogits(LossOp loss) => loss is CrossEntropyLossOp or ElementwiseLossOp { Function: ElementwiseLossKind.BCEWithLogits };

    /// <summary>How small the loss can become at most for logits in a range, in words, and for the worse of two targets; nothing where it can come near to 0.</summary>
    private static (string Text, double Floor) Least(LossOp loss, NetworkOutput output)
    {
        (double low, double high) = (output.Range.Low, output.Range.High);
        if (loss is CrossEntropyLossOp)
        {
            // The true class has the largest logit, the others the smallest.
            double least = Math.Log(1 + ((output.Width - 1) * Math.Exp(low - high)));
            return (least >= LeastShown ? $", and the loss of {output.Width.ToString(CultureInfo.InvariantCulture)} classes cannot fall below {Text(least)}" : "", least);
        }

        double zero = Math.Log(1 + Math.Exp(low)), one = Math.Log(1 + Math.Exp(-high));
        string text = (zero >= LeastShown, one >= LeastShown) switch
        {
            (true, true) => $", and the loss cannot fall below {Text(zero)} for a target of 0, or below {Text(one)} for 1",
            (true, false) => $", and the loss cannot fall below {Text(zero)} for a target of 0",
            (false, true) => $", and the loss cannot fall below {Text(one)} for a target of 1",
            _ => "",
        };
        return (text, Math.Max(zero, one));
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
