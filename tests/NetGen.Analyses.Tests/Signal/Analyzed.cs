using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Parsing;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>What the analyses see of a source's network.</summary>
internal static class Analyzed
{
    public static AnalyzedNetwork Network(string source, string name = "Net")
    {
        CSharpCompilation compilation = Code.Compile(source);
        INamedTypeSymbol type = Assert.Single(compilation.GetSymbolsWithName(name).OfType<INamedTypeSymbol>());
        ParseResult parsed = DeclarationParser.Parse(type, default);
        CheckedNetwork network = CheckedNetwork.Of(parsed);
        Assert.Empty(network.Errors);
        return new AnalyzedNetwork(network.Graph!, parsed.Statements);
    }

    /// <summary>The signal of a network's nodes in the order of execution.</summary>
    public static LayerSignal[] Signals(string source)
    {
        AnalyzedNetwork network = Network(source);
        return [.. network.Graph.Nodes.Select(node => network.Signal[node.Result])];
    }
}
