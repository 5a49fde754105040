using System;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Generator.RuleCheck;

namespace NetGen.Tests.Generator;

/// <summary>How a project references the runtime.</summary>
public partial class RuleTests
{
    /// <summary>Once for all networks, by whoever tells the mistakes; nothing is generated that could not compile.</summary>
    [Theory]
    [InlineData("NG")]
    [InlineData("NG,Other")]
    public async Task NG1044_Fires(string aliases)
    {
        CSharpCompilation compilation = Aliased(aliases, "using NG::NetGen; [Network(4), Linear(3)] class NotPartial; [Network(4), Linear(3)] partial class Net;");
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(compilation));
        Assert.Equal("NG1044", diagnostic.Id);
        Assert.Equal($"NetGen is referenced under the alias '{aliases}' only, but generated code reads it as global::NetGen: write Aliases=\"global,{aliases}\"", Message(diagnostic));
        Assert.Equal([diagnostic.ToString()], Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out _).Select(told => told.ToString()));
        (Compilation output, GeneratorRunResult run) = Code.Generate(compilation);
        Assert.Empty(run.GeneratedSources);
        Assert.Empty(Code.Problems(output));
    }

    /// <summary>Without networks nothing is generated, so nothing is amiss.</summary>
    [Theory]
    [InlineData("global,NG", "using NG::NetGen; [Network(4), Linear(3)] partial class Net;", 1)]
    [InlineData("NG", "class Plain { NG::NetGen.SGD? F; [System.Obsolete] class Inner; }", 0)]
    public async Task NG1044_IsSilent(string aliases, string source, int files)
    {
        (Compilation output, GeneratorRunResult run) = Code.Generate(Aliased(aliases, source));
        Assert.DoesNotContain(await Code.Analyze(output, BuildOptions.WithAnalyzers), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Equal(files, run.GeneratedSources.Length);
        Assert.Empty(Code.Errors(output));
    }

    private static CSharpCompilation Aliased(string aliases, string source) => Code.Empty
        .WithReferences(Code.References.Select(reference => reference.Display!.EndsWith("NetGen.dll", StringComparison.Ordinal) ? reference.WithAliases(aliases.Split(',')) : reference))
        .AddSyntaxTrees(CSharpSyntaxTree.ParseText("extern alias NG; " + source, Code.Latest, "File0.cs"));
}
