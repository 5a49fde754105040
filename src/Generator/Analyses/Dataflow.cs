using System;
using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>The two ways through a graph. What an analysis finds stands beside the numbers of the nodes; it is a rule of one node, and what it finds of a node with branches follows.</summary>
internal static class Dataflow
{
    /// <summary>From the input to the output.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">What is known of its input.</param>
    /// <param name="rule">What follows for a node of what is known of the values that it reads, its parameters aside.</param>
    public static IReadOnlyDictionary<int, T> Forward<T>(Graph graph, T input, Func<Node, IReadOnlyList<T>, T> rule)
    {
        var known = new Dictionary<int, T> { [Graph.InputId] = input };
        foreach (Node node in graph.Nodes)
        {
            var sources = new T[node.Data.Count];
            for (int i = 0; i < sources.Length; i++)
                sources[i] = known[node.Data[i].Id];
            known.Add(node.Id, rule(node, sources));
        }

        return known;
    }

    /// <summary>From the output to the input.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="output">What is known of its output.</param>
    /// <param name="rule">What follows for the values that a node reads of what is known of its result.</param>
    /// <param name="join">Of a value that several nodes read.</param>
    public static IReadOnlyDictionary<int, T> Backward<T>(Graph graph, T output, Func<Node, T, T> rule, Func<T, T, T> join)
    {
        var known = new Dictionary<int, T> { [graph.OutputId] = output };
        for (int i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            Node node = graph.Nodes[i];
            T behind = rule(node, known[node.Id]);
            foreach (Value value in node.Data)
                known[value.Id] = known.TryGetValue(value.Id, out T other) ? join(other, behind) : behind;
        }

        return known;
    }
}
