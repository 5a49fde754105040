using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Packaging;

/// <summary>The public API as its lists, which the build holds to the code, have it: what a library calls that was compiled against an older package.</summary>
public class PublicApiTests
{
    private const string Removed = "*REMOVED*";

    private static readonly string[] s_implemented = ["INetwork.", "INetwork<", "ITrainableNetwork<", "IParameterized."];

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

    /// <summary>
    /// What generated classes and their steps must implement. A library compiled before does not implement what is added without a body: its types do not load, and nothing is told. So where this list changes,
    /// the contract rises, and what is new has a body.
    /// </summary>
    [Fact]
    public void What_generated_code_implements_is_as_the_contract_has_it()
    {
        Assert.Equal(5, NetworkRunner.Contract);
        Assert.Equal(
            [
                "IParameterized: get_FlatGradients, get_FlatParameters, get_Gradients, get_Parameters",
                "INetwork: Predict, VectorJacobianProduct",
                "INetwork: Create, get_InputSize, get_Layers, get_OutputSize, get_ParameterCount, get_Report, get_Summary",
                "ITrainableNetwork: ComputeGradients, TrainStep",
                "INetworkKernels: Forward, Infer, Seed, get_Contract, get_Figures, get_InferenceBatch, get_InferenceWorkspace, get_InputSize, get_Layouts, get_OutputSize, get_PackedParameterCount, get_TrainingWorkspace",
                "ITrainableKernels: Loss",
            ],
            new[] { typeof(IParameterized), typeof(INetwork), typeof(INetwork<>), typeof(ITrainableNetwork<>), typeof(INetworkKernels), typeof(ITrainableKernels<>) }.Select(Abstract));

        static string Abstract(Type type) => type.Name.Split('`')[0] + ": " + string.Join(", ", type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.IsAbstract).Select(method => method.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("NetGen.SGD", false)]
    [InlineData("*REMOVED*NetGen.INetwork<TSelf>.InputSize.get -> int", true)]
    [InlineData("*REMOVED*static NetGen.INetwork<TSelf>.Create(ulong seed) -> TSelf", true)]
    [InlineData("*REMOVED*NetGen.ITrainableNetwork<TTarget>.TrainStep(int x) -> float", true)]
    [InlineData("*REMOVED*NetGen.IParameterized.Gradients.get -> NetGen.ParameterCollection!", true)]
    [InlineData("*REMOVED*NetGen.SGD", false)]
    [InlineData("static NetGen.Runtime.NormKernels.LayerNorm() -> void", false)]
    [InlineData("*REMOVED*static NetGen.Runtime.NormKernels.LayerNorm() -> void", true)]
    public void What_generated_code_calls_is_in_one_namespace(string line, bool goes) => Assert.Equal(goes, Goes([line]));

    /// <summary>Generated classes implement the interfaces of networks, some members explicitly.</summary>
    private static bool Goes(string[] unshipped) => unshipped.Any(line => line.StartsWith(Removed, StringComparison.Ordinal)
        && (line.Contains("NetGen.Runtime.", StringComparison.Ordinal) || s_implemented.Any(name => line[Removed.Length..].Replace("static ", "", StringComparison.Ordinal).StartsWith($"NetGen.{name}", StringComparison.Ordinal))));

    private static string[] Lines(string list, [CallerFilePath] string file = "") =>
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Runtime", $"PublicAPI.{list}.txt"));
}
