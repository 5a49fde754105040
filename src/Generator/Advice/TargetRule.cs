using System.Globalization;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>What the user states of the targets, against the outputs and the loss.</summary>
internal sealed class TargetRule : AdviceRule
{
    protected override bool IsOfStatements => true;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        TargetStatement? first = null;
        for (int i = 0; i < network.Statements.Count; i++)
        {
            if (network.Statements[i] is not TargetStatement target)
                continue;
            if (target.Mistake is var (option, wanted, got))
            {
                sink.AtStatement(i, Rules.OptionOutOfRange, target.Display, option, wanted, got);
                return;
            }

            if (first is not null)
                sink.AtStatement(i, Rules.OptionConflict, "the targets", target.Display, first.Display, target == first ? "they are said once" : "they are one or the other");
            else
                Check(network, sink, i, target);
            first ??= target;
        }
    }

    private static void Check(AnalyzedNetwork network, AdviceSink sink, int statement, TargetStatement target)
    {
        Graph graph = network.Graph;
        LossOp? loss = graph.Loss;
        bool isBinary = loss is ElementwiseLossOp { Function: ElementwiseLossKind.BCEWithLogits };
        bool isRegression = loss is ElementwiseLossOp && !isBinary;
        if (target is TargetRangeStatement range)
        {
            if (loss is CrossEntropyLossOp)
                sink.AtStatement(statement, Rules.LossForOtherTarget, "CrossEntropyLoss takes the number of a class", "real numbers", "MSELoss, HuberLoss or L1Loss");
            else if (isBinary && (range.Min < 0 || range.Max > 1))
                sink.AtStatement(statement, Rules.LossForOtherTarget, "BCEWithLogitsLoss takes probabilities, from 0 to 1", "numbers beyond", "MSELoss, HuberLoss or L1Loss");
            return;
        }

        (int count, string what) = target is ClassesStatement classes ? (classes.Count, "classes") : (((LabelsStatement)target).Count, "labels");
        if (target is LabelsStatement { Count: > 1 } && loss is CrossEntropyLossOp)
        {
            sink.AtStatement(statement, Rules.LossForOtherTarget, "CrossEntropyLoss learns one of classes that exclude each other", "labels of which several can be 1", "BCEWithLogitsLoss");
            return;
        }

        if (!Fits(graph.Output, count, target is LabelsStatement, loss))
            sink.AtStatement(statement, Rules.OutputWidth, count == 1 ? "1 label" : $"{Text(count)} {what}", graph.Output.ToString(), Meant(count, target is LabelsStatement, loss));
        else if (isRegression)
            sink.AtStatement(statement, Rules.RegressionForClasses, loss!.Kind, what, target is LabelsStatement ? "BCEWithLogitsLoss" : "CrossEntropyLoss");
        else if (isBinary && target is ClassesStatement && graph.Output.ElementCount == count)
            sink.AtStatement(statement, Rules.BinaryLossForClasses, Text(count));
    }

    /// <summary>One output a class or label, or so many at each place; of two classes one may do.</summary>
    private static bool Fits(Shape output, int count, bool areLabels, LossOp? loss)
    {
        if (loss is CrossEntropyLossOp)
            return output.ElementCount == (areLabels ? 2 : count);
        return output.ElementCount == count || output.Sizes[0] == count || (!areLabels && count == 2 && (output.ElementCount == 1 || output.Sizes[0] == 1));
    }

    private static string Meant(int count, bool areLabels, LossOp? loss) =>
        loss is CrossEntropyLossOp && areLabels ? "2 outputs, or BCEWithLogitsLoss over 1"
        : loss is not CrossEntropyLossOp && !areLabels && count == 2 ? "1 output or 2"
        : Text(count) + (count == 1 ? " output" : " outputs");

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
