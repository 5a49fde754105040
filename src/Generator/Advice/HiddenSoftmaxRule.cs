using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A softmax with layers behind it that have weights.</summary>
internal sealed class HiddenSoftmaxRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        // The first layer that reads a value, whatever lies between.
        var readers = Dataflow.Backward<Node?>(network.Graph, null, (node, behind) => LinearMaps.IsLayer(node.Op) ? node : behind, (a, b) => a ?? b);
        foreach (Node node in network.Graph.Nodes.Where(node => node.Op is SoftmaxOp))
        {
            if (readers[node.Id] is { } reader)
                sink.At(node, Rules.HiddenSoftmax, reader.Told());
        }
    }
}
