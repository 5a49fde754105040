using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>The compiler proper knows nothing of Roslyn: its sources compile without it.</summary>
public class CompilerIsRoslynFreeTests
{
    private static readonly string[] s_rooms = ["Declaration", "Graph", "Layers", "Program", "Kernels", "Analyses", "Advice"];

    [Fact]
    public void CompilesWithoutRoslyn()
    {
        string generator = Generator();
        string[] files = [.. s_rooms.Select(room => Path.Combine(generator, room)).Append(Path.Combine(generator, "..", "Runtime", "Reports")).SelectMany(room => Directory.GetFiles(room, "*.cs", SearchOption.AllDirectories))];
        Assert.True(files.Length > 10);
        Assert.Empty(Compile(files.Select(File.ReadAllText).ToArray()));
        Assert.DoesNotContain(files, file => File.ReadAllText(file).Contains("Microsoft.CodeAnalysis", StringComparison.Ordinal));
    }

    [Fact]
    public void ARoslynTypeWouldBeFound() => Assert.NotEmpty(Compile("class C { Microsoft.CodeAnalysis.ISymbol? S; }"));

    private static Diagnostic[] Compile(params string[] sources) => CSharpCompilation.Create(
            "Compiler",
            sources.Select(source => CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest))),
            Code.References.Where(reference => Path.GetFileName(reference.Display!) is var file && file.StartsWith("System.", StringComparison.Ordinal)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
        .GetDiagnostics()
        .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
        .ToArray();

    private static string Generator([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Generator"));
}
