using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>What a rule reports of a source.</summary>
internal static class RuleCheck
{
    /// <summary>Exactly the marked diagnostics are reported, with and without the generated half, one of them with the message. Advice of other rules than the marked may be there.</summary>
    public static async Task Fires(string text, string message)
    {
        var markup = Markup.Parse(text);
        CSharpCompilation compilation = Code.Compile(markup.Source);
        int prelude = compilation.SyntaxTrees[0].Length - markup.Source.Length;
        IEnumerable<(string, TextSpan)> expected = markup.Marks.Select(mark => (mark.Rule, new TextSpan(mark.Span.Start + prelude, mark.Span.Length)));
        bool IsMeant(Diagnostic diagnostic) => IsMistake(diagnostic) || markup.Marks.Any(mark => mark.Rule == diagnostic.Id);
        (Compilation output, _) = Code.Generate(compilation);
        foreach (Compilation seen in new[] { compilation, output })
        {
            List<Diagnostic> found = (await Code.Analyze(seen, seen == output ? BuildOptions.WithAnalyzers : null)).Where(IsMeant).ToList();
            Assert.Equal(Sorted(expected), Sorted(found.Select(diagnostic => (diagnostic.Id, diagnostic.Location.SourceSpan))));
            Assert.Contains(found, diagnostic => Message(diagnostic).Contains(message, StringComparison.Ordinal));
        }

        // The compiler has nothing to add.
        Assert.Subset(Code.Errors(compilation).ToHashSet(), Code.Errors(output).ToHashSet());

        // In a build without analyzers the generator tells the errors, but gives no advice, and an analyzer that is there nevertheless does not repeat them.
        static bool IsError(Diagnostic diagnostic) => diagnostic.DefaultSeverity == DiagnosticSeverity.Error;
        IEnumerable<string> errors = (await Code.Analyze(compilation)).Where(IsError).Select(diagnostic => diagnostic.ToString());
        Assert.Equal(errors.Order(), Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out output).Select(diagnostic => diagnostic.ToString()).Order());
        Assert.DoesNotContain(await Code.Analyze(output), IsError);

        static IEnumerable<(string, TextSpan)> Sorted(IEnumerable<(string Rule, TextSpan Span)> marks) => marks.OrderBy(mark => mark.Span.Start).ThenBy(mark => mark.Rule, StringComparer.Ordinal);
    }

    /// <summary>The test's rule, which its name starts with, reports nothing, and no network has a mistake.</summary>
    public static async Task IsSilent(string source, CSharpParseOptions? options = null, [CallerMemberName] string test = "")
    {
        CSharpCompilation compilation = Code.Compile(options ?? Code.Latest, source);
        (Compilation output, GeneratorRunResult run) = Code.Generate(compilation);
        bool IsMeant(Diagnostic diagnostic) => IsMistake(diagnostic) || test.StartsWith(diagnostic.Id, StringComparison.Ordinal);
        Assert.DoesNotContain(await Code.Analyze(compilation), IsMeant);
        Assert.DoesNotContain(await Code.Analyze(output, BuildOptions.WithAnalyzers), IsMeant);
        Assert.NotEmpty(run.GeneratedSources);
        Assert.DoesNotContain(run.GeneratedSources, Code.IsStub);
        Assert.Empty(Code.Problems(output));
    }

    public static string Message(Diagnostic diagnostic) => diagnostic.GetMessage(CultureInfo.InvariantCulture);

    /// <summary>What the analyzer reports but for advice.</summary>
    public static async Task<Diagnostic[]> Mistakes(Compilation compilation, BuildOptions? build = null) => [.. (await Code.Analyze(compilation, build)).Where(IsMistake)];

    private static bool IsMistake(Diagnostic diagnostic) => diagnostic.Id is not "NG0001" && (diagnostic.Id.StartsWith("NG1", StringComparison.Ordinal) || !diagnostic.Id.StartsWith("NG", StringComparison.Ordinal));
}
