namespace NetGen.Generator.Compiler;

/// <summary>Layers that are compositions of general ops become those, for training or for evaluation, where they have no kernel of their own or it is not wanted.</summary>
internal static class Expansion
{
    public static Graph Run(Graph graph, bool isTraining, bool usesKernels = true)
    {
        Graph expanded = Rewriter.Run(graph, (node, view) =>
        {
            OpRule rule = OpRule.Of(node.Op);
            if (!rule.IsComposition || (rule.HasKernel && usesKernels))
                return null;
            var patch = new GraphPatch(view);
            patch.Replace(node.Result, rule.Expand(node, patch, isTraining));
            patch.Drop(node);
            return patch;
        });
        if (isTraining && expanded.HasState)
            expanded = Updated(expanded);
        if (expanded != (object)graph)
            GraphVerifier.Verify(expanded, nameof(Expansion));
        return expanded;
    }

    /// <summary>What is not expanded makes its state's next values.</summary>
    private static Graph Updated(Graph graph)
    {
        var patch = new GraphPatch(new GraphView(graph));
        foreach (Node node in graph.Nodes)
            OpRule.Of(node.Op).Update(node, patch);
        return patch.Apply();
    }
}
