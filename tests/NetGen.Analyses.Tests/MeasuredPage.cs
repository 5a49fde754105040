using System;
using System.IO;
using System.Runtime.CompilerServices;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>A page of <c>docs</c> that ends in what is measured.</summary>
internal static class MeasuredPage
{
    private const string Start = "<!-- measured -->\n";

    /// <summary>Compares what stands behind the mark; <c>NETGEN_ACCEPT_SNAPSHOTS=1</c> writes it anew.</summary>
    public static void Match(string name, string measured, [CallerFilePath] string file = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "docs", name);
        string page = File.ReadAllText(path);
        string expected = page[..(page.IndexOf(Start, StringComparison.Ordinal) + Start.Length)] + measured;
        if (Environment.GetEnvironmentVariable("NETGEN_ACCEPT_SNAPSHOTS") == "1")
            File.WriteAllText(path, expected);
        else
            Assert.Equal(expected, page);
    }
}
