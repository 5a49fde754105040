using System;
using System.Reflection;
using NetGen.Runtime;
using NetGen.Tests.Generator;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Runtime;

public class NetworkRunnerTests
{
    private const string Source = "using NetGen;\n[Network(2), Linear(1), MSELoss] public partial class Net;";

    [Theory]
    [InlineData(0)]
    [InlineData(NetworkRunner.Contract + 1)]
    public void Networks_of_another_contract_say_so_when_they_are_created(int contract)
    {
        string text = Assert.Single(Code.Generate(Code.Compile(Source)).Run.GeneratedSources).SourceText.ToString();
        string own = $"int Contract => {NetworkRunner.Contract};";
        Assert.Contains(own, text, StringComparison.Ordinal);
        Assembly assembly = NetworkCompiler.Load(Source, [text.Replace(own, $"int Contract => {contract};", StringComparison.Ordinal)]);
        Type network = assembly.GetType("Net")!;
        var thrown = Assert.Throws<TargetInvocationException>(() => Activator.CreateInstance(network, 1ul));
        string message = Assert.IsType<NotSupportedException>(thrown.InnerException).Message;
        Assert.Contains(assembly.GetName().Name!, message, StringComparison.Ordinal);
        Assert.Contains($"version {contract} of", message, StringComparison.Ordinal);
        Assert.Contains($"has version {NetworkRunner.Contract}.", message, StringComparison.Ordinal);
    }

    /// <summary>Steps that a later NetGen printed have members that the contract of this runtime does not know; they load nevertheless.</summary>
    [Fact]
    public void Networks_with_members_of_a_later_contract_load_and_say_so()
    {
        string text = Assert.Single(Code.Generate(Code.Compile(Source)).Run.GeneratedSources).SourceText.ToString();
        text = text.Replace($"int Contract => {NetworkRunner.Contract};", "int Contract => 99; public static int Later => 1;", StringComparison.Ordinal);
        Type network = NetworkCompiler.Load(Source, [text]).GetType("Net")!;
        Assert.Contains("version 99", Assert.Throws<TargetInvocationException>(() => Activator.CreateInstance(network, 1ul)).InnerException!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5, 1, 7, 35)]
    [InlineData(32, 5, 16, 17, 32 + (5 * 32))]
    [InlineData(0, int.MaxValue, 1, int.MaxValue, (long)int.MaxValue * int.MaxValue)]
    [InlineData(int.MaxValue, 3, 16, int.MaxValue, int.MaxValue + (3 * (1L << 31)))]
    public void Workspaces_count_rows_in_multiples_and_in_64_bits(int fixedFloats, int perSample, int multiple, int batch, long expected) =>
        Assert.Equal(expected, new WorkspaceSize(fixedFloats, perSample, multiple).Floats(batch));
}
