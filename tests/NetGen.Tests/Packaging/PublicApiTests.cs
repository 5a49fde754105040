using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Packaging;

/// <summary>The public API as its lists, which the build holds to the code, have it: what a library calls that was compiled against an older package.</summary>
public class PublicApiTests
{
    private const string Removed = "*REMOVED*";

    /// <summary>
    /// Generated code calls what is in <c>NetGen.Runtime</c>. Where something goes that a release had, libraries compiled with it fail at the call; so the contract rises, and they are told when a network is created.
    /// The contract is a constant, and a constant's value is a part of its line.
    /// </summary>
    [Fact]
    public void The_contract_rises_where_generated_code_loses_what_it_calls()
    {
        string[] shipped = Lines("Shipped"), unshipped = Lines("Unshipped");
        string contract = $"const NetGen.Runtime.NetworkRunner.Contract = {NetworkRunner.Contract} -> int";
        Assert.Contains(contract, shipped.Concat(unshipped));
        Assert.All(unshipped.Where(line => line.StartsWith(Removed, StringComparison.Ordinal)), line => Assert.Contains(line[Removed.Length..], shipped));
        if (Goes(unshipped))
            Assert.DoesNotContain(contract, shipped);
    }

    [Theory]
    [InlineData("NetGen.SGD", false)]
    [InlineData("*REMOVED*NetGen.SGD", false)]
    [InlineData("static NetGen.Runtime.NormKernels.LayerNorm() -> void", false)]
    [InlineData("*REMOVED*static NetGen.Runtime.NormKernels.LayerNorm() -> void", true)]
    public void What_generated_code_calls_is_in_one_namespace(string line, bool goes) => Assert.Equal(goes, Goes([line]));

    private static bool Goes(string[] unshipped) => unshipped.Any(line => line.StartsWith(Removed, StringComparison.Ordinal) && line.Contains("NetGen.Runtime.", StringComparison.Ordinal));

    private static string[] Lines(string list, [CallerFilePath] string file = "") =>
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Runtime", $"PublicAPI.{list}.txt"));
}
