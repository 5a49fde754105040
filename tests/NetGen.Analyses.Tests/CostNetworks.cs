using System;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Parsing;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>Networks to analyse: of a source text, or of the reference.</summary>
internal static class CostNetworks
{
    private static readonly Lazy<CSharpCompilation> s_references = new(() => Code.Empty.AddSyntaxTrees(
        typeof(CostNetworks).Assembly.GetManifestResourceNames().Where(name => name is "References.cs" or "TestedVariants.cs" or "TimedVariants.cs").Select(name => CSharpSyntaxTree.ParseText(SourceText.From(Resource(name)), Code.Latest))));

    /// <summary>The classes of the reference.</summary>
    public static TheoryData<string> References => [.. s_references.Value.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>()
        .Where(type => type.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "NetworkAttribute")).Select(type => type.Name).Order(StringComparer.Ordinal)];

    public static AnalyzedNetwork Reference(string name) => Of(s_references.Value, name);

    /// <summary>The class <c>Net</c> of a source.</summary>
    public static AnalyzedNetwork Of(string source) => Of(Code.Compile(source), "Net");

    public static Stream Resource(string name) => typeof(CostNetworks).Assembly.GetManifestResourceStream(name)!;

    private static AnalyzedNetwork Of(Compilation compilation, string name)
    {
        var type = (INamedTypeSymbol)compilation.GetSymbolsWithName(name, SymbolFilter.Type).Single();
        ParseResult parsed = DeclarationParser.Parse(type, default);
        var network = CheckedNetwork.Of(parsed);
        Assert.Empty(network.Errors);
        return new AnalyzedNetwork(network.Graph!, parsed.Statements);
    }
}
