using System;
using System.Linq;
using NetGen.References;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Properties of training that hold bit for bit.</summary>
public class TrainingTests
{
    [Fact]
    public void Neurons_that_start_equal_stay_equal()
    {
        var network = new TwoLayerScalar(1);
        ParameterView a = network.Parameters["0.weight"];
        ParameterView b = network.Parameters["0.bias"];
        ParameterView u = network.Parameters["2.weight"];
        int[] twins = [5, 18, 63];
        foreach (int twin in twins)
        {
            a[twin, 0] = 0.7f;
            b[twin] = -0.2f;
            u[0, twin] = 0.3f;
        }

        var random = new RandomStream(2);
        var optimizer = new SGD(0.1);
        for (int step = 0; step < 200; step++)
        {
            float[] x = random.Floats(32, -2, 2);
            network.TrainStep(x, Array.ConvertAll(x, value => value * value), optimizer);
        }

        Assert.NotEqual(0.7f, a[5, 0]);
        foreach (int twin in twins)
        {
            Assert.Equal(a[5, 0], a[twin, 0]);
            Assert.Equal(b[5], b[twin]);
            Assert.Equal(u[0, 5], u[0, twin]);
        }

        Assert.NotEqual(a[5, 0], a[6, 0]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_training_and_another_seed_another()
    {
        Assert.Equal(Train(7), Train(7));
        Assert.NotEqual(Train(7), Train(8));

        static float[] Train(ulong seed)
        {
            var network = new OddClassifier(seed);
            var random = new RandomStream(1);
            for (int step = 0; step < 5; step++)
                network.TrainStep(random.Floats(9 * OddClassifier.InputSize, -1, 1), [.. Enumerable.Range(0, 9).Select(i => i % 7)], new SGD(0.1));
            return network.FlatParameters.ToArray();
        }
    }

    [Fact]
    public void Training_learns()
    {
        var network = new OddClassifier(1);
        var random = new RandomStream(1);
        float[] input = random.Floats(64 * OddClassifier.InputSize, -1, 1);
        int[] labels = [.. Enumerable.Range(0, 64).Select(_ => random.Between(0, 6))];
        var optimizer = new SGD(1);
        float first = network.TrainStep(input, labels, optimizer);
        float last = first;
        for (int step = 0; step < 2000; step++)
            last = network.TrainStep(input, labels, optimizer);
        Assert.InRange(last, 0, first / 2);
    }

    /// <summary>A bright 3x3 square in one of the four quarters of a noisy picture.</summary>
    [Fact]
    public void A_convolutional_network_learns()
    {
        var network = new Quarters(1);
        var random = new RandomStream(1);
        var optimizer = new SGD(0.05);
        for (int step = 0; step < 150; step++)
        {
            (float[] pictures, int[] quarters) = Draw(32);
            network.TrainStep(pictures, quarters, optimizer);
        }

        (float[] tests, int[] labels) = Draw(200);
        var output = new float[200 * 4];
        network.Predict(tests, output);
        int right = Enumerable.Range(0, 200).Count(i => Array.IndexOf(output, output[(4 * i)..((4 * i) + 4)].Max(), 4 * i) == (4 * i) + labels[i]);
        Assert.InRange(right, 190, 200);

        (float[] Pictures, int[] Quarters) Draw(int count)
        {
            float[] pictures = random.Floats(count * 144, -0.5, 0.5);
            int[] quarters = [.. Enumerable.Range(0, count).Select(_ => random.Between(0, 3))];
            for (int n = 0; n < count; n++)
            {
                int row = (quarters[n] / 2 * 6) + random.Between(0, 3);
                int column = (quarters[n] % 2 * 6) + random.Between(0, 3);
                for (int i = 0; i < 9; i++)
                    pictures[(n * 144) + ((row + (i / 3)) * 12) + column + (i % 3)] += 1;
            }

            return (pictures, quarters);
        }
    }

    [Fact]
    public void Padding_of_parameters_and_gradients_stays_zero()
    {
        CheckPadding(new OddClassifier(1));
        CheckPadding(new OddPictures(1));
        CheckPadding(new OddGraph(1));
    }

    private static void CheckPadding<TNetwork>(TNetwork network)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<int>
    {
        var random = new RandomStream(1);
        for (int step = 0; step < 5; step++)
            network.TrainStep(random.Floats(9 * TNetwork.InputSize, -1, 1), new int[9], new SGD(0.1, weightDecay: 0.01));
        foreach (ParameterView view in network.Parameters)
            view.CopyFrom(new float[view.Length]);
        Assert.All(network.FlatParameters.ToArray(), value => Assert.Equal(0, value));
        foreach (ParameterView view in network.Gradients)
            view.CopyFrom(new float[view.Length]);
        Assert.All(network.FlatGradients.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Dropout_is_a_function_of_seed_step_layer_sample_and_element()
    {
        const int Size = DropoutOnly.InputSize;
        const int Batch = 9;
        float[] ones = [.. Enumerable.Repeat(1f, Batch * Size)];
        var target = new float[Batch * Size];
        var network = new DropoutOnly(11);

        for (uint step = 0; step < 3; step++)
        {
            var gradient = new float[ones.Length];
            network.ComputeGradients(ones, target, gradient);

            // y = x·m₀·m₂ and x = 1, so that the gradient of ½Σy²/batch is (m₀·m₂)²/batch.
            for (int sample = 0; sample < Batch; sample++)
            {
                double[] first = PhiloxReference.DropoutMask(11, step, 0, sample, Size, 0.3);
                double[] second = PhiloxReference.DropoutMask(11, step, 2, sample, Size, 0.3);
                for (int i = 0; i < Size; i++)
                    Assert.Equal(Math.Pow(first[i] * second[i], 2) / Batch, gradient[(sample * Size) + i], 1e-6);
            }

            // Fewer samples: the same masks.
            var fewer = new float[2 * Size];
            network.ComputeGradients(ones.AsSpan(0, 2 * Size), target.AsSpan(0, 2 * Size), fewer);
            for (int i = 0; i < fewer.Length; i++)
                Assert.Equal(gradient[i] * Batch, fewer[i] * 2, 1e-5);

            network.TrainStep(ones, target, new SGD(0.1));
        }
    }

    [Fact]
    public void Dropout_does_nothing_in_evaluation()
    {
        float[] input = [.. Enumerable.Range(0, DropoutOnly.InputSize).Select(i => i * 0.25f)];
        var output = new float[input.Length];
        var gradient = new float[input.Length];
        var network = new DropoutOnly(11);

        network.Predict(input, output);
        network.VectorJacobianProduct(input, [.. Enumerable.Repeat(1f, input.Length)], gradient);

        Assert.Equal(input, output);
        Assert.Equal(input.Select(x => x > 0 ? 1f : 0f), gradient);
    }
}
