using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>Adaptive and global pools of both functions and numbers of dimensions, in both orders of pictures, beside layers that passes move into them.</summary>
public class AdaptivePoolTests
{
    private static readonly RandomNetwork[] s_networks = [.. Networks().Select(declaration => new RandomNetwork(declaration, 3))];

    public static TheoryData<string> Disabled => ["", nameof(PoolBeforeReLU), nameof(FusePoolActivations), nameof(MergeAlikeBranches)];

    [Theory]
    [MemberData(nameof(Disabled))]
    [Trait("Lane", "Slow")]
    public void Generated_code_is_as_accurate_as_single_precision_allows(string pass) => NetworkComparison.Check(s_networks, GeneratedNetworks.Create(s_networks, pass));

    /// <summary>As with a pool of sliding windows, a ReLU before an adaptive one moves behind it, and into its store.</summary>
    [Fact]
    public void A_ReLU_is_in_the_store_of_the_maxima()
    {
        StepProgram program = PassPipeline.Run(Build(Network("Net", [16, 8, 8], Loss(ElementwiseLossKind.MSE), Conv2d(16, 3), Activation(ActivationKind.ReLU), Adaptive(2, PoolKind.Max, 2))));
        Assert.True(Assert.Single(program.Inference.OfType<PoolForwardStep>()).HasReLU);
    }

    private static IEnumerable<NetworkDeclaration> Networks()
    {
        foreach (int channels in new[] { 3, 16 })
        {
            foreach (PoolKind function in new[] { PoolKind.Max, PoolKind.Average })
            {
                foreach (int dimensions in new[] { 1, 2 })
                {
                    int[] input = dimensions == 1 ? [2, 19] : [2, 7, 9];
                    LayerOp product = dimensions == 1 ? Conv1d(channels, 3) : Conv2d(channels, 3);
                    LayerOp last = dimensions == 1 ? Conv1d(4, 2) : Conv2d(4, 2);
                    string name = $"{function}{dimensions}d{channels}";
                    yield return Network($"Alone{name}", input, Loss(ElementwiseLossKind.MSE), Adaptive(dimensions, function, 4));
                    yield return Network($"Larger{name}", input, Loss(ElementwiseLossKind.MSE), product, Adaptive(dimensions, function, 23));
                    yield return Network($"Between{name}", input, Loss(ElementwiseLossKind.MSE), product, Activation(ActivationKind.ReLU), Adaptive(dimensions, function, 3), last);
                    yield return Network(
                        $"Global{name}", input, new CrossEntropyLossOp(), product,
                        ParallelConcat(Block("Pooled", last, Activation(ActivationKind.ReLU), Adaptive(dimensions, function, 1) with { IsGlobal = true }), 3), new FlattenOp(null), Linear(5));
                }
            }
        }
    }

    private static AdaptivePoolOp Adaptive(int dimensions, PoolKind function, int size) => new(null, dimensions, function, new Size2(dimensions == 1 ? 1 : size, size));
}
