using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CodeFixes;
using NetGen.CodeFixes;
using NetGen.Generator.Diagnostics;
using Xunit;

namespace NetGen.Tests.CodeFixes;

/// <summary>What is said of the fixes is what there is.</summary>
public class CodeFixPageTests
{
    private static readonly string[] s_fixable = [.. typeof(NetGenCodeFix).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(NetGenCodeFix)))
        .SelectMany(type => ((CodeFixProvider)Activator.CreateInstance(type)!).FixableDiagnosticIds)
        .Order()];

    [Fact]
    public void Every_rule_is_mended_by_one_fix()
    {
        Assert.Equal(s_fixable.Distinct(), s_fixable);
        Assert.Subset(new NetGenAnalyzer().SupportedDiagnostics.Select(rule => rule.Id).ToHashSet(), s_fixable.ToHashSet());
    }

    [Fact]
    public void The_page_has_a_row_for_every_rule()
    {
        IEnumerable<string> rows = File.ReadAllLines(Path.Combine(Docs(), "code-fixes.md")).Where(line => line.StartsWith("| [", StringComparison.Ordinal));
        Assert.Equal(s_fixable, rows.SelectMany(row => row[..row.IndexOf(" | ", StringComparison.Ordinal)].Split(", ")).Select(link => link[(link.IndexOf('[') + 1)..link.IndexOf(']')]).Order());
    }

    [Fact]
    public void Pages_of_rules_tell_their_fix() => Assert.Equal(
        s_fixable,
        Directory.GetFiles(Path.Combine(Docs(), "rules")).Where(page => File.ReadAllText(page).Contains("](../code-fixes.md)", StringComparison.Ordinal)).Select(page => Path.GetFileNameWithoutExtension(page)).Order());

    private static string Docs([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "docs"));
}
