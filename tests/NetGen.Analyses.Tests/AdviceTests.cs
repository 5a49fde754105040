using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using NetGen.Generator.Diagnostics;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>Advice is the project's to configure, and of a network that compiles only.</summary>
public class AdviceTests
{
    private const string ChannelsLast = "[Network(28, 28, 1), Conv2d(16, 3, Padding = 1), ReLU, Flatten, Linear(10)] partial class Net;";

    [Fact]
    public async Task A_pragma_takes_it_away()
    {
        Assert.Single(await Told(ChannelsLast));
        Assert.Empty(await Told("#pragma warning disable NG2001\n" + ChannelsLast));
        Assert.Single(await Told("#pragma warning disable NG2001\n#pragma warning restore NG2001\n" + ChannelsLast));
    }

    [Fact]
    public async Task An_attribute_takes_it_away() =>
        Assert.Empty(await Told("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"NetGen\", \"NG2001\")] " + ChannelsLast));

    /// <summary>As <c>dotnet_diagnostic.NG2001.severity</c> in an .editorconfig has it.</summary>
    [Theory]
    [InlineData(ReportDiagnostic.Suppress, null)]
    [InlineData(ReportDiagnostic.Info, DiagnosticSeverity.Info)]
    [InlineData(ReportDiagnostic.Error, DiagnosticSeverity.Error)]
    public async Task An_editorconfig_sets_its_severity(ReportDiagnostic configured, DiagnosticSeverity? severity)
    {
        CSharpCompilation compilation = Code.Compile(ChannelsLast);
        compilation = compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(new Dictionary<string, ReportDiagnostic> { ["NG2001"] = configured }));
        Assert.Equal(severity, (await Code.Analyze(compilation)).SingleOrDefault(diagnostic => diagnostic.Id == "NG2001")?.Severity);
    }

    /// <summary>What does not compile is told its mistake, and no advice beside it.</summary>
    [Fact]
    public async Task Beside_a_mistake_there_is_none() =>
        Assert.Equal(["NG1018"], (await Code.Analyze(Code.Compile("[Network(28, 28, 1), Conv2d(16, 3, Padding = 1), Linear(10)] partial class Net;"))).Select(diagnostic => diagnostic.Id));

    /// <summary>Whoever switches analyzers off wants none.</summary>
    [Fact]
    public void A_build_without_analyzers_has_none() =>
        Assert.Empty(Code.Tell(Code.Compile(ChannelsLast), Infrastructure.BuildOptions.WithoutAnalyzers, out _));

    /// <summary>What a network contradicts of what is stated of it is an error in every build, and the project's to configure.</summary>
    [Theory]
    [InlineData("NG3001", "[Budget(Parameters = 1), Network(4), Linear(2), MSELoss] partial class Net;")]
    [InlineData("NG2020", "[Classes(10), Network(4), Linear(9), CrossEntropyLoss] partial class Net;")]
    public async Task What_contradicts_a_statement_is_told_without_analyzers(string rule, string source)
    {
        Diagnostic error = Assert.Single(Code.Tell(Code.Compile(source), Infrastructure.BuildOptions.WithoutAnalyzers, out Compilation output));
        Assert.Equal((rule, DiagnosticSeverity.Error), (error.Id, error.Severity));
        Assert.DoesNotContain(await Code.Analyze(output), diagnostic => diagnostic.Id == rule);
        Assert.Empty(Code.Tell(Code.Compile(source), Infrastructure.BuildOptions.WithAnalyzers, out output));
        Assert.Single(await Code.Analyze(output), diagnostic => diagnostic.Id == rule);
        Assert.All(Code.Tell(Code.Compile($"#pragma warning disable {rule}\n{source}"), Infrastructure.BuildOptions.WithoutAnalyzers, out _), told => Assert.True(told.IsSuppressed));
    }

    /// <summary>What is told of a block that several networks use is told once, by the first of them, and after an edit elsewhere too.</summary>
    [Fact]
    public async Task Advice_in_blocks_is_told_once()
    {
        CSharpCompilation compilation = Code.Compile(
            "[Block, Linear(8), BatchNorm1d, ReLU] class Body; [Network(8), Residual<Body>, Linear(4), CrossEntropyLoss] partial class First; [Network(8), Residual<Body>, Linear(2), CrossEntropyLoss] partial class Second;",
            "static class Other { public static int Version => 1; }");
        var analyzer = new NetGenAnalyzer();
        string[] first = await Analyze(compilation, analyzer);
        Assert.Single(first, text => text.Contains("NG2049", StringComparison.Ordinal));
        compilation = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], CSharpSyntaxTree.ParseText("static class Other { public static int Version => 2; }", Code.Latest, "File1.cs"));
        Assert.Equal(first, await Analyze(compilation, analyzer));
    }

    private static async Task<string[]> Analyze(CSharpCompilation compilation, NetGenAnalyzer analyzer) =>
        [.. (await compilation.WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync()).Select(diagnostic => diagnostic.ToString()).Order(StringComparer.Ordinal)];

    private static async Task<IEnumerable<Diagnostic>> Told(string source) =>
        (await Code.Analyze(Code.Compile(source))).Where(diagnostic => diagnostic.Id == "NG2001");
}
