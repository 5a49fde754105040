using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator;
using NetGen.Generator.Compiler.Kernels;
using Xunit;

namespace NetGen.Tests.Infrastructure;

/// <summary>Compiles declarations in memory, with the generator or with what it printed, at the highest warning level, and loads the result.</summary>
internal static class NetworkCompiler
{
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

    /// <summary>The framework and the runtime. Compilations that come of one share what Roslyn reads of its references.</summary>
    private static readonly CSharpCompilation s_empty = Bound(CSharpCompilation.Create("Networks", references: FindReferences(), options: s_options));

    /// <summary>What the names of tiles have of the widths that this machine does not have. Narrower ones may run: short rows have tiles of four lanes at all widths.</summary>
    private static readonly string[] s_widerWidths = [.. VectorWidths.Lanes.Where(lanes => lanes > Lanes).Select(lanes => string.Create(CultureInfo.InvariantCulture, $"V{lanes * 32}"))];

    private static readonly ConcurrentDictionary<string, bool> s_tiles = new();

    /// <summary>Floats of the widest vector that this machine has, which is what it runs.</summary>
    public static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>A compilation that has looked at its references, so that those that come of it need not.</summary>
    public static CSharpCompilation Bound(CSharpCompilation compilation)
    {
        compilation.GetSpecialType(SpecialType.System_Object);
        return compilation;
    }

    /// <summary>Compiles and loads a source text; no diagnostic of warning or above, neither the generator's nor the compiler's.</summary>
    public static Assembly Load(string source)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp12, DocumentationMode.Diagnose);
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: parse, optionsProvider: BuildOptions.WithAnalyzers)
            .RunGeneratorsAndUpdateCompilation(s_empty.AddSyntaxTrees(CSharpSyntaxTree.ParseText(source, parse)), out Compilation updated, out var diagnostics);
        return Load(updated, diagnostics);
    }

    /// <summary>Compiles and loads declarations with the generated halves given as text, so without the generator; no diagnostic of warning or above.</summary>
    public static Assembly Load(string source, IEnumerable<string> generated)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp12);
        return Load(s_empty.AddSyntaxTrees([.. generated.Prepend(source).Select((text, i) => CSharpSyntaxTree.ParseText(text, parse, path: i + ".cs"))]), []);
    }

    private static Assembly Load(Compilation compilation, IEnumerable<Diagnostic> diagnostics)
    {
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
            compilation = compilation.ReplaceSyntaxTree(tree, WithoutRepeatedTiles(tree));
        var image = new MemoryStream();
        string text = string.Join('\n', diagnostics.Concat(compilation.Emit(image).Diagnostics).Where(d => d.Severity >= DiagnosticSeverity.Warning).Take(20));
        Assert.True(text.Length == 0, text);
        image.Position = 0;
        return new AssemblyLoadContext("Networks").LoadFromStream(image);
    }

    /// <summary>
    /// Tiles are the same in many networks. One of a width that this machine does not have need not be compiled again: it has no body but in the first.
    /// </summary>
    private static SyntaxTree WithoutRepeatedTiles(SyntaxTree tree)
    {
        if (s_widerWidths.Length == 0)
            return tree;
        SyntaxNode root = tree.GetRoot();
        IEnumerable<MethodDeclarationSyntax> repeated = root.DescendantNodes(node => node is not MethodDeclarationSyntax).OfType<MethodDeclarationSyntax>()
            .Where(method => method.TypeParameterList is not null && s_widerWidths.Any(width => method.Identifier.Text.EndsWith(width, StringComparison.Ordinal)) && !s_tiles.TryAdd(method.ToString(), true));
        return tree.WithRootAndOptions(root.ReplaceNodes([.. repeated], (method, _) => method.WithBody(SyntaxFactory.Block())), tree.Options);
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
