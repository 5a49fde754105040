using System;
using System.Collections.Generic;
using NetGen.References;

namespace NetGen.Benchmarks;

/// <summary>The table of workloads.</summary>
internal static class Workloads
{
    private static readonly KernelReach s_convolution = new(Forward: 0.90, WeightGradient: 0.87, DataGradient: 0.87);

    /// <summary>All workloads, in the order of the report.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new NetworkWorkload<SigmoidMlp, float>("sigmoid-mlp-4x6/b1", 1, Values<SigmoidMlp>, new NetworkReach(Train: 0.01, Infer: 0.01, InferB1: 0.01)),
        new NetworkWorkload<TwoLayerScalar, float>("two-layer-scalar-p64/b32", 32, Values<TwoLayerScalar>, new NetworkReach(Train: 0.05, Infer: 0.10, InferB1: 0.02)),
        new NetworkWorkload<MnistMlp, int>("mnist-mlp-784-128-10/b64", 64, Labels<MnistMlp>, new NetworkReach(Train: 0.50, Infer: 0.85, InferB1: 0.15)),
        new NetworkWorkload<DeepMnistMlp, int>("mnist-mlp-784-256-128-10/b64", 64, Labels<DeepMnistMlp>, new NetworkReach(Train: 0.75, Infer: 0.75, InferB1: 0.20)),
        new NetworkWorkload<Linear1024, float>("linear-1024/b256", 256, Values<Linear1024>),
        new LayerKernels<Linear1024>("linear-1024/b256", 256, "Linear", new KernelReach(Forward: 0.88, WeightGradient: 0.85, DataGradient: 0.82)),
        new NetworkWorkload<EvenConv1dChain, float>("conv1d-128/b32", 32, Values<EvenConv1dChain>, new NetworkReach(Train: 0.10)),
        new NetworkWorkload<LeNet5, int>("lenet5/b64", 64, Labels<LeNet5>, new NetworkReach(Train: 0.40)),
        new NetworkWorkload<Bottleneck, float>("bottleneck-256/b4", 4, Values<Bottleneck>, new NetworkReach(Train: 0.80)),
        new LayerKernels<Bottleneck>("bottleneck-256/b4", 4, "Conv2d", s_convolution),
        new NetworkWorkload<WideResidualMlp, float>("residual-mlp-64x10/b64", 64, Values<WideResidualMlp>, new NetworkReach(Train: 0.35, Ort: 1.05)),
        new NetworkWorkload<SplitTransformMerge, float>("stm-32x4/b4", 4, Values<SplitTransformMerge>, new NetworkReach(Train: 0.20, Ort: 0.40)),
        new NetworkWorkload<Inception, float>("inception-1/b4", 4, Values<Inception>, new NetworkReach(Train: 0.90, Ort: 1.05)),
        new NetworkWorkload<BottleneckInception, float>("inception-2/b4", 4, Values<BottleneckInception>, new NetworkReach(Train: 0.85, Ort: 1.05)),
        new NetworkWorkload<MnistAlexNet, int>("alexnet-mnist/b64", 64, Labels<MnistAlexNet>, new NetworkReach(Train: 0.87)),
        new LayerKernels<MnistAlexNet>("alexnet-mnist/b64", 64, "Conv2d", s_convolution),
        new NetworkWorkload<AlexNet, int>("alexnet/b8", 8, Labels<AlexNet>, new NetworkReach(Train: 0.90)),
        new LayerKernels<AlexNet>("alexnet/b8", 8, "Conv2d", s_convolution),
    ];

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
