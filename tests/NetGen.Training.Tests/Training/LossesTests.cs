using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

public class LossesTests
{
    private static readonly JsonElement Cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "losses.json"))).RootElement;

    [Fact]
    public void Cross_entropy_is_PyTorchs()
    {
        int count = 0;
        foreach (JsonElement each in Cases.EnumerateArray())
        {
            double[]? weights = each.GetProperty("weights") is { ValueKind: JsonValueKind.Array } some ? Numbers(some) : null;
            float[] logits = [.. Numbers(each.GetProperty("logits")).Select(value => (float)value)];
            int[] labels = [.. Numbers(each.GetProperty("labels")).Select(value => (int)value)];
            double[] gradient = Numbers(each.GetProperty("gradient"));
            var got = new float[logits.Length];
            double expected = each.GetProperty("loss").GetDouble();
            float loss = Losses.CrossEntropy(weights, each.GetProperty("smoothing").GetDouble())(logits, labels, got);
            Assert.True(Math.Abs(loss - expected) <= 1e-7 * Math.Abs(expected), $"{loss} {expected}");
            double largest = gradient.Max(Math.Abs);
            Assert.All(gradient.Zip(got), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-7 * largest, $"{pair}"));
            count++;
        }

        Assert.Equal(24, count);
    }

    [Fact]
    public void A_training_with_it_is_the_one_with_the_declared_loss()
    {
        (Dataset<int> data, Dataset<int> other) = (TrainerTests.Data(100, seed: 1), TrainerTests.Data(83, seed: 2));
        (Clusters declared, Clusters own) = (new Clusters(seed: 3), new Clusters(seed: 3));
        double[] expected = new Trainer<Clusters, int>(declared, new SGD(0.05)).Fit(data, 3, 16, other)["val_loss"];
        var trainer = new Trainer<Clusters, int>(own, new SGD(0.05)) { Loss = Losses.CrossEntropy(), Metrics = [new Accuracy()] };
        double[] losses = trainer.Fit(data, 3, 16, other)["val_loss"];
        Assert.Equal(expected, losses, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.All(declared.FlatParameters.ToArray().Zip(own.FlatParameters.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(losses[^1], trainer.Evaluate(other).Loss);
    }

    /// <summary>PyTorch's of all samples at once: the sum of weighted losses over the sum of weights, whatever the batches are.</summary>
    [Fact]
    public void An_evaluation_with_class_weights_is_that_of_the_whole_set()
    {
        double[] weights = [5, 1, 0.1];
        Dataset<int> data = TrainerTests.Data(300, seed: 1, noise: 3);
        Dataset<int> sorted = data.Subset([.. Enumerable.Range(0, data.Count).OrderBy(i => data.Targets[i])]);
        var network = new Clusters(seed: 3);
        var trainer = new Trainer<Clusters, int>(network, new SGD(0.1)) { Loss = Losses.CrossEntropy(weights, labelSmoothing: 0.1) };
        var outputs = new float[3 * sorted.Count];
        network.Predict(sorted.Inputs, outputs);
        float expected = trainer.Loss(outputs, sorted.Targets, new float[outputs.Length]);
        Assert.Equal(expected, trainer.Evaluate(sorted).Loss, 1e-6);
        using var small = new ArrayLoader<int>(sorted, 7);
        Assert.Equal(expected, trainer.Evaluate(small).Loss, 1e-6);

        // Where nothing weighs anything there is no loss, as of such a batch.
        Assert.Equal(0, new Trainer<Clusters, int>(network, new SGD(0.1)) { Loss = Losses.CrossEntropy([0, 0, 0]) }.Evaluate(data).Loss);
    }

    [Fact]
    public void A_training_minimises_what_it_is_told_to()
    {
        Dataset<int> data = TrainerTests.Data(100, seed: 1);
        Dataset<int> skewed = data.Subset([.. Enumerable.Range(0, data.Count).Where(i => data.Targets[i] != 2 || i % 10 == 0)]);
        double Recall(LossFunction<int>? loss)
        {
            var trainer = new Trainer<Clusters, int>(new Clusters(seed: 3), new Adam(1e-2)) { Loss = loss, Metrics = [new Recall()] };
            trainer.Fit(skewed, 4);
            return trainer.Evaluate(TrainerTests.Data(300, seed: 2, noise: 1.5f))["recall_macro"];
        }

        Assert.True(Recall(Losses.CrossEntropy(Sampling.BalancedClassWeights(skewed.Targets, 3))) > Recall(null) + 0.05);

        // Values have as many targets as outputs.
        var seen = new HashSet<(int, int, int)>();
        new Trainer<RowsOut, float>(new RowsOut(1), new SGD(0.01))
        {
            Loss = (outputs, targets, gradients) =>
            {
                seen.Add((outputs.Length, targets.Length, gradients.Length));
                Assert.Equal(-1, gradients.IndexOfAnyExcept(0));
                gradients.Fill(1);
                return targets[^1];
            },
        }.Fit(new Dataset<float>(new float[70], Enumerable.Range(0, 40).Select(i => (float)i).ToArray(), 7, 4), epochs: 1, batchSize: 4);
        Assert.Equal([(8, 8, 8), (16, 16, 16)], seen.Order());
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        Dataset<int> data = TrainerTests.Data(400, seed: 1);
        StepAllocations.None((allocations, epochs) => new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()) { Callbacks = [allocations], Loss = Losses.CrossEntropy([1, 2, 3], 0.1) }.Fit(data, epochs, batchSize: 8));
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        Assert.Contains("-1", Assert.Throws<ArgumentException>(() => Losses.CrossEntropy([1, -1])).Message);
        Assert.Throws<ArgumentException>(() => Losses.CrossEntropy([double.NaN]));
        Assert.Contains("1.5", Assert.Throws<ArgumentException>(() => Losses.CrossEntropy(labelSmoothing: 1.5)).Message);
        Assert.Contains("3 classes, but there are 2", Assert.Throws<ArgumentException>(() => Losses.CrossEntropy([1, 2])([1, 2, 3], [1], new float[3])).Message);
        Assert.Contains("from 0 to 2, but got 3", Assert.Throws<ArgumentException>(() => Losses.CrossEntropy()([1, 2, 3], [3], new float[3])).Message);
        Assert.Throws<ArgumentException>(() => Losses.CrossEntropy()([1, 2, 3], [1, 1], new float[3]));

        float[] gradients = [7, 7];
        Assert.Equal(0, Losses.CrossEntropy([0, 1])([1, 2], [0], gradients));
        Assert.Equal([0, 0], gradients);
        Assert.Equal(float.NaN, Losses.CrossEntropy()([1, float.NaN], [0], gradients));
        Assert.Equal(0, Losses.CrossEntropy()([1, float.NegativeInfinity], [0], gradients));
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];
}
