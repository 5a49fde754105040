using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator.Diagnostics;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>Whoever tells a mistake, it is told, and once. RuleTests holds that generator and analyzer say the same.</summary>
public class ReportingTests
{
    private const string Mistake = "[Network(4), Linear(0)] partial class Net;";

    /// <summary>A block's mistake stands at another place than the network's, and its message is put together in another way.</summary>
    private const string InBlock = "[Block, Linear(3), LayerNorm(4)] class B; [Network(4), Repeat<B>(1)] partial class Net;";

    public static TheoryData<string> Silencers => new(s_silencers.Keys);

    private static readonly Dictionary<string, Func<string, CSharpCompilation>> s_silencers = new()
    {
        ["pragma"] = source => Code.Compile($"#pragma warning disable\n{source}"),
        ["pragma of the rules"] = source => Code.Compile($"#pragma warning disable {string.Join(", ", Rules())}\n{source}"),
        ["SuppressMessage of the module"] = source => Code.Compile(string.Concat(Rules().Select(rule => $"[module: System.Diagnostics.CodeAnalysis.SuppressMessage(\"NetGen\", \"{rule}\")]\n")) + source),
        ["SuppressMessage of the classes"] = source =>
        {
            string all = string.Concat(Rules().Select(rule => $"[System.Diagnostics.CodeAnalysis.SuppressMessage(\"NetGen\", \"{rule}\")] "));
            return Code.Compile(source.Replace("[Network", all + "[Network", StringComparison.Ordinal).Replace("[Block", all + "[Block", StringComparison.Ordinal));
        },
        ["NoWarn"] = source => With(source, options => options.WithSpecificDiagnosticOptions(Rules().ToDictionary(rule => rule, _ => ReportDiagnostic.Suppress))),
        ["severity of a message"] = source => With(source, options => options.WithSpecificDiagnosticOptions(Rules().ToDictionary(rule => rule, _ => ReportDiagnostic.Hidden))),
        ["no warnings at all"] = source => With(source, options => options.WithGeneralDiagnosticOption(ReportDiagnostic.Suppress).WithWarningLevel(0)),
        ["editorconfig"] = source => With(source, options => options.WithSyntaxTreeOptionsProvider(new Severities(ReportDiagnostic.Suppress))),
        ["editorconfig, as warning"] = source => With(source, options => options.WithSyntaxTreeOptionsProvider(new Severities(ReportDiagnostic.Warn))),
    };

    [Theory]
    [MemberData(nameof(Silencers))]
    public async Task AMistakeCannotBeSilenced(string silencer)
    {
        foreach (string source in new[] { Mistake, InBlock })
        {
            CSharpCompilation compilation = s_silencers[silencer](source);
            foreach (IEnumerable<Diagnostic> told in new IEnumerable<Diagnostic>[] { await Code.Analyze(compilation), Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out _) })
            {
                Diagnostic error = Assert.Single(told, diagnostic => diagnostic.Id != "NG0001");
                Assert.Equal((DiagnosticSeverity.Error, false), (error.Severity, error.IsSuppressed));
            }
        }
    }

    /// <summary>What a network costs is told for information, and may be switched off.</summary>
    [Fact]
    public async Task TheReportCanBeSilenced() =>
        Assert.Empty(await Code.Analyze(s_silencers["editorconfig"]("[Network(4), Linear(2)] partial class Net;")));

    /// <summary>Builds with the package's targets and without, and the hosts that load one of the two or both.</summary>
    [Theory]
    [InlineData("true", true, true, "analyzer")]
    [InlineData("true", false, true, "analyzer")]
    [InlineData("false", true, false, "generator")]
    [InlineData("false", true, true, "generator")]
    [InlineData("false", false, true, "analyzer")]
    [InlineData("", true, false, "generator")]
    [InlineData("", true, true, "generator")]
    [InlineData("", false, true, "analyzer")]
    public async Task OneOfTheTwoTells(string analyzersRun, bool generator, bool analyzer, string expected)
    {
        foreach (string source in new[] { Mistake, InBlock, "[Linear(3)] class Net;", "[Block] class B;" })
        {
            Compilation compilation = Code.Compile(source);
            var told = new List<string>();
            if (generator)
                told.AddRange(Code.Tell(compilation, analyzersRun switch { "true" => BuildOptions.WithAnalyzers, "false" => BuildOptions.WithoutAnalyzers, _ => BuildOptions.Unknown }, out compilation).Select(_ => "generator"));
            if (analyzer)
                told.AddRange((await Code.Analyze(compilation)).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(_ => "analyzer"));
            Assert.Equal(expected, Assert.Single(told));
        }
    }

    /// <summary>The generator tells mistakes, not what a network costs, and leaves nothing behind where there is none.</summary>
    [Fact]
    public void OfASoundNetworkTheGeneratorTellsNothing()
    {
        CSharpCompilation compilation = Code.Compile("[Network(4), Linear(2)] partial class Net;");
        Assert.Empty(Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out Compilation output));
        Assert.Equal(compilation.SyntaxTrees.Length + 1, output.SyntaxTrees.Count());
    }

    private static IEnumerable<string> Rules() => Descriptors.All.Select(descriptor => descriptor.Id);

    private static CSharpCompilation With(string source, Func<CSharpCompilationOptions, CSharpCompilationOptions> change) =>
        Code.Compile(source).WithOptions(change(Code.Library));

    private sealed class Severities(ReportDiagnostic severity) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.MarkedGenerated;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic value) => (value = severity) == severity;

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic value) => (value = severity) == severity;
    }
}
