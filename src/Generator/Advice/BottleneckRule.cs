using System.Linq;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>All that later layers know of a sample is one number.</summary>
internal sealed class BottleneckRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        EquatableArray<Node> nodes = network.Graph.Nodes;
        int lastLayer = nodes.Count - 1;
        while (lastLayer >= 0 && !LinearMaps.IsLayer(nodes[lastLayer].Op))
            lastLayer--;
        foreach (Node node in Narrows.Of(network.Graph).TakeWhile(place => place < lastLayer).Select(place => nodes[place]))
        {
            if (node.Output.ElementCount == 1 && (LinearMaps.IsLayer(node.Op) || node.Input.ElementCount > 1))
                sink.At(node, Rules.BottleneckOfOne, node.Told());
        }
    }
}
