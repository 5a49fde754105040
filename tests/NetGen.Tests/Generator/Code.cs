using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using NetGen.Generator;
using NetGen.Generator.Diagnostics;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>Compiles sources as a user's project would, with the runtime referenced, and runs generator and analyzer over them.</summary>
internal static class Code
{
    public static readonly ImmutableArray<MetadataReference> References =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path) is var file
            && (file.StartsWith("System.", StringComparison.Ordinal) || file is "NetGen.dll" or "netstandard.dll"))
        .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))
        .ToImmutableArray();

    public static readonly CSharpParseOptions Latest = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    public static readonly CSharpCompilationOptions Library =
        new(OutputKind.DynamicallyLinkedLibrary, warningLevel: 9999, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release);

    /// <summary>A project without a source. Compilations that come of one share what Roslyn reads of its references.</summary>
    public static readonly CSharpCompilation Empty = NetworkCompiler.Bound(CSharpCompilation.Create("User", references: References, options: Library));

    public static CSharpCompilation Compile(params string[] sources) => Compile(Latest, sources);

    public static CSharpCompilation Compile(CSharpParseOptions options, params string[] sources) =>
        Empty.AddSyntaxTrees([.. sources.Select((source, i) => CSharpSyntaxTree.ParseText("using NetGen;\n" + source, options, $"File{i}.cs"))]);

    /// <summary>A compilation as the metadata of a library.</summary>
    public static MetadataReference Image(CSharpCompilation compilation)
    {
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    /// <summary>A driver that records what was computed anew.</summary>
    public static GeneratorDriver Driver(CSharpParseOptions? options = null, BuildOptions? build = null) => CSharpGeneratorDriver.Create(
        [new NetworkGenerator().AsSourceGenerator()],
        parseOptions: options ?? Latest,
        optionsProvider: build ?? BuildOptions.WithAnalyzers,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>
    /// Runs the generator; it must neither throw nor report anything itself. It runs again on a clone of the compilation, and then
    /// every model must be cached or unchanged and every source output cached.
    /// </summary>
    public static (Compilation Output, GeneratorRunResult Run) Generate(Compilation compilation)
    {
        CSharpParseOptions? options = compilation.SyntaxTrees.FirstOrDefault()?.Options as CSharpParseOptions;
        GeneratorDriver driver = Driver(options).RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        GeneratorRunResult run = Assert.Single(driver.GetRunResult().Results);
        Assert.Null(run.Exception);

        GeneratorRunResult again = Assert.Single(driver.RunGenerators(compilation.Clone()).GetRunResult().Results);
        if (again.TrackedSteps.TryGetValue(NetworkGenerator.DeclarationStep, out ImmutableArray<IncrementalGeneratorRunStep> models))
        {
            Assert.All(
                models.SelectMany(step => step.Outputs),
                model => Assert.True(model.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, model.Reason.ToString()));
        }

        Assert.All(
            again.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs),
            source => Assert.Equal(IncrementalStepRunReason.Cached, source.Reason));
        return (output, run);
    }

    /// <summary>The generator's own messages of a build that does not say that analyzers run, and the compilation with what it generates.</summary>
    public static ImmutableArray<Diagnostic> Tell(Compilation compilation, BuildOptions build, out Compilation output, params ISourceGenerator[] others)
    {
        CSharpParseOptions? options = compilation.SyntaxTrees.FirstOrDefault()?.Options as CSharpParseOptions;
        Driver(options, build).AddGenerators([.. others]).RunGeneratorsAndUpdateCompilation(compilation, out output, out ImmutableArray<Diagnostic> diagnostics);
        return diagnostics;
    }

    /// <summary>What the analyzer reports; an exception of its own comes as AD0001.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Analyze(Compilation compilation, BuildOptions? build = null) =>
        await compilation.WithAnalyzers([new NetGenAnalyzer()], new AnalyzerOptions([], build ?? BuildOptions.Unknown)).GetAnalyzerDiagnosticsAsync();

    /// <summary>Warnings and errors of the compiler.</summary>
    public static IEnumerable<Diagnostic> Problems(Compilation compilation) =>
        compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    /// <summary>The compiler's errors.</summary>
    public static IEnumerable<string> Errors(Compilation compilation) =>
        compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.ToString()).Order();

    /// <summary>Whether the file stands in the place of a network with a mistake.</summary>
    public static bool IsStub(GeneratedSourceResult source) => source.SourceText.ToString().Contains(" is not compiled", StringComparison.Ordinal);

    public static string Text(Diagnostic diagnostic) => Text(diagnostic.Location);

    public static string Text(Location location) => location.SourceTree!.GetText().ToString(location.SourceSpan);
}
