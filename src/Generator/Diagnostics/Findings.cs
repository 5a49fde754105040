using NetGen.Generator.Compiler;

namespace NetGen.Generator.Diagnostics;

/// <summary>What a network costs.</summary>
internal sealed record Cost(long Parameters, long MultiplyAccumulates, long FloatingPointOperations);

/// <summary>What the analyzer tells of a class, its places aside; the cost is null where there is no graph.</summary>
internal sealed record Findings(EquatableArray<DeclarationError> Errors, Cost? Cost)
{
    public static Findings Of(ParseResult parsed)
    {
        CheckedNetwork network = CheckedNetwork.Of(parsed);
        return new Findings(network.Errors, network.Graph is { } graph ? new Cost(graph.ParameterCount, graph.MultiplyAccumulates, graph.FloatingPointOperations) : null);
    }
}
