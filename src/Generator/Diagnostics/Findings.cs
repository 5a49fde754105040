using System;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Advice;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Diagnostics;

/// <summary>What a network costs.</summary>
internal sealed record Cost(long Parameters, long MultiplyAccumulates, long FloatingPointOperations);

/// <summary>What is to tell of a class, its places aside.</summary>
/// <param name="parsed">What the parser finds.</param>
internal sealed class Findings(ParseResult parsed)
{
    private readonly CheckedNetwork _network = CheckedNetwork.Of(parsed);
    private Lazy<EquatableArray<DeclarationError>>? _advice;

    /// <summary>Mistakes, with which nothing is compiled.</summary>
    public EquatableArray<DeclarationError> Errors => _network.Errors;

    /// <summary>What is said of a network that compiles. It is looked for where it is asked for: a build without analyzers does without it.</summary>
    public EquatableArray<DeclarationError> Advice => (_advice ??= new(() => _network.Graph is { } graph
        ? AdviceRule.Of(new AnalyzedNetwork(graph, parsed.Statements)).Select(found => CheckedNetwork.InSource(found, parsed)).ToEquatableArray()
        : default)).Value;

    /// <summary>What the network costs; null where there is no graph.</summary>
    public Cost? Cost => _network.Graph is { } graph ? new Cost(graph.ParameterCount, graph.MultiplyAccumulates, graph.FloatingPointOperations) : null;
}
