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
        bool isSoftmax = output.Activation?.Op is SoftmaxOp;
        string display = output.Activation?.Op.Display ?? loss.Kind;
        if (wanted is { } range)
            Report(!output.Range.Contains(range), Rules.UnreachableTarget, display, output.Range.ToString(), Text(range), output.Activation is null ? "end with layers that reach them" : "leave it out, or choose one that reaches them");
        else if (isSoftmax)
            Report(output.Width > 1, Rules.SquaredErrorOfSoftmax, loss.Kind);
        else
            Report(true, Rules.BoundedRegression, display, output.Range.ToString(), loss.Kind, output.Activation is null ? "if all targets are, say so with" : "leave it out unless all targets are, and say so with");

        void Report(bool isWrong, string rule, params string[] arguments)
        {
            if (isWrong && output.Activation is { } activation)
                output.Tell(sink, activation, rule, arguments);
            else if (isWrong)
                sink.AtLoss(rule, arguments);
        }
    }

    private static string Text(ValueRange targets) => targets.IsAll ? "can be any number" : "are " + targets;
}
