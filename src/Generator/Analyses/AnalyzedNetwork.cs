using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>A graph, what its user states of it, and what the analyses find, each when it is first asked for.</summary>
/// <param name="graph">The graph as declared.</param>
/// <param name="statements">What the user states.</param>
internal sealed class AnalyzedNetwork(Graph graph, EquatableArray<NetworkStatement> statements)
{
    private GraphView? _view;
    private ValueRanges? _ranges;

    public Graph Graph { get; } = graph;

    /// <summary>Who computes and who reads the graph's values.</summary>
    public GraphView View => _view ??= new GraphView(Graph);

    /// <summary>What each value can be.</summary>
    public ValueRanges Ranges => _ranges ??= new ValueRanges(Graph);

    public EquatableArray<NetworkStatement> Statements { get; } = statements;

    /// <summary>The user's statement of a kind; null where there is none.</summary>
    public T? Stated<T>()
        where T : NetworkStatement => Statements.OfType<T>().FirstOrDefault();
}
