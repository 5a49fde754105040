using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Tests.Networks;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Guard;

/// <summary>What is guarded: the networks that are drawn, with all passes and with none, and those of the reference.</summary>
internal static class GuardedNetworks
{
    private static readonly string[] s_references =
    [
        "hw5-sigmoid-mlp", "two-layer-scalar", "mnist-mlp", "activations", "loss-bce-with-logits", "loss-huber", "loss-l1", "conv1d-chain", "lenet5", "avgpool-stride",
        "bottleneck", "log-sum-exp", "residual-mlp", "residual-mlp-64x10", "inception-1", "inception-2", "stm", "stm-32", "alexnet-mnist", "alexnet",
    ];

    /// <summary>The groups by name: how many networks, and what draws one.</summary>
    public static IEnumerable<(string Group, int Count, Func<int, NetworkDeclaration> Draw)> Groups =>
    [
        ("flat", 340, number => RandomNetwork.Draw(number, small: false)),
        ("convolutional", 330, number => RandomNetwork.Draw(number, small: false, convolutional: true)),
        ("composed", 330, number => RandomNetwork.Draw(number, small: false, composed: true)),
        ("small", 150, number => RandomNetwork.Draw(number / 3, small: true, convolutional: number % 3 == 1, composed: number % 3 == 2)),
        ("degenerate", 300, DegenerateNetworks.Draw),
        ("reference", s_references.Length, number => ReferenceDeclarations.Of(s_references[number])),
        ("chosen", Chosen.Length, number => Chosen[number]),
        ("normalized", Normalized.Length, number => Normalized[number]),
    ];

    private static NetworkDeclaration[] Normalized { get; } = [.. NormalizedNetworks.OfLayers(), .. NormalizedNetworks.OfBatches().Select(network => network.Declaration)];

    /// <summary>Sums in chunks, gathered operands, filters of constants in both forms, and a deep network.</summary>
    private static NetworkDeclaration[] Chosen { get; } = [.. Choose()];

    private static IEnumerable<NetworkDeclaration> Choose()
    {
        LossOp loss = Loss(ElementwiseLossKind.MSE);
        ActivationOp relu = Activation(ActivationKind.ReLU);
        ActivationOp tanh = Activation(ActivationKind.Tanh);
        yield return Network("DeepMnist", [784], new CrossEntropyLossOp(), Linear(256), relu, Linear(128), relu, Linear(10));
        yield return Network("Linear1024", [1024], loss, Linear(1024));
        yield return Network("Chunks", [1300], new CrossEntropyLossOp(), Linear(70), Linear(256), Linear(40));
        yield return Network("Gathered", [1024], Loss(ElementwiseLossKind.L1), Linear(64), relu, Linear(16));
        yield return Network("ShortRows", [256], Loss(ElementwiseLossKind.BCEWithLogits), Linear(48), Activation(ActivationKind.GELU), Linear(3), Activation(ActivationKind.GELU), Linear(20));
        yield return Network("RowsOfTaps", [70, 5, 6], loss, Conv2d(20, 5, padding: 2), tanh);
        yield return Network("SingleTaps", [900, 3, 3], loss, Conv2d(18, 3, padding: 1), tanh);
        yield return Network("Channels", [2100, 3, 4], loss, Conv2d(17, 2), tanh);
        yield return Network("PlanesOfChannels", [260, 30], loss, Conv1d(3, 9), tanh);
        yield return Network("LinesOfPixels", [3, 40, 41], loss, Conv2d(20, 3), tanh);
        yield return Network("StridedDepthwise", [48, 7, 9], loss, tanh, Conv2d(48, 3, stride: 2, padding: 1, groups: 48), tanh);
        yield return Network("StridedGroups", [64, 7, 9], loss, tanh, Conv2d(32, 3, stride: 2, padding: 1, groups: 2), tanh);
        yield return Network("SpreadGroups", [12, 7, 19], loss, tanh, Conv2d(6, 3, stride: 2, padding: 1, groups: 3), tanh);
        yield return Network("FewTaps", [3, 9, 21], loss, Fixed(Conv2d(6, 3, padding: 1, groups: 3), 54));
        yield return Network("ManyTaps", [3, 9, 21], loss, Fixed(Conv2d(8, 7, stride: 2, padding: 3), 8 * 3 * 49), tanh);
        yield return Network("Residual50", [3, 128, 128], new CrossEntropyLossOp(), [Conv2d(64, 7, 2, 3), relu, Pool2d(PoolKind.Max, 3, 2, 1), .. Stages(64, 3, 128, 4, 256, 6, 512, 3), new AdaptivePoolOp(null, 2, PoolKind.Average, Size2.Of(1), IsGlobal: true), new FlattenOp(null), Linear(1000)]);
    }

    private static ConvOp Fixed(ConvOp conv, int weights) =>
        conv with { Bias = false, FixedWeight = Enumerable.Range(0, weights).Select(i => i % 4 == 1 ? 0 : (i % 9) - 4.5).ToEquatableArray() };

    private static IEnumerable<LayerOp> Stages(params int[] widthsAndBlocks)
    {
        ActivationOp relu = Activation(ActivationKind.ReLU);
        for (int i = 0; i < widthsAndBlocks.Length; i += 2)
        {
            int width = widthsAndBlocks[i];
            int stride = i == 0 ? 1 : 2;
            BlockDeclaration path = Block($"Path{width}", Conv2d(width, 1), relu, Conv2d(width, 3, padding: 1), relu, Conv2d(4 * width, 1));
            BlockDeclaration first = Block($"First{width}", Conv2d(width, 1, stride), relu, Conv2d(width, 3, padding: 1), relu, Conv2d(4 * width, 1));
            yield return Sum(first, Block($"Projection{width}", Conv2d(4 * width, 1, stride)));
            yield return relu;
            yield return Repeat(Block($"Layer{width}", Residual(path), relu), widthsAndBlocks[i + 1] - 1);
        }
    }
}
