using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>A graph, what its user states of it, and what the analyses find, each when it is first asked for.</summary>
/// <param name="graph">The graph as declared.</param>
/// <param name="statements">What the user states.</param>
internal sealed class AnalyzedNetwork(Graph graph, EquatableArray<NetworkStatement> statements)
{
    private GraphView? _view;
    private IReadOnlyDictionary<int, ReceptiveField>? _receptiveFields;
    private IReadOnlyDictionary<int, GradientPath>? _gradientPaths;

    public Graph Graph { get; } = graph;

    /// <summary>Who computes and who reads the graph's values.</summary>
    public GraphView View => _view ??= new GraphView(Graph);

    public EquatableArray<NetworkStatement> Statements { get; } = statements;

    /// <summary>What each node, and the input, sees of the input, by its number.</summary>
    public IReadOnlyDictionary<int, ReceptiveField> ReceptiveFields => _receptiveFields ??= Analyses.ReceptiveFields.Of(Graph);

    /// <summary>How gradients reach each node's result, and the input, by its number.</summary>
    public IReadOnlyDictionary<int, GradientPath> GradientPaths => _gradientPaths ??= Analyses.GradientPaths.Of(View);

    /// <summary>The user's statement of a kind; null where there is none.</summary>
    public T? Stated<T>()
        where T : NetworkStatement => Statements.OfType<T>().FirstOrDefault();
}
