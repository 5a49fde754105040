using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>Whatever is rewritten, generated code of compositions is as accurate as single precision allows.</summary>
[Trait("Lane", "Slow")]
public class RewriteTests
{
    internal static readonly RandomNetwork[] Networks =
    [
        .. Enumerable.Range(200, 20).Select(number => new RandomNetwork(number, small: false, composed: true)),
        .. Rewritten().Select(declaration => new RandomNetwork(declaration, 3)),
    ];

    /// <summary>Without <see cref="MarkInputGradient"/> every training pass writes the input's gradient, so it stays.</summary>
    internal static readonly string[] All = [.. PassPipeline.Names.Where(name => name != nameof(MarkInputGradient))];

    public static TheoryData<string> Passes => [.. All];

    /// <summary>What random compositions have too seldom: pools and dropout where a pass looks for them.</summary>
    private static IEnumerable<NetworkDeclaration> Rewritten()
    {
        ActivationOp relu = Activation(ActivationKind.ReLU);
        foreach (int channels in new[] { 3, 16 })
        {
            BlockDeclaration pooled = Block("Pooled", Conv2d(channels, 3, padding: 1), relu, Pool2d(PoolKind.Max, 3, 1, 1));
            BlockDeclaration dropped = Block("Dropped", Conv2d(channels, 1), new DropoutOp(null, 0.5), relu);
            yield return Network($"FirstResidual{channels}", [2 * channels], Loss(ElementwiseLossKind.MSE), Residual(Block("Kept", Linear(2 * channels))), Activation(ActivationKind.Tanh), Linear(5));
            yield return Network($"FirstActive{channels}", [2 * channels], Loss(ElementwiseLossKind.MSE), Residual(Block("Active", Linear(2 * channels), Activation(ActivationKind.Sigmoid))), Activation(ActivationKind.SiLU), Linear(5));
            yield return Network(
                $"EndOfBranch{channels}", [16, 3, 3], Loss(ElementwiseLossKind.MSE),
                Concat(Block("Kept", Conv2d(2 * channels, 1), Residual(Block("Body", Conv2d(2 * channels, 3, padding: 1)))), Block("Other", Conv2d(6, 3, padding: 1))), new FlattenOp(null), Linear(5));
            yield return Network(
                $"FlatSum{channels}", [16, 3, 3], Loss(ElementwiseLossKind.MSE), Conv2d(16, 1), Sum(Block("Flat", new FlattenOp(null)), Block("Wide", Conv2d(9, 2, padding: 1), new FlattenOp(null))), Linear(channels));
            yield return Network($"Normal{channels}", [channels, 3, 4], Loss(ElementwiseLossKind.MSE), Residual(Block("Body", LayerNorm(), Conv2d(channels, 1), relu)), LayerNorm(4), Conv2d(5, 2));
            yield return Network($"Root{channels}", [channels, 3, 4], Loss(ElementwiseLossKind.MSE), Residual(Block("Body", RMSNorm(), Conv2d(channels, 1), relu)), RMSNorm(4), Conv2d(5, 2));
            yield return Network($"Many{channels}", [channels], Loss(ElementwiseLossKind.MSE), ParallelSum(Block("Dropped", Linear(channels), Activation(ActivationKind.Tanh), new DropoutOp(null, 0.5)), 20), ParallelSum(Block("Active", Activation(ActivationKind.GELU)), 10));
            yield return Network($"Normalized{channels}", [channels, 6, 7], Loss(ElementwiseLossKind.MSE), Residual(Block("Scaled", Conv2d(channels, 3, padding: 1, bias: false), BatchNorm2d(), relu)), Concat(pooled, Block("Far", Conv2d(32, 1, bias: false), BatchNorm2d())));
            yield return Network($"Rewritten{channels}", [channels, 6, 7], Loss(ElementwiseLossKind.MSE), Residual(pooled), Concat(pooled, dropped), ParallelSum(dropped, 2));
        }
    }

    [Theory]
    [MemberData(nameof(Passes))]
    public void Networks_are_as_accurate_without_a_pass(string pass)
    {
        RandomNetwork[] changed = Changed([pass], []);
        Assert.NotEmpty(changed);
        Check(changed, pass);
    }

    /// <summary>A pass may find nothing that another one has not prepared.</summary>
    [Theory]
    [MemberData(nameof(Passes))]
    public void Networks_are_as_accurate_with_a_pass_alone(string pass)
    {
        string[] others = [.. All.Where(other => other != pass)];
        Check(Changed(others, All), others);
    }

    [Fact]
    public void Networks_are_as_accurate_without_any_pass() => Check(Networks, All);

    [Fact]
    public void Networks_are_as_accurate_with_all_passes() => Check(Networks);

    /// <summary>The networks whose code is not the same when other passes are left out.</summary>
    private static RandomNetwork[] Changed(string[] disabled, string[] otherwise) =>
        [.. Networks.Where(network => GeneratedNetworks.Text(network, disabled) != GeneratedNetworks.Text(network, otherwise))];

    private static void Check(RandomNetwork[] networks, params string[] disabled) => NetworkComparison.Check(networks, GeneratedNetworks.Create(networks, disabled));
}
