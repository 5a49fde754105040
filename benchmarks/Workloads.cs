using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.References;

namespace NetGen.Benchmarks;

/// <summary>The tables of workloads.</summary>
internal static class Workloads
{
    private static readonly KernelReach s_convolution = new(Forward: 0.90, WeightGradient: 0.87, DataGradient: 0.87);

    private static readonly Rule s_adam = new("Adam", 3e-4);

    /// <summary>Networks, which others run as well, in the order of the report.</summary>
    public static IReadOnlyList<NetworkWorkload> Networks { get; } =
    [
        new NetworkWorkload<SigmoidMlp, float>("sigmoid-mlp-4x6/b1", 1, Values<SigmoidMlp>),
        new NetworkWorkload<TwoLayerScalar, float>("two-layer-scalar-p64/b32", 32, Values<TwoLayerScalar>),
        new NetworkWorkload<MnistMlp, int>("mnist-mlp-784-128-10/b64", 64, Labels<MnistMlp>),
        new NetworkWorkload<DeepMnistMlp, int>("mnist-mlp-784-256-128-10/b64", 64, Labels<DeepMnistMlp>),
        new NetworkWorkload<Linear1024, float>("linear-1024/b256", 256, Values<Linear1024>),
        new NetworkWorkload<EvenConv1dChain, float>("conv1d-128/b32", 32, Values<EvenConv1dChain>),
        new NetworkWorkload<LeNet5, int>("lenet5/b64", 64, Labels<LeNet5>),
        new NetworkWorkload<WideResidualMlp, float>("residual-mlp-64x10/b64", 64, Values<WideResidualMlp>),
        new NetworkWorkload<Actor, int>("rl-actor-64x2/b256", 256, Labels<Actor>, s_adam),
        new NetworkWorkload<Critic, float>("rl-critic-64x2/b256", 256, Values<Critic>, s_adam),
        new NetworkWorkload<Bottleneck, float>("bottleneck-256/b4", 4, Values<Bottleneck>),
        new NetworkWorkload<SplitTransformMerge, float>("stm-32x4/b4", 4, Values<SplitTransformMerge>),
        new NetworkWorkload<Inception, float>("inception-1/b4", 4, Values<Inception>),
        new NetworkWorkload<BottleneckInception, float>("inception-2/b4", 4, Values<BottleneckInception>),
        new NetworkWorkload<MnistAlexNet, int>("alexnet-mnist/b64", 64, Labels<MnistAlexNet>),
        new NetworkWorkload<AlexNet, int>("alexnet/b8", 8, Labels<AlexNet>),
        .. Epochs<LeNet5>("lenet5"),
        .. Epochs<MnistMlp>("mnist-mlp-784-128-10"),
        .. Epochs<DeepMnistMlp>("mnist-mlp-784-256-128-10"),
    ];

    /// <summary>The optimizers that others have as well.</summary>
    public static IReadOnlyList<OptimizerWorkload> Optimizers { get; } = [.. OptimizersOf()];

    /// <summary>What is measured against the machine alone.</summary>
    public static IReadOnlyList<Workload> Kernels { get; } =
    [
        new WeightReading<DeepMnistMlp>("mnist-mlp-784-256-128-10"),
        new LayerKernels<Linear1024>("linear-1024/b256", 256, "Linear", new KernelReach(Forward: 0.92, WeightGradient: 0.88, DataGradient: 0.90)),
        new LayerKernels<Bottleneck>("bottleneck-256/b4", 4, "Conv2d", s_convolution),
        new LayerKernels<MnistAlexNet>("alexnet-mnist/b64", 64, "Conv2d", s_convolution),
        new LayerKernels<AlexNet>("alexnet/b8", 8, "Conv2d", s_convolution),
    ];

    /// <summary>MNIST's.</summary>
    private const int Images = 60_000;

    private static IEnumerable<OptimizerWorkload> OptimizersOf()
    {
        Rule[] rules =
        [
            new("SGD", 1e-3), new("SGD", 1e-3, Momentum: 0.9), new("Adam", 1e-3), new("AdamW", 1e-3), new("NAdam", 1e-3), new("RAdam", 1e-3),
            new("RMSprop", 1e-3), new("RMSprop", 1e-3, Momentum: 0.9), new("Adagrad", 1e-3), new("Adadelta", 1e-3), new("Adamax", 1e-3),
        ];
        foreach (Rule rule in rules)
            yield return new OptimizerWorkload<MnistMlp>("100k", rule);
        foreach (Rule rule in rules)
            yield return new OptimizerWorkload<AlexNet>("60m", rule);
    }

    /// <summary>An epoch in small and in large batches, whose images should not take longer.</summary>
    private static IEnumerable<NetworkWorkload> Epochs<TNetwork>(string name)
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<int> =>
        new[] { 64, 2048 }.Select(batch => new NetworkWorkload<TNetwork, int>(FormattableString.Invariant($"{name}-epoch/b{batch}"), batch, Labels<TNetwork>, s_adam, Images));

    private static float[] Values<TNetwork>(int batch)
        where TNetwork : INetwork<TNetwork> => Workload.Uniform(batch * TNetwork.OutputSize, 3);

    private static int[] Labels<TNetwork>(int batch)
        where TNetwork : INetwork<TNetwork>
    {
        var random = new Random(3);
        int[] labels = new int[batch];
        foreach (ref int label in labels.AsSpan())
            label = random.Next(TNetwork.OutputSize);
        return labels;
    }
}
