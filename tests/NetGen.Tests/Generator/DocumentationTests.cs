using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Emission;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Generator;

/// <summary>The pages' links lead somewhere, and README shows what is generated.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(Root(), "*.md").Concat(Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md")).Concat(Directory.GetFiles(Path.Combine(Root(), "docs", "rules"))).Select(path => Path.GetRelativePath(Root(), path)).Order()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_resolve(string page)
    {
        string path = Path.Combine(Root(), page);
        foreach (string link in Link().Matches(Prose(path)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            string[] parts = link.Split('#');
            string target = parts[0].Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, parts[0]));
            Assert.True(File.Exists(target) || Directory.Exists(target), $"{page}: {link} is not there.");
            if (parts.Length > 1)
                Assert.True(Anchors(target).Contains(parts[1]), $"{page}: {link} has no such heading.");
        }
    }

    /// <summary>README leaves lines out and says so; those that it shows are printed, and so is the table.</summary>
    [Fact]
    public void README_shows_what_is_generated()
    {
        Graph graph = Build(Network(
            "DigitNetwork", [1, 28, 28], new CrossEntropyLossOp(),
            Conv2d(16, 5) with { Name = "conv1" }, Activation(ActivationKind.ReLU), Pool2d(PoolKind.Max, 2),
            Conv2d(32, 5) with { Name = "conv2" }, Activation(ActivationKind.ReLU), Pool2d(PoolKind.Max, 2), new FlattenOp(null), new DropoutOp(null, 0.5), Linear(10, name: "fc")));
        HashSet<string> generated = [.. $"{NetworkEmitter.Emit(CompiledNetwork.Compile(graph))}{ProductTiles.PrintShared()}".Split('\n').Select(line => line.Trim())];
        string[] blocks = File.ReadAllText(Path.Combine(Root(), "README.md")).Split("## What the generated code looks like")[1].Split("## How fast it is")[0].Split("```");
        string[] lines = [.. $"{blocks[1]}{blocks[3]}".Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line != "csharp" && !line.StartsWith("// ...", StringComparison.Ordinal))];
        Assert.True(lines.Length > 20);
        Assert.All(lines, line => Assert.Contains(line, generated));
        string table = File.ReadAllText(Path.Combine(Root(), "README.md")).Split("## What the build tells you")[1].Split("```")[1];
        Assert.Equal(Summary.Table(graph), table.TrimStart('\n'));
    }

    /// <summary>The text without code.</summary>
    private static string Prose(string path) => string.Concat(File.ReadAllText(path).Split("```").Where((_, i) => i % 2 == 0));

    /// <summary>What GitHub makes of the headings.</summary>
    private static string[] Anchors(string path) =>
        [.. Prose(path).Split('\n').Where(line => line.StartsWith('#')).Select(line => NoLetter().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoLetter();
}
