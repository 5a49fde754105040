using System;
using System.Collections.Generic;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>All that later layers know of a sample is one number.</summary>
internal sealed class BottleneckRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        EquatableArray<Node> nodes = network.Graph.Nodes;
        var lastReaders = new Dictionary<int, int>();
        int lastLayer = -1;
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (Value value in nodes[i].Data)
                lastReaders[value.Id] = i;
            if (LinearMaps.IsLayer(nodes[i].Op))
                lastLayer = i;
        }

        // How far what comes before a node is read; beyond the node there is a way around it.
        int around = lastReaders.TryGetValue(Graph.InputId, out int reader) ? reader : -1;
        for (int i = 0; i < lastLayer; i++)
        {
            Node node = nodes[i];
            if (around <= i && node.Output.ElementCount == 1 && (LinearMaps.IsLayer(node.Op) || node.Input.ElementCount > 1))
                sink.At(node, Rules.BottleneckOfOne, node.Told());
            if (lastReaders.TryGetValue(node.Id, out reader))
                around = Math.Max(around, reader);
        }
    }
}
