using System.Collections.Generic;
using System.Linq;
using NetGen.Reports;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What the analyses find, as reports show it.</summary>
internal static class Figures
{
    /// <summary>As whoever reads them will have them, so that the documentation of a class has the digits that its program prints.</summary>
    public static NetworkFigures Of(AnalyzedNetwork network) => FiguresText.Read(FiguresText.Write(Exact(network)))!;

    /// <summary>Before they are rounded.</summary>
    public static NetworkFigures Exact(AnalyzedNetwork network)
    {
        Graph graph = network.Graph;
        NetworkDeclaration declaration = graph.Declaration;
        var places = new Dictionary<int, int> { [Graph.InputId] = -1 };
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            foreach (Value output in graph.Nodes[i].Outputs)
                places[output.Id] = i;
        }

        return new NetworkFigures
        {
            Name = declaration.Name,
            Scope = string.Concat(declaration.ContainingTypes.Select(type => type.Name).Prepend(declaration.Namespace).Where(name => name.Length > 0).Select(name => name + ".")),
            Loss = graph.Loss?.Kind ?? "",
            Input = [.. graph.Input.Sizes],
            Inference = network.Memory.OfInference,
            Training = network.Memory.OfTraining,
            Layers = [.. graph.Nodes.Select(node => Layer(network, node, [.. node.Sources.Where(places.ContainsKey).Select(source => places[source])]))],
            Steps = [.. network.Executed.Steps.Where(step => step is { Phase: ExecutedPhase.Inference or ExecutedPhase.Backward, OnlyForInputGradient: false, MultiplyAdds: > 0 }).Select(Step)],
        };
    }

    private static LayerFigures Layer(AnalyzedNetwork network, Node node, int[] sources)
    {
        (LayerCost cost, LayerSignal signal, GradientPath path) = (network.Cost[node], network.Signal[node.Result], network.GradientPaths[node.Id]);
        return new LayerFigures
        {
            Key = node.Key,
            Layer = node.Op.Display,
            Output = [.. node.Output.Sizes],
            Sources = sources,
            Parameters = cost.Parameters,
            Inference = cost.Inference.Figures,
            Forward = cost.Forward.Figures,
            Backward = cost.Backward.Figures,
            Field = [.. network.ReceptiveFields[node.Id].Axes.Select(axis => new FieldOfAxis(axis.Size, axis.Stride, axis.Start))],
            Signal = new SignalFigures(signal.Mean, signal.StandardDeviation, signal.GradientStandardDeviation, signal.Correlation),
            Path = new PathFigures(path.IsIdentity, path.Saturating, path.Layers),
        };
    }

    private static StepFigures Step(ExecutedStep step) =>
        new(step.Name, step.Phase == ExecutedPhase.Inference ? StepFigures.Inference : StepFigures.Backward, string.Join(StepFigures.Between, step.Layers), step.MultiplyAccumulates, step.MultiplyAdds);
}
