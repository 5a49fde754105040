using System.Linq;
using System.Text;

namespace NetGen.Generator.Compiler;

/// <summary>Graphs as people read them: a line a node.</summary>
internal static class GraphText
{
    /// <summary><c>%3 f32[C 32, H 8, W 8] = Conv2d(32, 3) %2, conv1.weight, conv1.bias</c>; <c>batch</c> before the type of what all samples share.</summary>
    public static string ToText(this Graph graph)
    {
        var text = new StringBuilder();
        foreach (Value input in graph.Inputs)
            text.Append($"{Typed(input)} = input\n");
        foreach (Value parameter in graph.Parameters)
            text.Append($"{parameter} {parameter.Type} = {(parameter.Parts.Count == 0 ? Name(parameter.Role) : Parts(parameter))}\n");
        foreach (Node node in graph.Nodes)
            text.Append(Line(graph, node)).Append('\n');
        text.Append("output ").Append(string.Join(", ", graph.Outputs)).Append('\n');
        if (graph.Updates.Count > 0)
            text.Append("update ").Append(string.Join(", ", graph.Updates)).Append('\n');
        return text.ToString();
    }

    private static string Line(Graph graph, Node node)
    {
        // What is kept for a gradient is shown where one reads it.
        var outputs = node.Outputs.Where((output, i) => i == 0 || graph.Nodes.Any(reader => reader.Inputs.Contains(output)));
        return $"{string.Join(", ", outputs.Select(Typed))} = {node.Op.Display} {string.Join(", ", node.Inputs)}{(node.Result.GradientOf is { } of ? $"  // gradient of {of}" : "")}";
    }

    private static string Typed(Value value) => $"{value} {(value.Type.IsPerSample ? "" : "batch ")}{value.Type}";

    private static string Parts(Value parameter) => $"{(parameter.SumsParts ? "sum" : "joined")} {string.Join(", ", parameter.Parts.Select(part => part.Parameter))}";

    private static string Name(ValueRole role) => role switch
    {
        ValueRole.State => "state",
        ValueRole.Constant => "constant",
        ValueRole.Prepared => "prepared",
        _ => "trained",
    };
}
