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

/// <summary>Compiles declarations with the generator in memory, at the highest warning level, and loads the result.</summary>
internal static class NetworkCompiler
{
    private static readonly MetadataReference[] s_references = FindReferences();

    /// <summary>How a user's project may be set up.</summary>
    public static CSharpCompilationOptions DefaultOptions { get; } = new(
        OutputKind.DynamicallyLinkedLibrary,
        optimizationLevel: OptimizationLevel.Release,
        nullableContextOptions: NullableContextOptions.Enable,
        warningLevel: 9999);

    /// <summary>Compiles and loads a source text; no diagnostic of warning or above, neither the generator's nor the compiler's.</summary>
    public static Assembly Load(string source) =>
        new AssemblyLoadContext("Networks").LoadFromStream(Emit(source, DefaultOptions, DocumentationMode.Diagnose));

    /// <summary>Compiles a source text to an assembly.</summary>
    public static MemoryStream Emit(string source, CSharpCompilationOptions options, DocumentationMode documentation)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp12, documentation);
        var compilation = CSharpCompilation.Create(
            "Networks" + Guid.NewGuid().ToString("N"), [CSharpSyntaxTree.ParseText(source, parse)], s_references, options);
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: parse)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation updated, out var diagnostics);
        var image = new MemoryStream();
        IEnumerable<Diagnostic> all = diagnostics.Concat(updated.Emit(image).Diagnostics).Where(d => d.Severity >= DiagnosticSeverity.Warning);
        string text = string.Join('\n', all.Take(20));
        Assert.True(text.Length == 0, text);
        image.Position = 0;
        return image;
    }

    /// <summary>Compiles and loads declarations with the generated halves given as text, so without the generator.</summary>
    public static Assembly Load(string source, IEnumerable<string> generated)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp12);
        var compilation = CSharpCompilation.Create(
            "Networks" + Guid.NewGuid().ToString("N"), generated.Prepend(source).Select((text, i) => CSharpSyntaxTree.ParseText(text, parse, path: i + ".cs")), s_references, DefaultOptions);
        var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning));
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
