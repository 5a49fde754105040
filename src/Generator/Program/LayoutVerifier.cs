using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>What layouts must satisfy before a graph is lowered, and its steps behind. A failure is a bug of the compiler, never the user's.</summary>
internal static class LayoutVerifier
{
    /// <summary>Every value that is read has a layout of its size, and every node is computed in a way that its op has.</summary>
    public static void Verify(Layouts layouts, string after)
    {
        var read = new HashSet<Value>(layouts.Graph.Nodes.SelectMany(node => node.Data));
        foreach (Node node in layouts.Graph.Nodes)
        {
            NodeLayouts way = layouts[node];
            if (!layouts.Ways(node).Contains(way))
                throw Broken(after, node, "is computed in a way that its op does not have");
            if (way.Reads.Count != node.Data.Count || way.Results.Count != node.Outputs.Count)
                throw Broken(after, node, "has not a layout for each of its values");
            for (int i = 0; i < node.Data.Count; i++)
            {
                if (layouts[node.Data[i]].Width != node.Data[i].Shape.ElementCount || layouts.Found(node, i).Width != node.Data[i].Shape.ElementCount)
                    throw Broken(after, node, $"reads {node.Data[i]} in a layout of another size");
            }

            for (int i = 0; i < node.Outputs.Count; i++)
            {
                if (way.Results[i] is { } layout ? layouts[node.Outputs[i]] != layout : read.Contains(node.Outputs[i]))
                    throw Broken(after, node, $"does not compute {node.Outputs[i]} in its layout");
            }
        }
    }

    /// <summary>Every value lies in its layout, and whoever reads it in another has a copy.</summary>
    /// <param name="layouts">The layouts.</param>
    /// <param name="buffers">Where the values lie.</param>
    /// <param name="steps">The steps of the graph.</param>
    public static void Verify(Layouts layouts, IReadOnlyDictionary<Value, Buffer> buffers, IEnumerable<Step> steps)
    {
        var copies = steps.OfType<CopyStep>().ToLookup(copy => copy.From, copy => copy.To);
        foreach (KeyValuePair<Value, Buffer> value in buffers)
        {
            if (!Lies(value.Value, layouts[value.Key]))
                throw new CompilerException(nameof(Lowering), $"{value.Key} lies as {value.Value}, its layout is {layouts[value.Key]}");
        }

        foreach (Node node in layouts.Graph.Nodes)
        {
            for (int i = 0; i < node.Data.Count; i++)
            {
                Layout found = layouts.Found(node, i);
                if (!buffers.TryGetValue(node.Data[i], out Buffer x) || !(Lies(x, found) || copies[x].Any(copy => found.IsOf(copy))))
                    throw Broken(nameof(Lowering), node, $"reads {node.Data[i]} as {found}, in which it is not");
            }
        }
    }

    /// <summary>The caller's memory is a row too.</summary>
    private static bool Lies(Buffer buffer, Layout layout) => layout.IsOf(buffer) || (buffer.Kind == BufferKind.Input && layout.Order == BufferOrder.Flat && layout.Width == buffer.Width);

    private static CompilerException Broken(string after, Node node, string what) => new(after, $"{node.Op.Display} of {node.Key} {what}");
}
