using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What each layer of a network sees of its input.</summary>
internal static class ReceptiveFields
{
    /// <summary>By the numbers of the graph's nodes, and of its input.</summary>
    public static IReadOnlyDictionary<int, ReceptiveField> Of(Graph graph) => Dataflow.Forward(graph, OfInput(graph.Input), (node, sources) => Through(node, sources, graph.Input));

    /// <summary>That of an input: each place sees itself.</summary>
    public static ReceptiveField OfInput(Shape input) => new(input.Sizes.Skip(1).Select(_ => FieldAxis.Input).ToEquatableArray());

    /// <summary>That of a node's result.</summary>
    /// <param name="node">The node.</param>
    /// <param name="sources">What those of the values see that the node reads.</param>
    /// <param name="input">What they see.</param>
    public static ReceptiveField Through(Node node, IReadOnlyList<ReceptiveField> sources, Shape input) =>
        new(input.Sizes.Skip(1).Select((size, axis) => FieldRule.Of(new FieldPlaces(node, axis, size), [.. sources.Select(source => source.Axes[axis])])).ToEquatableArray());
}
