using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>An output that no loss wants: noise on it, or numbers that do not reach the targets of a regression.</summary>
internal sealed class OutputRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        if (network.Graph.Loss is not { } loss)
            return;
        var output = new NetworkOutput(network);
        foreach (Node dropout in output.Dropouts)
            output.Tell(sink, dropout, Rules.DropoutOnOutput, dropout.Op.Display, loss.Kind);
        if (LogitsRule.TakesLogits(loss) || output.Range.IsAll)
            return;
        ValueRange? wanted = network.Stated<TargetStatement>() switch
        {
            TargetRangeStatement { Mistake: null } stated => new ValueRange(stated.Min, stated.Max),
            LabelsStatement or ClassesStatement => new ValueRange(0, 1),
            _ => null,
        };
        bool isSoftmax = output.Head?.Op is SoftmaxOp;
        string display = output.Head?.Op.Display ?? "the input";
        if (wanted is { } range)
            Report(!output.Range.Contains(range), Rules.UnreachableTarget, display, output.Range.ToString(), Text(range));
        else if (isSoftmax)
            Report(output.Width > 1, Rules.SquaredErrorOfSoftmax, loss.Kind);
        else
            Report(true, Rules.BoundedRegression, display, output.Range.ToString(), loss.Kind);

        void Report(bool isWrong, string rule, params string[] arguments)
        {
            if (isWrong && output.Head is { } head)
                output.Tell(sink, head, rule, arguments);
            else if (isWrong)
                sink.AtLoss(rule, arguments);
        }
    }

    private static string Text(ValueRange targets) => targets.IsAll ? "can be any number" : "are " + targets;
}
