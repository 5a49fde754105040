using System;
using System.Linq;
using NetGen.Data;
using Xunit;

namespace NetGen.Tests.Training;

public class SamplingTests
{
    private static Dataset<int> Numbered(params int[] labels) => new(Enumerable.Range(0, labels.Length).Select(i => (float)i).ToArray(), labels, 1);

    private static int[] Labels(int count, int classes, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (int)(classes * Math.Pow(random.NextDouble(), 2)))];
    }

    [Fact]
    public void Splits_are_disjoint_of_the_right_sizes_and_seeded()
    {
        Dataset<int> data = Numbered(Labels(1003, 5));
        (Dataset<int> train, Dataset<int> validation, Dataset<int> test) = data.Split(0.15, 0.1, seed: 2);
        Assert.Equal(Enumerable.Range(0, 1003).Select(i => (float)i), train.Inputs.ToArray().Concat(validation.Inputs.ToArray()).Concat(test.Inputs.ToArray()).Order());
        Assert.InRange(validation.Count, 150, 151);
        Assert.InRange(test.Count, 100, 101);
        Assert.Equal(train.Inputs.ToArray().Order(), train.Inputs.ToArray());
        Assert.All(Enumerable.Range(0, test.Count), i => Assert.Equal(data.Targets[(int)test.Inputs[i]], test.Targets[i]));
        Assert.Equal(test.Inputs.ToArray(), data.Split(0.15, 0.1, seed: 2).Test.Inputs.ToArray());
        Assert.NotEqual(test.Inputs.ToArray(), data.Split(0.15, 0.1, seed: 3).Test.Inputs.ToArray());
        Assert.Equal([502, 501], new[] { data.Split(0.5).Train.Count, data.Split(0.5).Test.Count }.OrderDescending());
        Assert.Equal(4, data.Split([0.25, 0.25, 0.25, 0.25]).Length);
    }

    [Fact]
    public void Stratified_splits_keep_the_shares_of_classes()
    {
        Dataset<int> data = Numbered(Labels(1003, 8));
        double[] shares = [0.62, 0.21, 0.17];
        Dataset<int>[] parts = data.StratifiedSplit(shares, seed: 1);
        Assert.Equal(Enumerable.Range(0, 1003).Select(i => (float)i), parts.SelectMany(part => part.Inputs.ToArray()).Order());
        for (int i = 0; i < 3; i++)
        {
            Assert.InRange(parts[i].Count - (1003 * shares[i]), -1, 1);
            for (int label = 0; label < 8; label++)
                Assert.InRange(parts[i].Targets.Count(label) - (data.Targets.Count(label) * shares[i]), -2, 2);
        }

        Assert.NotEqual(parts[2].Inputs.ToArray(), data.StratifiedSplit(shares, seed: 2)[2].Inputs.ToArray());
        (Dataset<int> train, Dataset<int> test) = Numbered([0, 0, 0, 0, 1, 1, 1, 1]).StratifiedSplit(0.25);
        Assert.Equal([0, 1], test.Targets.ToArray());
        Assert.Equal(6, train.Count);
    }

    [Fact]
    public void Wrong_shares_are_told()
    {
        Dataset<int> data = Numbered(0, 1, 2);
        Assert.Throws<ArgumentException>(() => data.Split(0));
        Assert.Throws<ArgumentException>(() => data.Split(1));
        Assert.Throws<ArgumentException>(() => data.Split(0.6, 0.6));
        Assert.Throws<ArgumentException>(() => data.Split([0.5, 0.4]));
        Assert.Throws<ArgumentException>(() => data.Split([]));
        Assert.Throws<ArgumentException>(() => data.Split(double.NaN));
        Assert.Throws<ArgumentException>(() => data.WithLabelNoise(1.1, 3));
        Assert.Throws<ArgumentException>(() => data.WithLabelNoise(0.1, 2));
    }

    [Fact]
    public void Label_noise_replaces_a_share_by_any_class()
    {
        Dataset<int> data = Numbered(Labels(20_000, 10));
        Assert.Equal(data.Targets.ToArray(), data.WithLabelNoise(0, 10).Targets.ToArray());
        int[] all = data.WithLabelNoise(1, 10, seed: 3).Targets.ToArray();

        // 9 degrees of freedom: above 27.9 once in a thousand seeds.
        Assert.InRange(Enumerable.Range(0, 10).Sum(label => Math.Pow(all.Count(one => one == label) - 2000, 2) / 2000), 0, 27.9);
        int[] some = data.WithLabelNoise(0.4, 10, seed: 3).Targets.ToArray();

        // One in ten becomes what it was.
        int changed = some.Zip(data.Targets.ToArray()).Count(pair => pair.First != pair.Second);
        Assert.InRange(changed, 7200 - 110, 7200 + 110);
        Assert.Equal(some, data.WithLabelNoise(0.4, 10, seed: 3).Targets.ToArray());
        Assert.NotEqual(some, data.WithLabelNoise(0.4, 10, seed: 4).Targets.ToArray());
        for (int i = 0; i < some.Length; i++)
            Assert.True(some[i] == data.Targets[i] || some[i] == all[i]);
        Assert.True(data.Inputs.Overlaps(data.WithLabelNoise(0.4, 10).Inputs));
    }

    /// <summary>compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 1, 2]) of scikit-learn 1.2.</summary>
    [Fact]
    public void Class_weights_are_scikit_learns()
    {
        Assert.Equal([0.5833333333333334, 1.1666666666666667, 2.3333333333333335], Sampling.BalancedClassWeights([0, 0, 0, 0, 1, 1, 2], 3));
        Assert.Equal([0.75, 0, 1.5], Sampling.BalancedClassWeights([0, 0, 2], 3));
        Assert.Throws<ArgumentException>(() => Sampling.BalancedClassWeights([3], 3));
    }
}
