using System;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Parsing;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>Networks of source texts, ready to be analysed.</summary>
internal static class SourceNetworks
{
    private static readonly Lazy<CSharpCompilation> s_references = new(() => Code.Empty.AddSyntaxTrees(new[] { "References.cs", "TestedVariants.cs", "TimedVariants.cs" }.Select(Tree)));

    /// <summary>All networks of the gallery.</summary>
    public static string[] References => [.. s_references.Value.GetSymbolsWithName(_ => true, SymbolFilter.Type).Where(IsNetwork).Select(type => type.Name).Order(StringComparer.Ordinal)];

    public static AnalyzedNetwork Reference(string name) => Of(s_references.Value, name);

    /// <summary>The class <c>Net</c> of a source.</summary>
    public static AnalyzedNetwork Of(string source) => Of(Code.Compile(source), "Net");

    private static AnalyzedNetwork Of(Compilation compilation, string name)
    {
        ParseResult parsed = DeclarationParser.Parse((INamedTypeSymbol)compilation.GetSymbolsWithName(name, SymbolFilter.Type).Single(), default);
        CheckedNetwork network = CheckedNetwork.Of(parsed);
        Assert.Empty(network.Errors);
        return new AnalyzedNetwork(network.Graph!, parsed.Statements);
    }

    private static bool IsNetwork(ISymbol type) => type.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "NetworkAttribute");

    private static SyntaxTree Tree(string name)
    {
        using var reader = new StreamReader(typeof(SourceNetworks).Assembly.GetManifestResourceStream(name)!);
        return CSharpSyntaxTree.ParseText(reader.ReadToEnd(), Code.Latest, name);
    }
}
