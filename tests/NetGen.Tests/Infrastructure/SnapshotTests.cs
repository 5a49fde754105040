using System;
using System.IO;
using Xunit;
using Xunit.Sdk;

namespace NetGen.Tests.Infrastructure;

public sealed class SnapshotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("netgen-snapshot-").FullName;

    private string Stem => Path.Combine(_folder, "Test");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void MatchingTextPassesAndRemovesWhatWasReceived()
    {
        File.WriteAllText(Stem + ".verified.cs", "a\nb\n");
        File.WriteAllText(Stem + ".received.cs", "old");
        Snapshot.Match("a\nb\n", Stem, accept: false, "cs");
        Assert.False(File.Exists(Stem + ".received.cs"));
    }

    [Fact]
    public void DifferenceFailsWithTheLinesAndKeepsWhatWasReceived()
    {
        File.WriteAllText(Stem + ".verified.cs", "a\nb\nc\n");
        var failure = Assert.Throws<FailException>(() => Snapshot.Match("a\nx\nc\n", Stem, accept: false, "cs"));
        Assert.Contains("line 2\n- b\n+ x\n", failure.Message, StringComparison.Ordinal);
        Assert.Equal("a\nx\nc\n", File.ReadAllText(Stem + ".received.cs"));
        Assert.Equal("a\nb\nc\n", File.ReadAllText(Stem + ".verified.cs"));
    }

    [Fact]
    public void FirstRunFails() => Assert.Throws<FailException>(() => Snapshot.Match("a\n", Stem, accept: false, "cs"));

    [Fact]
    public void AcceptingMakesItTheTruth()
    {
        Snapshot.Match("a\n", Stem, accept: true, "cs");
        Snapshot.Match("a\n", Stem, accept: false, "cs");
    }
}
