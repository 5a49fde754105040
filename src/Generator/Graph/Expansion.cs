namespace NetGen.Generator.Compiler;

/// <summary>Layers that are compositions of general ops become those, for training or for evaluation.</summary>
internal static class Expansion
{
    public static Graph Run(Graph graph, bool isTraining)
    {
        Graph expanded = Rewriter.Run(graph, (node, view) =>
        {
            OpRule rule = OpRule.Of(node.Op);
            if (!rule.IsComposition)
                return null;
            var patch = new GraphPatch(view);
            patch.Replace(node.Result, rule.Expand(node, patch, isTraining));
            patch.Drop(node);
            return patch;
        });
        if (expanded != (object)graph)
            GraphVerifier.Verify(expanded, nameof(Expansion));
        return expanded;
    }
}
