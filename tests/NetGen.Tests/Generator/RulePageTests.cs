using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>The rules' pages are true: the first example fires the rule, and the mended one does not and compiles.</summary>
public class RulePageTests
{
    public static TheoryData<string> Ids => new(Directory.GetFiles(Folder()).Select(path => Path.GetFileNameWithoutExtension(path)!).Order());

    [Theory]
    [MemberData(nameof(Ids))]
    [Trait("Lane", "Slow")]
    public async Task ExamplesAreTrue(string id)
    {
        string[] examples = File.ReadAllText(Path.Combine(Folder(), id + ".md")).Split("```csharp\n").Skip(1).Select(text => text[..text.IndexOf("```", StringComparison.Ordinal)]).ToArray();
        if (id is "NG1025" or "NG3040" or "NG4001" or "NG4002")
        {
            Assert.Empty(examples);
            return;
        }

        Compilation broken = Code.Generate(Code.Compile(examples[0])).Output;
        Assert.Contains(await Code.Analyze(broken, BuildOptions.WithAnalyzers), diagnostic => diagnostic.Id == id);
        if (id == "NG0001")
            return;
        (Compilation output, _) = Code.Generate(Code.Compile(examples[1]));

        // What is no more than information may be said of small examples.
        Assert.DoesNotContain(await Code.Analyze(output, BuildOptions.WithAnalyzers), diagnostic => diagnostic.Id == id || diagnostic.Severity >= DiagnosticSeverity.Warning);
        Assert.DoesNotContain(output.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", "rules"));
}
