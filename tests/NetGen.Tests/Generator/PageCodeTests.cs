using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>
/// The code that the pages show is true as it is written. A page is a project: its statements are the program, in their order, its declarations stand behind them or in
/// files of their own, and what a page shows as output is what its program prints. Code before an error has this error. A comment before a block, invisible on the page, says that it is something else:
/// lines of a file of the repository, members of a class, or what another test compares with what is printed. The rules' pages have a test of their own.
/// </summary>
[Trait("Lane", "Slow")]
public sealed partial class PageCodeTests : IDisposable
{
    /// <summary>What <c>dotnet new console</c> switches on.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>The packages beside the runtime that a page may use, with what they need.</summary>
    private static readonly Dictionary<string, string[]> s_packages = new()
    {
        ["NetGen.Csv"] = ["NetGen.Csv.dll", "Sep.dll"],
        ["NetGen.Charts"] =
        [
            "NetGen.Charts.dll", "Plotly.NET.dll", "Plotly.NET.CSharp.dll", "FSharp.Core.dll", "Fable.Core.dll", "DynamicObj.dll", "Giraffe.ViewEngine.dll", "Newtonsoft.Json.dll",
            "Spectre.Console.dll", "Spectre.Console.Ansi.dll",
        ],
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("netgen-page-").FullName;

    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md").Append(Path.Combine(Root(), "README.md")).Select(path => Path.GetRelativePath(Root(), path)).Order()];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Code_of_the_page_is_true(string page)
    {
        Block[] blocks = [.. Blocks(page)];
        var program = new List<Block>();
        string output = "";
        for (int i = 0; i < blocks.Length; i++)
        {
            Block block = blocks[i];
            Block? shown = i + 1 < blocks.Length && blocks[i + 1] is { Language: "text", Mark: null } next ? next : null;
            if (block.Language != "csharp")
            {
                continue;
            }
            else if (block.Mark is { } mark)
            {
                await CheckMarked(page, block.Text, mark);
            }
            else if (shown is not null && Error().Match(shown.Text) is { Success: true } error)
            {
                Assert.Equal(shown.Text.Split('\n'), await Errors(error.Groups[1].Value, block.Text));
            }
            else
            {
                program.Add(block);
                output += shown is null ? "" : shown.Text + "\n";
            }
        }

        if (program.Count > 0)
            Assert.Equal(output, await Run([.. program.Select(block => block.Text)]));
    }

    private static async Task CheckMarked(string page, string text, string mark)
    {
        if (mark == "members")
        {
            await Compile([("Members.cs", $"using System.Runtime.CompilerServices;\nusing System.Runtime.Intrinsics;\ninternal static class Members\n{{\n{text}\n}}")]);
        }
        else if (mark.Contains('/', StringComparison.Ordinal))
        {
            // A page may show a method without its body, and explain lines.
            static string Line(string line) => Comment().Replace(line, "").Trim().TrimEnd('=', '>', ' ');
            string[] lines = [.. File.ReadAllLines(Path.Combine(Root(), mark)).Select(Line)];
            int from = 0;
            foreach (string line in text.Split('\n').Select(Line).Where(line => line.Length > 0))
            {
                int at = Array.IndexOf(lines, line, from);
                Assert.True(at >= 0, $"{page}: {mark} has no line, behind those before it: {line}");
                from = at + 1;
            }
        }
        else
        {
            Assert.True(page is "README.md" || Path.GetFileName(page) is "a-convolution-on-its-way.md", $"{page}: no test compares '{mark}' with what is printed.");
        }
    }

    /// <summary>Compiles the blocks as files of their own and as one file, and runs it.</summary>
    private async Task<string> Run(string[] blocks)
    {
        CompilationUnitSyntax[] units = [.. blocks.Select(block => ((CompilationUnitSyntax)CSharpSyntaxTree.ParseText(block, Code.Latest).GetRoot()))];
        string Of(IEnumerable<CompilationUnitSyntax> some, Func<CompilationUnitSyntax, IEnumerable<SyntaxNode>> nodes) => string.Concat(some.SelectMany(nodes).Select(node => node.ToFullString().TrimEnd() + "\n"));
        static IEnumerable<SyntaxNode> Statements(CompilationUnitSyntax unit) => unit.Members.OfType<GlobalStatementSyntax>();
        CompilationUnitSyntax[] statements = [.. units.Where(unit => Statements(unit).Any())];
        string usings = string.Concat(units.SelectMany(unit => unit.Usings).Select(one => one.ToString() + "\n").Distinct());

        await Compile([("Program.cs", Of(statements, unit => unit.Usings) + Of(statements, unit => unit.Members)), .. units.Except(statements).Select((unit, i) => ($"File{i}.cs", unit.ToFullString()))]);
        Compilation whole = await Compile([("Program.cs", usings + Of(units, Statements) + Of(units, unit => unit.Members.Where(member => member is not GlobalStatementSyntax)))]);
        if (statements.Length == 0)
            return "";

        EmitResult result = whole.Emit(Path.Combine(_directory, "Page.dll"));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        foreach (string file in s_packages.Values.SelectMany(files => files).Concat(["NetGen.dll", "System.Numerics.Tensors.dll"]))
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(_directory, file));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "NetGen.Tests.runtimeconfig.json"), Path.Combine(_directory, "Page.runtimeconfig.json"));
        return ChildProcess.Run(_directory, [], "Page.dll");
    }

    /// <summary>Neither compiler nor analyzer has anything to say.</summary>
    private static async Task<Compilation> Compile((string Path, string Text)[] files)
    {
        (Compilation compilation, _) = Code.Generate(Project(files));
        string problems = string.Join('\n', Code.Problems(compilation).Concat((await Code.Analyze(compilation)).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)));
        Assert.True(problems.Length == 0, problems);
        return compilation;
    }

    /// <summary>What a build prints.</summary>
    private static async Task<IEnumerable<string>> Errors(string file, string text) =>
        from diagnostic in await Code.Analyze(Project([(file, text)]))
        where diagnostic.Severity >= DiagnosticSeverity.Warning
        select $"{diagnostic} ({diagnostic.Descriptor.HelpLinkUri})";

    private static CSharpCompilation Project((string Path, string Text)[] files)
    {
        SyntaxTree[] trees = [.. files.Append(("Usings.cs", ImplicitUsings)).Select(file => CSharpSyntaxTree.ParseText(file.Item2, Code.Latest, file.Item1))];
        bool hasStatements = trees.Any(tree => tree.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any());
        IEnumerable<MetadataReference> packages = s_packages.Where(package => files.Any(file => file.Text.Contains($"using {package.Key};", StringComparison.Ordinal)))
            .SelectMany(package => package.Value).Select(file => MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, file)));
        return Code.Empty.AddReferences(packages).WithOptions(Code.Library.WithOutputKind(hasStatements ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary)).WithAssemblyName("Page").AddSyntaxTrees(trees);
    }

    private static IEnumerable<Block> Blocks(string page)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Root(), page));
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                Assert.False(IndentedCode().IsMatch(lines[i]), $"{page}: code belongs between fences, where a test finds it: {lines[i]}");
                continue;
            }

            int end = Array.IndexOf(lines, "```", i + 1);
            Match mark = Mark().Match(i == 0 ? "" : lines[i - 1]);
            yield return new Block(lines[i][3..], string.Join('\n', lines[(i + 1)..end]), mark.Success ? mark.Groups[1].Value : null);
            i = end;
        }
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    [GeneratedRegex(@"^<!-- (.*) -->$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^(\w+\.cs)\(\d+,\d+\): error ")]
    private static partial Regex Error();

    [GeneratedRegex(@"(^|\s)//(?!/).*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^    .*([;{]|\)\])$")]
    private static partial Regex IndentedCode();

    private sealed record Block(string Language, string Text, string? Mark);
}
