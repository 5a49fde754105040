using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator;
using Xunit;

namespace NetGen.Tests.Infrastructure;

/// <summary>Compiles declarations in memory, with the generator or with what it printed, at the highest warning level, and loads the result.</summary>
internal static class NetworkCompiler
{
    private static readonly MetadataReference[] s_references = FindReferences();

    /// <summary>
    /// A generated half reports no nullable warning, whatever the project asks for; where it asks for them, Roslyn looks for them all the same, a sixth of its time.
    /// Classes of tests run in parallel, each with a compilation of its own.
    /// </summary>
    private static readonly CSharpCompilationOptions s_options = new(
        OutputKind.DynamicallyLinkedLibrary,
        optimizationLevel: OptimizationLevel.Release,
        concurrentBuild: false,
        nullableContextOptions: NullableContextOptions.Disable,
        warningLevel: 9999);

    /// <summary>Compiles and loads a source text; no diagnostic of warning or above, neither the generator's nor the compiler's.</summary>
    public static Assembly Load(string source)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp12, DocumentationMode.Diagnose);
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: parse)
            .RunGeneratorsAndUpdateCompilation(Compilation([CSharpSyntaxTree.ParseText(source, parse)]), out Compilation updated, out var diagnostics);
        return Load(updated, diagnostics);
    }

    /// <summary>Compiles and loads declarations with the generated halves given as text, so without the generator; no diagnostic of warning or above.</summary>
    public static Assembly Load(string source, IEnumerable<string> generated)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp12);
        return Load(Compilation(generated.Prepend(source).Select((text, i) => CSharpSyntaxTree.ParseText(text, parse, path: i + ".cs"))), []);
    }

    private static CSharpCompilation Compilation(IEnumerable<SyntaxTree> trees) =>
        CSharpCompilation.Create("Networks" + Guid.NewGuid().ToString("N"), trees, s_references, s_options);

    private static Assembly Load(Compilation compilation, IEnumerable<Diagnostic> diagnostics)
    {
        var image = new MemoryStream();
        string text = string.Join('\n', diagnostics.Concat(compilation.Emit(image).Diagnostics).Where(d => d.Severity >= DiagnosticSeverity.Warning).Take(20));
        Assert.True(text.Length == 0, text);
        image.Position = 0;
        return new AssemblyLoadContext("Networks").LoadFromStream(image);
    }

    /// <summary>The framework of this process and the runtime, nothing else.</summary>
    private static MetadataReference[] FindReferences()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return [.. platform.Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Append(typeof(NetworkAttribute).Assembly.Location)
            .Append(Path.Combine(AppContext.BaseDirectory, "System.Numerics.Tensors.dll"))
            .Select(path => MetadataReference.CreateFromFile(path))];
    }
}
