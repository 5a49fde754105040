using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
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
    private readonly ParseResult _parsed = parsed;
    private readonly Lazy<CheckedNetwork> _network = new(() => CheckedNetwork.Of(parsed));
    private Lazy<EquatableArray<DeclarationError>>? _advice;

    /// <summary>Whether the same is found of another declaration, because it is equal.</summary>
    public bool AreThoseOf(Findings other) => _parsed.Equals(other._parsed);

    /// <summary>Mistakes, with which nothing is compiled.</summary>
    public EquatableArray<DeclarationError> Errors => _network.Value.Errors;

    /// <summary>What is said of a network that compiles. It is looked for where it is asked for: a build without analyzers does without it.</summary>
    public EquatableArray<DeclarationError> Advice => (_advice ??= new(() => Found(ofStatements: false))).Value;

    /// <summary>What of it contradicts what the user states, an error in every build.</summary>
    public IEnumerable<DeclarationError> Contradictions
    {
        get
        {
            try
            {
                return Found(ofStatements: true).Where(found => Descriptors.Get(found.Rule).DefaultSeverity == DiagnosticSeverity.Error);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Where the compiler breaks its own rules, the network's own output says so, and the others' must not fail with it.
                return [];
            }
        }
    }

    private EquatableArray<DeclarationError> Found(bool ofStatements) => _network.Value.Graph is { } graph
        ? AdviceRule.Of(new AnalyzedNetwork(graph, _parsed.Statements), ofStatements).Select(found => CheckedNetwork.InSource(found, _parsed)).ToEquatableArray()
        : default;

    /// <summary>What the network costs; null where there is no graph.</summary>
    public Cost? Cost => _network.Value.Graph is { } graph ? new Cost(graph.ParameterCount, graph.MultiplyAccumulates, graph.FloatingPointOperations) : null;
}
