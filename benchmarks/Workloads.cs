using System;
using System.Collections.Generic;

namespace NetGen.Benchmarks;

/// <summary>The table of workloads.</summary>
internal static class Workloads
{
    /// <summary>All workloads, in the order of the report.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new NetworkWorkload<SigmoidMlp, float>(
            "sigmoid-mlp-4x6/b1", 1, [4, 4, 4, 4, 4, 4, 1], "sigmoid", "half_squared_error",
            SigmoidMlp.MultiplyAccumulates, Values(1), new NetworkReach(Train: 0.01, Infer: 0.01, InferB1: 0.01)),
        new NetworkWorkload<TwoLayerScalar, float>(
            "two-layer-scalar-p64/b32", 32, [1, 64, 1], "sigmoid", "mse",
            TwoLayerScalar.MultiplyAccumulates, Values(32), new NetworkReach(Train: 0.05, Infer: 0.10, InferB1: 0.02)),
        new NetworkWorkload<MnistMlp, int>(
            "mnist-mlp-784-128-10/b64", 64, [784, 128, 10], "relu", "cross_entropy",
            MnistMlp.MultiplyAccumulates, Labels(64, 10), new NetworkReach(Train: 0.50, Infer: 0.85, InferB1: 0.15)),
        new NetworkWorkload<DeepMnistMlp, int>(
            "mnist-mlp-784-256-128-10/b64", 64, [784, 256, 128, 10], "relu", "cross_entropy",
            DeepMnistMlp.MultiplyAccumulates, Labels(64, 10), new NetworkReach(Train: 0.75, Infer: 0.75, InferB1: 0.20)),
        new NetworkWorkload<Linear1024, float>(
            "linear-1024/b256", 256, [1024, 1024], "relu", "mse",
            Linear1024.MultiplyAccumulates, Values(256 * 1024), null),
        new LinearKernels("linear-1024/b256", 256),
    ];

    private static float[] Values(int count) => Workload.Uniform(count, 3);

    private static int[] Labels(int count, int classes)
    {
        var random = new Random(3);
        int[] labels = new int[count];
        foreach (ref int label in labels.AsSpan())
            label = random.Next(classes);
        return labels;
    }
}
