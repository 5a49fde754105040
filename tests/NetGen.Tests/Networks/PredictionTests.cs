using System;
using System.Linq;
using System.Threading;
using NetGen.References;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>A prediction is a function of the network and the sample alone.</summary>
public class PredictionTests
{
    private const int Batch = 2500;

    [Fact]
    public void A_sample_does_not_depend_on_its_batch() => CheckBatches<OddClassifier>();

    [Fact]
    public void A_sample_of_an_unrolled_network_does_not_depend_on_its_batch() => CheckBatches<TinyRegression>();

    [Fact]
    public void A_sample_of_a_network_with_one_output_does_not_depend_on_its_batch() => CheckBatches<TwoLayerScalar>();

    [Fact]
    public void A_sample_of_the_mnist_network_does_not_depend_on_its_batch() => CheckBatches<MnistMlp>();

    [Fact]
    public void A_sample_of_a_convolutional_network_does_not_depend_on_its_batch() => CheckBatches<OddPictures>(400);

    [Fact]
    public void Threads_on_one_network_get_the_same_bits() => CheckThreads<OddClassifier>(Batch);

    [Fact]
    public void Threads_on_one_convolutional_network_get_the_same_bits() => CheckThreads<OddPictures>(600);

    [Fact]
    public void A_sample_of_a_composed_network_does_not_depend_on_its_batch() => CheckBatches<OddGraph>(400);

    [Fact]
    public void Threads_on_one_composed_network_get_the_same_bits() => CheckThreads<OddGraph>(600);

    private static void CheckThreads<TNetwork>(int batch)
        where TNetwork : INetwork<TNetwork>
    {
        TNetwork network = TNetwork.Create(3);
        float[] input = new RandomStream(4).Floats(batch * TNetwork.InputSize, -2, 2);
        var expected = new float[batch * TNetwork.OutputSize];
        network.Predict(input, expected);

        using var start = new Barrier(16);
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 16).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            for (int i = 0; i < 20; i++)
            {
                // Each thread its own part of the batch, its own number of samples.
                int first = number * 31;
                int count = 1 + (((number * 97) + (i * 53)) % (batch - first - 1));
                var output = new float[count * TNetwork.OutputSize];
                network.Predict(input.AsSpan(first * TNetwork.InputSize, count * TNetwork.InputSize), output);
                if (!output.AsSpan().SequenceEqual(expected.AsSpan(first * TNetwork.OutputSize, output.Length)))
                    Interlocked.Increment(ref wrong);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        Assert.Equal(0, wrong);
    }

    private static void CheckBatches<TNetwork>(int batch = Batch)
        where TNetwork : INetwork<TNetwork>
    {
        int inputs = TNetwork.InputSize;
        int outputs = TNetwork.OutputSize;
        TNetwork network = TNetwork.Create(1);
        float[] input = new RandomStream(2).Floats(batch * inputs, -2, 2);
        var expected = new float[batch * outputs];
        for (int sample = 0; sample < batch; sample++)
            network.Predict(input.AsSpan(sample * inputs, inputs), expected.AsSpan(sample * outputs, outputs));
        Assert.True(expected.Distinct().Count() > batch / 2);

        // Every position of a batch of 130, batches of every small size, and one larger than any chunk.
        foreach ((int first, int count) in Enumerable.Range(1, 131).Select(count => (count, count)).Append((7, 130)).Append((0, batch)))
        {
            var output = new float[count * outputs];
            network.Predict(input.AsSpan(first * inputs, count * inputs), output);
            Assert.Equal(expected[(first * outputs)..((first + count) * outputs)], output);
        }
    }
}
