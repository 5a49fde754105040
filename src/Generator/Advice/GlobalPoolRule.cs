using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A global pool joins what places see that do not see all of the input.</summary>
internal sealed class GlobalPoolRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        int[] sizes = [.. network.Graph.Input.Sizes.Skip(1)];
        foreach (Node node in network.Graph.Nodes.Where(node => node.Op is AdaptivePoolOp { Grid.Count: 1 } && Picture.Of(node.Input).Pixels > 1))
        {
            ReceptiveField field = network.ReceptiveFields[node.Sources[0]];

            // Pictures without windows before the pool are features of another network.
            if (field.Axes.Any(axis => axis.Size > 1) && field.Axes.Where((axis, i) => axis.Size < sizes[i]).Any())
                sink.At(node, Rules.LocalField, node.Op.Display, field.Size, string.Join("x", sizes));
        }
    }
}
