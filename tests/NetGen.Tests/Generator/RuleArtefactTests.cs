using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;
using NetGen.Generator.Diagnostics;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>A rule is a descriptor with its help link, a row in the release notes, a page, and tests that show it firing and silent.</summary>
public class RuleArtefactTests
{
    private static readonly string[] s_ids = typeof(Rules)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (string)field.GetRawConstantValue()!)
        .ToArray();

    /// <summary>The tests of the rules, in whatever project.</summary>
    private static readonly Lazy<string> s_ruleTests = new(() => string.Concat(Directory.GetFiles(Path.Combine(Root(), "tests"), "RuleTests*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)));

    public static TheoryData<string> Ids => new(s_ids);

    [Fact]
    public void RulesAndDescriptorsAreTheSame()
    {
        Assert.Equal(s_ids.Order(), Descriptors.All.Select(descriptor => descriptor.Id).Order());
        Assert.Equal(Descriptors.All, new NetGenAnalyzer().SupportedDiagnostics);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void DescriptorIsComplete(string id)
    {
        DiagnosticDescriptor descriptor = Descriptors.Get(id);
        Assert.Equal($"https://github.com/netgen/netgen/blob/main/docs/rules/{id}.md", descriptor.HelpLinkUri);
        Assert.Equal("NetGen", descriptor.Category);
        Assert.True(descriptor.IsEnabledByDefault);

        // Of a network that is not compiled nothing takes the error away; advice is the project's to configure.
        bool isMistake = id.StartsWith("NG1", StringComparison.Ordinal) || id == "NG4001";
        Assert.True(!isMistake || descriptor.DefaultSeverity == DiagnosticSeverity.Error);
        Assert.Equal(isMistake, descriptor.CustomTags.Contains(WellKnownDiagnosticTags.NotConfigurable));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void ReleaseNotesHaveARow(string id)
    {
        DiagnosticDescriptor descriptor = Descriptors.Get(id);
        IEnumerable<string> rows = new[] { "Shipped", "Unshipped" }.SelectMany(file => File.ReadAllLines(Path.Combine(Root(), "src", "Generator", $"AnalyzerReleases.{file}.md")));
        Assert.Contains($"{id} | NetGen | {descriptor.DefaultSeverity} | {descriptor.Title}", rows);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void PageExists(string id)
    {
        string page = File.ReadAllText(Path.Combine(Root(), "docs", "rules", id + ".md"));
        Assert.StartsWith($"# {id}: {Descriptors.Get(id).Title}\n", page, StringComparison.Ordinal);
        Assert.Contains("Example:", page, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void TestsExist(string id)
    {
        string texts = s_ruleTests.Value;
        foreach (string name in new[] { id + "_Fires", id + "_IsSilent" })
            Assert.True(texts.Contains($" {name}(", StringComparison.Ordinal), $"RuleTests.{name} is missing.");
        Assert.DoesNotContain("(Skip", texts, StringComparison.Ordinal);
    }

    [Fact]
    public void NoPageIsLeftOver() =>
        Assert.Equal(s_ids.Concat(s_ofBuild).Order(), Directory.GetFiles(Path.Combine(Root(), "docs", "rules")).Select(Path.GetFileNameWithoutExtension).Order()!);

    /// <summary>Told by the package's tasks and targets, not by the analyzer.</summary>
    private static readonly string[] s_ofBuild = ["NG3040", "NG4003"];

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
