using System;
using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Where a graph is one node wide.</summary>
internal static class Narrows
{
    /// <summary>The places of the nodes that everything goes through: what is computed before one is read by it or before it, but for what it reads.</summary>
    public static IEnumerable<int> Of(Graph graph)
    {
        EquatableArray<Node> nodes = graph.Nodes;
        var lastReaders = new Dictionary<int, int>();
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (Value value in nodes[i].Data)
                lastReaders[value.Id] = i;
        }

        // How far what comes before a node is read; beyond the node there is a way around it.
        int around = LastReader(Graph.InputId);
        for (int i = 0; i < nodes.Count; i++)
        {
            if (around <= i)
                yield return i;
            around = Math.Max(around, LastReader(nodes[i].Id));
        }

        int LastReader(int value) => lastReaders.TryGetValue(value, out int reader) ? reader : -1;
    }
}
