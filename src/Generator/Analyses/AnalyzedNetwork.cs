using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>A graph, what its user states of it, and what the analyses find, each when it is first asked for.</summary>
/// <param name="graph">The graph as declared.</param>
/// <param name="statements">What the user states.</param>
internal sealed class AnalyzedNetwork(Graph graph, EquatableArray<NetworkStatement> statements)
{
    private GraphView? _view;
    private SignalAnalysis? _signal;

    public Graph Graph { get; } = graph;

    /// <summary>Who computes and who reads the graph's values.</summary>
    public GraphView View => _view ??= new GraphView(Graph);

    /// <summary>What values and gradients are at initialisation.</summary>
    public SignalAnalysis Signal => _signal ??= new SignalAnalysis(Graph, Stated<InputDistribution>() is { IsValid: true } stated ? stated : InputDistribution.Standard);

    public EquatableArray<NetworkStatement> Statements { get; } = statements;

    /// <summary>The user's statement of a kind; null where there is none.</summary>
    public T? Stated<T>()
        where T : NetworkStatement => Statements.OfType<T>().FirstOrDefault();
}
