using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>What keeps the generator's structure: which room may see which, and that nothing in it grows without end.</summary>
public class StructureTests
{
    private const int LongestMethod = 80;
    private const int MostMembers = 8;
    private const int LargestCircle = 6;

    private static readonly Lazy<Dictionary<string, HashSet<string>>> s_imports = new(Imports);

    /// <summary>
    /// The rooms that each room may see beside itself: those to its left in the order of this list. Layers see to the right what they are lowered to, programs
    /// the kinds of steps and their nests, and the graph the packing of parameters, whose length it limits.
    /// </summary>
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Declaration"] = [],
        ["Parsing"] = ["Declaration"],
        ["Graph"] = ["Declaration", "Program"],
        ["Layers"] = ["Declaration", "Graph", "Program", "Kernels"],
        ["Program"] = ["Declaration", "Graph", "Kernels"],
        ["Kernels"] = ["Declaration", "Graph", "Program"],
        ["Analyses"] = ["Declaration", "Graph", "Layers", "Program", "Kernels"],
        ["Advice"] = ["Declaration", "Graph", "Analyses"],
        ["Emission"] = ["Declaration", "Graph", "Program", "Kernels", "Analyses", "."],
        ["Diagnostics"] = ["Declaration", "Graph", "Parsing", "Analyses", "Advice"],
        ["."] = ["Declaration", "Graph", "Parsing", "Program", "Analyses", "Emission", "Diagnostics"],
    };

    [Fact]
    [Trait("Lane", "Slow")]
    public void A_room_sees_only_what_it_may()
    {
        string[] forbidden = [.. s_imports.Value
            .SelectMany(file => file.Value.Select(seen => (file.Key, Seen: seen)))
            .Where(import => Room(import.Key) != Room(import.Seen) && !s_allowed[Room(import.Key)].Contains(Room(import.Seen)))
            .Select(import => $"{import.Key} sees {import.Seen}").Order()];
        Assert.True(forbidden.Length == 0, string.Join('\n', forbidden));
    }

    [Fact]
    public void No_circle_of_files_is_large()
    {
        string[] circles = [.. Circles(s_imports.Value).Where(circle => circle.Count > LargestCircle).Select(circle => $"{circle.Count} files see each other: {string.Join(", ", circle.Order())}")];
        Assert.True(circles.Length == 0, string.Join('\n', circles));
    }

    [Fact]
    public void No_method_of_emission_is_long()
    {
        string[] methods = [.. Trees().Where(tree => Room(tree.FilePath) == "Emission").SelectMany(tree => tree.GetRoot().DescendantNodes())
            .Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)
            .Select(node => (Span: node.GetLocation().GetLineSpan(), Lines: node.GetLocation().GetLineSpan() is var span ? span.EndLinePosition.Line - span.StartLinePosition.Line + 1 : 0))
            .Where(method => method.Lines > LongestMethod).Select(method => $"{method.Span.Path}({method.Span.StartLinePosition.Line + 1}): {method.Lines} lines")];
        Assert.True(methods.Length == 0, string.Join('\n', methods));
    }

    [Fact]
    public void No_record_has_many_positional_members()
    {
        string[] records = [.. Trees().SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<RecordDeclarationSyntax>())
            .Where(record => record.ParameterList?.Parameters.Count > MostMembers).Select(record => $"{record.SyntaxTree.FilePath}: {record.Identifier} has {record.ParameterList!.Parameters.Count}")];
        Assert.True(records.Length == 0, string.Join('\n', records));
    }

    private static string Room(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder.Split(Path.DirectorySeparatorChar)[0] : ".";

    private static SyntaxTree[] Trees()
    {
        string root = Generator();
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        return [.. Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path)).Where(path => Room(path) is not ("obj" or "bin")).Order(StringComparer.Ordinal)
            .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(root, path)), options, path))];
    }

    /// <summary>The files that each file names a type or a member of.</summary>
    private static Dictionary<string, HashSet<string>> Imports()
    {
        SyntaxTree[] trees = Trees();
        var compilation = CSharpCompilation.Create(
            "Generator", trees,
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => !Path.GetFileName(path).StartsWith("NetGen", StringComparison.Ordinal)).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return trees.ToDictionary(tree => tree.FilePath, tree =>
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            return tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
                .Select(name => model.GetSymbolInfo(name).Symbol)
                .Where(symbol => symbol is INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol)
                .SelectMany(symbol => (symbol!.OriginalDefinition as INamedTypeSymbol ?? symbol.ContainingType?.OriginalDefinition)?.DeclaringSyntaxReferences ?? [])
                .Select(reference => reference.SyntaxTree.FilePath).Where(path => path != tree.FilePath).ToHashSet();
        });
    }

    /// <summary>The strongly connected components (Tarjan 1972).</summary>
    private static List<List<string>> Circles(Dictionary<string, HashSet<string>> imports)
    {
        var circles = new List<List<string>>();
        var index = new Dictionary<string, int>();
        var low = new Dictionary<string, int>();
        var stack = new List<string>();
        foreach (string file in imports.Keys)
        {
            if (!index.ContainsKey(file))
                Visit(file);
        }

        return circles;

        void Visit(string file)
        {
            index[file] = low[file] = index.Count;
            stack.Add(file);
            foreach (string seen in imports[file])
            {
                if (!index.ContainsKey(seen))
                {
                    Visit(seen);
                    low[file] = Math.Min(low[file], low[seen]);
                }
                else if (stack.Contains(seen))
                {
                    low[file] = Math.Min(low[file], index[seen]);
                }
            }

            if (low[file] != index[file])
                return;
            int first = stack.IndexOf(file);
            circles.Add(stack[first..]);
            stack.RemoveRange(first, stack.Count - first);
        }
    }

    private static string Generator([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Generator"));
}
