namespace NetGen.Generator.Compiler.Advice;

/// <summary>Nodes in messages.</summary>
internal static class NodeText
{
    /// <summary>A layer with its key, of which there is one: <c>Linear(10) '2'</c>.</summary>
    public static string Told(this Node node) => $"{node.Op.Display} '{node.Key}'";
}
