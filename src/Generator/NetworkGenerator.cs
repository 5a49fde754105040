using System;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;
using NetGen.Generator.Diagnostics;
using NetGen.Generator.Emission;
using NetGen.Generator.Parsing;

namespace NetGen.Generator;

/// <summary>
/// Compiles every class with <c>[Network]</c>. Mistakes are the analyzer's to report; the generator passes them over in silence. It reports its own.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    private readonly Func<Graph, string> _compile;

    /// <summary>Called by the C# compiler.</summary>
    public NetworkGenerator()
        : this(static graph => NetworkEmitter.Emit(CompiledNetwork.Compile(graph)))
    {
    }

    /// <param name="compile">From a graph to the text of the network.</param>
    internal NetworkGenerator(Func<Graph, string> compile) => _compile = compile;

    /// <summary>The tracking name of the step from symbols to declarations.</summary>
    internal const string DeclarationStep = "Declaration";

    /// <summary>The tracking name of the step from declarations to graphs.</summary>
    internal const string GraphStep = "Graph";

    internal static readonly string Version = typeof(NetworkGenerator).Assembly.GetName().Version.ToString(3);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var memory = new DeclarationMemory<ParseResult>();
        IncrementalValuesProvider<Graph> graphs = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is TypeDeclarationSyntax { AttributeLists.Count: > 0 },
                (syntax, cancellation) => memory.Get(syntax.SemanticModel.Compilation, syntax.Node, () => NetworkSyntax.Parse(syntax, cancellation)))
            .Where(static parsed => parsed is { Declaration: not null, Errors.Count: 0 })
            .WithTrackingName(DeclarationStep)
            .Select(static (parsed, _) => CheckedNetwork.Of(parsed).Graph)
            .WithTrackingName(GraphStep)
            .Where(static graph => graph is not null)
            .Select(static (graph, _) => graph!);

        context.RegisterSourceOutput(graphs, Compile);
    }

    /// <summary>The network's file. Where the compiler breaks its own rules, one error asks for a report; the C# compiler would show a warning without a network.</summary>
    private void Compile(SourceProductionContext output, Graph graph)
    {
        try
        {
            output.AddSource(HintName(graph.Declaration), _compile(graph));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            output.ReportDiagnostic(Diagnostic.Create(Descriptors.Get(Rules.CompilerFailure), Location.None, graph.Declaration.Name, failure.Message.TrimEnd('.')));
        }
    }

    /// <summary>
    /// The class's full name, or its end; a hash of it tells apart those that differ in case only or nest differently, which Roslyn takes for one.
    /// </summary>
    private static string HintName(NetworkDeclaration declaration)
    {
        string name = declaration.Namespace.Length > 0 ? declaration.Namespace + "." : "";
        foreach (ContainingType type in declaration.ContainingTypes)
            name += type.Name + "+";
        name += declaration.Name;
        uint hash = name.Aggregate(2166136261u, (hash, letter) => unchecked((hash ^ letter) * 16777619u)); // FNV-1a
        return Naming.Short(name) + "." + hash.ToString("x8", CultureInfo.InvariantCulture) + GeneratedMembers.FileSuffix;
    }
}
