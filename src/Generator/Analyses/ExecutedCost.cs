namespace NetGen.Generator.Compiler.Analyses;

/// <summary>The part of a routine that a step belongs to.</summary>
internal enum ExecutedPhase { Inference, Forward, Loss, Backward, Update }

/// <summary>A step as it runs after all rewrites.</summary>
/// <param name="Name">Its own name, before equal kernels share one.</param>
/// <param name="Phase">Where it runs.</param>
/// <param name="Layers">The keys of the layers that it computes; a merged layer's names the first and the last of them.</param>
/// <param name="MultiplyAccumulates">Products that are summed for a sample: those of the layer that it computes, which a rewrite may have made.</param>
/// <param name="MultiplyAdds">Those that its loops do, lanes of padding included, and less rows of a filter that lie in a border.</param>
/// <param name="Moved">Bytes that it reads and writes.</param>
internal sealed record ExecutedStep(string Name, ExecutedPhase Phase, EquatableArray<string> Layers, long MultiplyAccumulates, long MultiplyAdds, ByteCount Moved)
{
    /// <summary>Whether it runs only where the gradient of the network's input is asked for.</summary>
    public bool OnlyForInputGradient { get; init; }
}
