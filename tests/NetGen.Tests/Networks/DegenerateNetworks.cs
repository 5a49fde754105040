using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>
/// Networks in which little or nothing happens: no parameters, layers without effect, one feature, one pixel, outputs that are the input. Drawn from a
/// number; what surrounds the layers without effect, if anything, is small.
/// </summary>
internal static class DegenerateNetworks
{
    public static NetworkDeclaration Draw(int number)
    {
        var random = new RandomStream((ulong)number + (1UL << 42));
        int[] input = [.. Enumerable.Range(0, random.Between(1, 3)).Select(_ => random.Pick(1, 1, 2, 3, 4, 5, 16, 17, 32))];
        var layers = new List<LayerOp>();
        var shape = new Shape(input.ToEquatableArray());
        for (int count = random.Between(1, 4); count > 0; count--)
        {
            layers.Add(random.Chance(0.7) ? WithoutEffect(random, shape) : Small(random, shape));
            shape = Build(Network("Part", [.. shape.Sizes], null, layers[^1])).Output;
        }

        LossOp? loss = random.Between(shape.IsFlat ? 0 : 1, 6) switch
        {
            0 => new CrossEntropyLossOp(),
            1 => null,
            int function => Loss((ElementwiseLossKind)(function - 2)),
        };
        return Network("Degenerate" + number, input, loss, [.. layers]);
    }

    /// <summary>A layer whose output is its input, in another shape perhaps.</summary>
    private static LayerOp WithoutEffect(RandomStream random, Shape input)
    {
        LayerOp[] layers = [new FlattenOp(null), new DropoutOp(null, 0), Repeat(Declarations.Identity, random.Between(1, 3)), ParallelSum(Declarations.Identity, 1), Sequential(Declarations.Identity), ParallelConcat(Declarations.Identity, 1)];
        if (input.Rank == 2)
            layers = [.. layers, Pool1d(random.Pick(PoolKind.Max, PoolKind.Average), 1), new AdaptivePoolOp(null, 1, random.Pick(PoolKind.Max, PoolKind.Average), new Size2(1, input.Sizes[1]))];
        if (input.Rank == 3)
            layers = [.. layers, Pool2d(random.Pick(PoolKind.Max, PoolKind.Average), 1), new AdaptivePoolOp(null, 2, random.Pick(PoolKind.Max, PoolKind.Average), new Size2(input.Sizes[1], input.Sizes[2]))];
        LayerOp layer = random.Pick(layers);
        return random.Chance(0.3) ? Repeat(Block("Nothing", layer), 1) : layer;
    }

    /// <summary>A layer that does something with one feature, or without parameters, or the same value twice.</summary>
    private static LayerOp Small(RandomStream random, Shape input)
    {
        BlockDeclaration nothing = Block("Nothing", new DropoutOp(null, 0));
        LayerOp[] layers =
        [
            Activation(ActivationKind.ReLU), Activation(ActivationKind.GELU), new DropoutOp(null, 0.5), new SoftmaxOp(null), LayerNorm(), LayerNorm() with { HasWeight = false, HasBias = false },
            Residual(Declarations.Identity), Residual(nothing), Sum(Declarations.Identity, nothing, Declarations.Identity), Concat(Declarations.Identity, nothing), ParallelSum(Declarations.Identity, 2), ParallelConcat(nothing, 2),
        ];
        layers = input.IsFlat ? [.. layers, Linear(1), new LogSumExpOp(null, 2)]
            : input.Rank == 2 ? [.. layers, Conv1d(1, 1), new AdaptivePoolOp(null, 1, PoolKind.Max, Size2.Of(1), IsGlobal: true)]
            : [.. layers, Conv2d(1, 1), new AdaptivePoolOp(null, 2, PoolKind.Average, Size2.Of(1), IsGlobal: true)];
        return random.Pick(layers);
    }
}
