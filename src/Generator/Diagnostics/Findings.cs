using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Advice;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Diagnostics;

/// <summary>What a network costs.</summary>
internal sealed record Cost(long Parameters, long MultiplyAccumulates, long FloatingPointOperations);

/// <summary>What the analyzer tells of a class, its places aside; the cost is null where there is no graph.</summary>
internal sealed record Findings(EquatableArray<DeclarationError> Errors, Cost? Cost)
{
    public static Findings Of(ParseResult parsed)
    {
        CheckedNetwork network = CheckedNetwork.Of(parsed);
        if (network.Graph is not { } graph)
            return new Findings(network.Errors, null);
        var analyzed = new AnalyzedNetwork(graph, parsed.Statements);
        IEnumerable<DeclarationError> advice = AdviceRule.Of(analyzed).Select(found => CheckedNetwork.InSource(found, parsed));
        return new Findings(network.Errors.Concat(advice).ToEquatableArray(), new Cost(graph.ParameterCount, graph.MultiplyAccumulates, graph.FloatingPointOperations));
    }
}
