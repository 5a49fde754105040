using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Passes;
using NetGen.Generator.Emission;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Whatever is rewritten, generated code of compositions is as accurate as single precision allows.</summary>
public class RewriteTests
{
    private static readonly RandomNetwork[] s_networks = [.. Enumerable.Range(200, 30).Select(number => new RandomNetwork(number, small: false, composed: true))];

    private static readonly string[] s_all = [.. PassPipeline.Names];

    public static TheoryData<string> Passes => [.. s_all];

    [Theory]
    [MemberData(nameof(Passes))]
    public void Networks_are_as_accurate_without_a_pass(string pass) => Check(pass);

    [Theory]
    [MemberData(nameof(Passes))]
    public void Networks_are_as_accurate_with_a_pass_alone(string pass) => Check([.. s_all.Where(other => other != pass)]);

    [Fact]
    public void Networks_are_as_accurate_without_any_pass() => Check(s_all);

    /// <summary>The networks of whose code the passes change something.</summary>
    private static void Check(params string[] disabled)
    {
        RandomNetwork[] changed = [.. s_networks.Where(network => Text(network, disabled) != Text(network))];
        Assert.NotEmpty(changed);
        string classes = $"namespace {Declarations.Namespace};\n" + string.Concat(changed.Select(network => $"/// <summary>A network.</summary>\npublic sealed partial class {network.Graph.Declaration.Name};\n"));
        NetworkComparison.Check(changed, NetworkCompiler.Load(classes, changed.Select(network => Text(network, disabled))));
    }

    private static string Text(RandomNetwork network, params string[] disabled) => NetworkEmitter.Emit(CompiledNetwork.Compile(network.Graph, disabled));
}
