using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NetGen.Data;
using NetGen.Tests.Infrastructure;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

public class ArrayLoaderTests
{
    private static Dataset<int> Numbered(int count) =>
        new(Enumerable.Range(0, 2 * count).Select(i => (float)i).ToArray(), Enumerable.Range(0, count).ToArray(), 2);

    private static List<int[]> Epoch(DataLoader<int> loader, long epoch, long firstBatch = 0)
    {
        var batches = new List<int[]>();
        loader.Begin(epoch, firstBatch);
        while (loader.MoveNext())
        {
            Batch<int> batch = loader.Current;
            Assert.Equal(batch.Count, batch.Targets.Length);
            Assert.Equal(batch.Targets.ToArray().SelectMany(sample => new[] { 2f * sample, (2f * sample) + 1 }), batch.Inputs.ToArray());
            batches.Add(batch.Targets.ToArray());
        }

        return batches;
    }

    [Fact]
    public void Without_shuffling_the_order_is_the_datasets()
    {
        using var loader = new ArrayLoader<int>(Numbered(7), 3);
        Assert.Equal([[0, 1, 2], [3, 4, 5], [6]], Epoch(loader, 4));
        Assert.Equal((7L, 3, 2, 1, 3), (loader.SampleCount, loader.BatchCount, loader.InputSize, loader.TargetSize, loader.BatchSize));
        using var dropping = new ArrayLoader<int>(Numbered(7), 3, dropLast: true);
        Assert.Equal([[0, 1, 2], [3, 4, 5]], Epoch(dropping, 0));
        Assert.Equal((6L, 2), (dropping.SampleCount, dropping.BatchCount));
        using var none = new ArrayLoader<int>(Numbered(2), 3, shuffle: true, dropLast: true);
        Assert.Empty(Epoch(none, 0));
    }

    [Fact]
    public void Order_is_a_function_of_seed_and_epoch()
    {
        using var loader = new ArrayLoader<int>(Numbered(1000), 64, shuffle: true, seed: 5);
        using var other = new ArrayLoader<int>(Numbered(1000), 100, shuffle: true, seed: 5);
        using var otherSeed = new ArrayLoader<int>(Numbered(1000), 64, shuffle: true, seed: 6);
        int[] third = [.. Epoch(loader, 3).SelectMany(batch => batch)];
        Assert.NotEqual(third, Epoch(loader, 0).SelectMany(batch => batch));
        Assert.Equal(third, Epoch(loader, 3).SelectMany(batch => batch));
        Assert.Equal(third, Epoch(other, 3).SelectMany(batch => batch));
        Assert.NotEqual(third, Epoch(otherSeed, 3).SelectMany(batch => batch));
        Assert.Equal(Enumerable.Range(0, 1000), third.Order());
    }

    /// <summary>The documented counters, so that the order is the same for ever.</summary>
    [Fact]
    public void Order_is_philoxs()
    {
        using var loader = new ArrayLoader<int>(Numbered(10), 10, shuffle: true, seed: 1);
        var order = Enumerable.Range(0, 10).ToArray();
        uint index = 0;
        for (int i = 9; i > 0; i--)
        {
            uint word = NetGen.Runtime.Philox.Block(System.Runtime.Intrinsics.Vector128.Create(index / 4, 2u, 0u, 0x80000001u), 1)[(int)(index++ % 4)];
            int other = (int)(((ulong)word * (uint)(i + 1)) >> 32);
            (order[i], order[other]) = (order[other], order[i]);
        }

        Assert.Equal(order, Assert.Single(Epoch(loader, 2)));
    }

    [Fact]
    public void All_orders_are_equally_likely()
    {
        using var loader = new ArrayLoader<int>(Numbered(4), 4, shuffle: true, seed: 9);
        var counts = new Dictionary<string, int>();
        const int Epochs = 24_000;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            string order = string.Concat(Epoch(loader, epoch)[0]);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);

        // 23 degrees of freedom: above 49.7 once in a thousand seeds.
        Assert.InRange(counts.Values.Sum(count => Math.Pow(count - 1000, 2) / 1000), 0, 49.7);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void First_batches_are_passed_over(bool shuffle)
    {
        using var loader = new ArrayLoader<int>(Numbered(11), 4, shuffle, seed: 2);
        List<int[]> all = Epoch(loader, 7);
        Assert.Equal(all.Skip(2), Epoch(loader, 7, 2));
        Assert.Empty(Epoch(loader, 7, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Begin(7, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Begin(-1));
    }

    [Fact]
    public void Calls_out_of_order_are_told()
    {
        using var loader = new ArrayLoader<int>(Numbered(3), 2);
        Assert.Throws<InvalidOperationException>(() => loader.MoveNext());
        Assert.Throws<InvalidOperationException>(() => loader.Current.Count);
        loader.Begin(0);
        Assert.Throws<InvalidOperationException>(() => loader.Current.Count);
        while (loader.MoveNext())
        {
        }

        Assert.Throws<InvalidOperationException>(() => loader.Current.Count);
        Assert.False(loader.MoveNext());
    }

    [Fact]
    public void An_epoch_allocates_nothing()
    {
        using var loader = new ArrayLoader<int>(Numbered(100), 16, shuffle: true);
        int epoch = 0;
        float sum = 0;
        Allocations.None(() =>
        {
            loader.Begin(epoch++);
            while (loader.MoveNext())
                sum += loader.Current.Inputs[0] + loader.Current.Targets[^1];
        });
        Assert.True(sum > 0);
    }

    [Fact]
    public void State_of_other_batches_is_refused()
    {
        var state = new TrainingState();
        using (var loader = new ArrayLoader<int>(Numbered(10), 4, shuffle: true, seed: 3))
        {
            loader.Save(state);
            loader.Load(state)();
        }

        using var smaller = new ArrayLoader<int>(Numbered(10), 2, shuffle: true, seed: 3);
        Assert.Equal(
            "Expected a loader with batchSize 4, as in the checkpoint, but this one has 2: its batches would be others.",
            Assert.Throws<InvalidDataException>(() => smaller.Load(state)).Message);
        using var reseeded = new ArrayLoader<int>(Numbered(10), 4, shuffle: true, seed: ulong.MaxValue);
        Assert.Throws<InvalidDataException>(() => reseeded.Load(state));
        using var fresh = new ArrayLoader<int>(Numbered(10), 4, shuffle: true, seed: 3);
        Assert.Throws<InvalidDataException>(() => fresh.Load(new TrainingState()));
    }

    [Fact]
    public void State_of_another_transform_is_refused()
    {
        var data = new Dataset<int>(new float[] { 1, 2, 3, 4 }, new[] { 0, 1 }, 2);
        string Saved(ITransform? transform, TrainingState state)
        {
            using var loader = new ArrayLoader<int>(data, 2, transform: transform);
            loader.Save(state);
            return state.GetString("transform");
        }

        // What it has learnt when the state is saved, not when the loader was made.
        Standardize fitted = new Standardize().Fit(data), other = new Standardize().Fit(new Dataset<int>(new float[] { 1, 2, 3, 5 }, new[] { 0, 1 }, 2));
        var state = new TrainingState();
        string saved = Saved(fitted, state);
        var late = new Standardize();
        using var loader = new ArrayLoader<int>(data, 2, transform: late);
        Assert.Throws<InvalidDataException>(() => loader.Load(state));
        late.Fit(data);
        loader.Load(state)();
        foreach (ITransform? transform in new ITransform?[] { other, new MinMax().Fit(data), new Compose(fitted), null })
        {
            using var wrong = new ArrayLoader<int>(data, 2, transform: transform);
            string own = Saved(transform, new TrainingState());
            Assert.Equal(
                $"Expected a loader with transform {saved}, as in the checkpoint, but this one has {own}: its batches would be others.",
                Assert.Throws<InvalidDataException>(() => wrong.Load(state)).Message);
        }
    }
}
