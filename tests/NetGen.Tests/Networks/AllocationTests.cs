using System;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Once warm, nothing is allocated.</summary>
public class AllocationTests
{
    private const int Batch = 130;

    private readonly SGD _optimizer = new(0.01, 0.001);

    [Fact]
    public void Predict_allocates_nothing() => Check(new OddClassifier(), batch => Labels(batch), (network, input, _, output) => network.Predict(input, output));

    [Fact]
    public void TrainStep_allocates_nothing() =>
        Check(new OddClassifier(), Labels, (network, input, target, _) => network.TrainStep(input, target, _optimizer));

    [Fact]
    public void TrainStep_of_an_unrolled_network_allocates_nothing() =>
        Check(new TinyRegression(), batch => new float[batch * TinyRegression.OutputSize], (network, input, target, _) => network.TrainStep(input, target, _optimizer));

    [Fact]
    public void Predict_of_an_unrolled_network_allocates_nothing() =>
        Check(new TinyRegression(), batch => new float[batch], (network, input, _, output) => network.Predict(input, output));

    [Fact]
    public void Gradients_allocate_nothing() =>
        Check(new OddClassifier(), Labels, (network, input, target, output) =>
        {
            network.ComputeGradients(input, target);
            network.VectorJacobianProduct(input, output);
        });

    [Fact]
    public void Predict_of_a_convolutional_network_allocates_nothing() =>
        Check(new OddPictures(), Labels, (network, input, _, output) => network.Predict(input, output));

    [Fact]
    public void Training_of_a_convolutional_network_allocates_nothing() =>
        Check(new OddPictures(), Labels, (network, input, target, output) =>
        {
            network.TrainStep(input, target, _optimizer);
            network.VectorJacobianProduct(input, output);
        });

    [Fact]
    public void Predict_of_a_composed_network_allocates_nothing() =>
        Check(new OddGraph(), Labels, (network, input, _, output) => network.Predict(input, output));

    [Fact]
    public void Training_of_a_composed_network_allocates_nothing() =>
        Check(new OddGraph(), Labels, (network, input, target, output) =>
        {
            network.TrainStep(input, target, _optimizer);
            network.VectorJacobianProduct(input, output);
        });

    /// <summary>The constants are the bytes that are really taken, but for the few that put a buffer on a cache line.</summary>
    [Fact]
    public void Workspaces_take_the_bytes_that_the_constants_tell()
    {
        const int Batch = 32;
        const long Slack = 2048;
        long training = long.MaxValue;
        long inference = long.MaxValue;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            (long trained, long predicted) = Grown(Batch);
            training = Math.Min(training, trained);
            inference = Math.Min(inference, predicted);
        }

        Assert.InRange(training - OddPictures.TrainingFixedBytes - (OddPictures.TrainingBytesPerSample * Batch), 0, Slack);
        Assert.InRange(inference - OddPictures.InferenceFixedBytes - (OddPictures.InferenceBytesPerSample * Math.Min(Batch, OddPictures.InferenceBatch)), 0, Slack);
    }

    /// <summary>The bytes that a new network takes on one thread when its batch grows from one sample; of several each may have a workspace, or find that of another.</summary>
    private static (long Training, long Inference) Grown(int batch)
    {
        var network = new OddPictures { Parallelism = 1 };
        network.FlatGradients.Clear();
        var input = new float[batch * OddPictures.InputSize];
        var output = new float[batch * OddPictures.OutputSize];
        int[] target = Labels(batch);
        network.ComputeGradients(input.AsSpan(0, OddPictures.InputSize), target.AsSpan(0, 1));
        network.Predict(input.AsSpan(0, OddPictures.InputSize), output.AsSpan(0, OddPictures.OutputSize));

        long before = GC.GetAllocatedBytesForCurrentThread();
        network.ComputeGradients(input, target);
        long training = GC.GetAllocatedBytesForCurrentThread() - before;
        network.Predict(input, output);
        return (training, GC.GetAllocatedBytesForCurrentThread() - before - training);
    }

    [Fact]
    public void Enumerating_parameters_allocates_nothing() =>
        Check(new OddClassifier(), Labels, (network, _, _, _) =>
        {
            foreach (ParameterView view in network.Parameters)
                view[0] += network.FlatParameters.Length;
        });

    [Fact]
    public void What_allocates_in_every_step_is_found()
    {
        object? kept = null;
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Allocations.None(() => kept = new float[1]));
        GC.KeepAlive(kept);
    }

    private static int[] Labels(int batch) => new int[batch];

    private delegate void Act<TNetwork, TTarget>(TNetwork network, float[] input, TTarget[] target, float[] output);

    /// <summary>The largest batch comes first; the smaller ones must do with what it left.</summary>
    private static void Check<TNetwork, TTarget>(TNetwork network, Func<int, TTarget[]> target, Act<TNetwork, TTarget> act)
        where TNetwork : INetwork<TNetwork>
    {
        int[] batches = [Batch, 1, 17, 64, Batch];
        var arguments = Array.ConvertAll(batches, batch => (Input: new float[batch * TNetwork.InputSize], Target: target(batch), Output: new float[batch * TNetwork.OutputSize]));
        for (int i = 0; i < 50; i++)
            act(network, arguments[0].Input, arguments[0].Target, arguments[0].Output);
        foreach ((float[] input, TTarget[] values, float[] output) in arguments)
        {
            Allocations.None(() =>
            {
                for (int i = 0; i < 10; i++)
                    act(network, input, values, output);
            });
        }
    }
}
