using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>The rules' pages are true: the first example fires the rule, with the words that stand behind it, and the mended one does not and compiles.</summary>
public class RulePageTests
{
    public static TheoryData<string> Ids => new(Directory.GetFiles(Folder()).Select(path => Path.GetFileNameWithoutExtension(path)!).Order());

    [Theory]
    [MemberData(nameof(Ids))]
    [Trait("Lane", "Slow")]
    public async Task ExamplesAreTrue(string id)
    {
        string[] examples = File.ReadAllText(Path.Combine(Folder(), id + ".md")).Split("```csharp\n").Skip(1).Select(text => text[..text.IndexOf("```", StringComparison.Ordinal)]).ToArray();
        if (id is "NG1025" or "NG1044" or "NG3040" or "NG4001" or "NG4002" or "NG4003")
        {
            Assert.Empty(examples);
            return;
        }

        Compilation broken = Code.Generate(Code.Compile(examples[0])).Output;
        string[] messages = [.. (await Code.Analyze(broken, BuildOptions.WithAnalyzers)).Where(diagnostic => diagnostic.Id == id)
            .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).Select(diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture))];
        Assert.NotEmpty(messages);
        Check(Path.Combine(Folder(), id + ".md"), examples[0], messages);
        if (id == "NG0001")
            return;
        (Compilation output, _) = Code.Generate(Code.Compile(examples[1]));

        // What is no more than information may be said of small examples.
        Assert.DoesNotContain(await Code.Analyze(output, BuildOptions.WithAnalyzers), diagnostic => diagnostic.Id == id || diagnostic.Severity >= DiagnosticSeverity.Warning);
        Assert.DoesNotContain(output.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>Behind the first example stands what the build says of it, word for word; <c>NETGEN_ACCEPT_SNAPSHOTS=1</c> writes it anew.</summary>
    private static void Check(string path, string example, string[] messages)
    {
        const string start = "The build says:\n\n```text\n", end = "```\n\n";
        string page = File.ReadAllText(path);
        int behind = page.IndexOf(example, StringComparison.Ordinal) + example.Length + end.Length;
        string rest = page[Math.Min(behind, page.Length)..];
        if (rest.StartsWith(start, StringComparison.Ordinal))
            rest = rest[(rest.IndexOf(end, start.Length, StringComparison.Ordinal) + end.Length)..];
        string expected = $"{page[..Math.Min(behind, page.Length)]}{start}{string.Concat(messages.Select(message => message + "\n"))}{end}{rest}";
        if (Environment.GetEnvironmentVariable("NETGEN_ACCEPT_SNAPSHOTS") == "1")
            File.WriteAllText(path, expected);
        else
            Assert.Equal(expected, page);
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", "rules"));
}
