using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>A graph, what its user states of it, and what the analyses find, each when it is first asked for.</summary>
/// <param name="graph">The graph as declared.</param>
/// <param name="statements">What the user states.</param>
internal sealed class AnalyzedNetwork(Graph graph, EquatableArray<NetworkStatement> statements)
{
    private GraphView? _view;
    private ValueRanges? _ranges;
    private NetworkCost? _cost;
    private CompiledNetwork? _compiled;
    private MemoryCost? _memory;
    private ExecutedCost? _executed;
    private IReadOnlyList<string>? _rewrites;
    private IReadOnlyDictionary<int, ReceptiveField>? _receptiveFields;
    private IReadOnlyDictionary<int, GradientPath>? _gradientPaths;
    private SignalAnalysis? _signal;

    public Graph Graph { get; } = graph;

    /// <summary>Who computes and who reads the graph's values.</summary>
    public GraphView View => _view ??= new GraphView(Graph);

    /// <summary>What values and gradients are at initialisation.</summary>
    public SignalAnalysis Signal => _signal ??= new SignalAnalysis(Graph, Stated<InputDistribution>() is { IsValid: true } stated ? stated : InputDistribution.Standard);

    /// <summary>What each value can be.</summary>
    public ValueRanges Ranges => _ranges ??= new ValueRanges(Graph);

    public EquatableArray<NetworkStatement> Statements { get; } = statements;

    /// <summary>What it costs as declared.</summary>
    public NetworkCost Cost => _cost ??= NetworkCost.Of(Graph);

    /// <summary>The compiled network. Nothing that runs at every edit may ask for it without need.</summary>
    public CompiledNetwork Compiled
    {
        get => _compiled ??= CompiledNetwork.Compile(Graph);
        init => _compiled = value;
    }

    /// <summary>The memory that it takes, for which it is compiled.</summary>
    public MemoryCost Memory => _memory ??= MemoryCost.Of(Compiled);

    /// <summary>What its compiler merges, shares or folds, in words.</summary>
    public IReadOnlyList<string> Rewrites => _rewrites ??= Analyses.Rewrites.Of(Graph);

    /// <summary>What it does after all rewrites, for which it is compiled.</summary>
    public ExecutedCost Executed => _executed ??= ExecutedCost.Of(Compiled);

    /// <summary>What each node, and the input, sees of the input, by its number.</summary>
    public IReadOnlyDictionary<int, ReceptiveField> ReceptiveFields => _receptiveFields ??= Analyses.ReceptiveFields.Of(Graph);

    /// <summary>How gradients reach each node's result, and the input, by its number.</summary>
    public IReadOnlyDictionary<int, GradientPath> GradientPaths => _gradientPaths ??= Analyses.GradientPaths.Of(View);

    /// <summary>The user's statement of a kind; null where there is none.</summary>
    public T? Stated<T>()
        where T : NetworkStatement => Statements.OfType<T>().FirstOrDefault();
}
