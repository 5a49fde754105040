using System;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A network costs more, or sees less, than its user allows.</summary>
internal sealed class BudgetRule : AdviceRule
{
    /// <summary>Layers that a message names.</summary>
    private const int Named = 3;

    protected override bool IsOfStatements => true;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        for (int i = 0; i < network.Statements.Count; i++)
        {
            if (network.Statements[i] is BudgetStatement budget)
                Check(network, budget, i, sink);
        }
    }

    private static void Check(AnalyzedNetwork network, BudgetStatement budget, int statement, AdviceSink sink)
    {
        if (budget.Batch < 1)
        {
            sink.AtStatement(statement, Rules.OptionOutOfRange, "Budget", "Batch", "at least 1", budget.Batch.ToString(CultureInfo.InvariantCulture));
            return;
        }

        foreach ((string option, long? limit) in budget.Limits)
        {
            if (limit < 0)
                sink.AtStatement(statement, Rules.OptionOutOfRange, "Budget", option, "at least 0", limit.Value.ToString(CultureInfo.InvariantCulture));
        }

        string batch = Limits.Grouped(budget.Batch);
        Spends(budget.Parameters, () => network.Cost.Parameters, count => $"has {count} parameters", layer => layer.Parameters);
        Spends(budget.Macs, () => network.Cost.Inference.Arithmetic.MultiplyAccumulates, count => $"takes {count} multiply-accumulates a sample", layer => layer.Inference.Arithmetic.MultiplyAccumulates);

        // Memory is shared between layers; what each has for itself are its parameters and its results, and in training their gradients.
        Spends(
            budget.TrainingBytes, () => network.Memory.TrainingBytes(budget.Batch), count => $"takes {count} bytes to train on batches of {batch}",
            layer => 2 * ((layer.Parameters * sizeof(float)) + (layer.OutputBytes * budget.Batch)));
        Spends(
            budget.InferenceBytes, () => network.Memory.InferenceBytes(budget.Batch), count => $"takes {count} bytes to predict batches of {batch}",
            layer => (layer.Parameters * sizeof(float)) + (layer.OutputBytes * Math.Min(budget.Batch, network.Memory.Inference.MostRows)));
        Sees(network, budget, statement, sink);

        void Spends(long? limit, Func<long> figure, Func<string, string> text, Func<LayerCost, long> share)
        {
            if (limit is not ({ } most and >= 0) || Figure(figure) is not { } count || count <= most)
                return;
            string[] layers = [.. network.Cost.Layers.Where(layer => share(layer) > 0).OrderByDescending(share).Take(Named).Select(layer => $"{layer.Node.Told()} ({Limits.Grouped(share(layer))})")];
            sink.AtStatement(
                statement, Rules.Budget, network.Graph.Declaration.Name, text(Limits.Grouped(count)), Limits.Grouped(most), layers.Length == 0 ? "" : $"; most is in {string.Join(", ", layers)}");
        }
    }

    /// <summary>A figure; none where the compiler fails, which the generator tells.</summary>
    private static long? Figure(Func<long> figure)
    {
        try
        {
            return figure();
        }
        catch (CompilerException)
        {
            return null;
        }
    }

    /// <summary>The last layer whose places do not all see the same. Where there is none, everything is seen.</summary>
    private static void Sees(AnalyzedNetwork network, BudgetStatement budget, int statement, AdviceSink sink)
    {
        if (budget.ReceptiveField is not ({ } least and >= 0))
            return;
        if (network.Graph.Input.IsFlat)
        {
            sink.AtStatement(statement, Rules.OptionOutOfRange, "Budget", "ReceptiveField", "an input with places, [c, l] or [c, h, w]", network.Graph.Input.ToString());
            return;
        }

        if (network.Graph.Nodes.LastOrDefault(node => !network.ReceptiveFields[node.Id].IsGlobal) is not { } last)
            return;
        ReceptiveField field = network.ReceptiveFields[last.Id];
        if (field.Axes.Where(axis => !axis.IsGlobal).Any(axis => axis.Size < least))
        {
            sink.AtStatement(
                statement, Rules.Budget, network.Graph.Declaration.Name, $"sees {field.Size} of its input at {last.Told()}, the last layer with places", $"at least {Limits.Grouped(least)} along each dimension", "");
        }
    }
}
