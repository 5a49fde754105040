using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NetGen.Data;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

[Network(8)]
[Linear(32), BatchNorm1d, ReLU, Dropout(0.2), Linear(4)]
[CrossEntropyLoss]
internal sealed partial class Noisy;

public class LearningRateFinderTests
{
    private static ArrayLoader<int> Data()
    {
        var random = new Random(5);
        float[] inputs = [.. Enumerable.Range(0, 8 * 256).Select(_ => random.NextSingle() - 0.5f)];
        int[] labels = [.. Enumerable.Range(0, 256).Select(i => (inputs[8 * i] > 0 ? 1 : 0) + (inputs[(8 * i) + 1] > 0 ? 2 : 0))];
        return new ArrayLoader<int>(new Dataset<int>(inputs, labels, 8), 32, shuffle: true);
    }

    private static float[] Bits(Noisy network) =>
        [.. network.FlatParameters, .. network.Buffers.SelectMany(buffer => buffer.IsInt64 ? [buffer.Int64] : buffer.ToArray()), network.RandomState.Step];

    [Fact]
    public void The_network_is_afterwards_what_it_was()
    {
        using ArrayLoader<int> data = Data();
        var network = new Noisy(seed: 3);
        var optimizer = new NAdam { AccumulationSteps = 2 };
        var other = new Noisy(seed: 3);
        var otherOptimizer = new NAdam { AccumulationSteps = 2 };
        float[] before = Bits(network);
        var found = LearningRateFinder.Run(network, optimizer, data);
        Assert.Equal(before, Bits(network));
        Assert.Equal((0L, 2e-3), (optimizer.UpdateCount, optimizer.LearningRate));
        Assert.Empty(optimizer.State);
        Assert.Equal(100, found.LearningRates.Count);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            foreach ((Noisy trained, NAdam rule) in new[] { (network, optimizer), (other, otherOptimizer) })
            {
                data.Begin(epoch);
                while (data.MoveNext())
                    trained.TrainStep(data.Current.Inputs, data.Current.Targets, rule);
            }
        }

        Assert.Equal(Bits(other), Bits(network));
        Assert.NotEqual(before, Bits(network));
        Assert.Throws<InvalidOperationException>(() => LearningRateFinder.Run(network, optimizer, data));
    }

    [Fact]
    public void Rates_rise_exponentially_and_the_loss_falls_at_the_suggestion()
    {
        using ArrayLoader<int> data = Data();
        var network = new Noisy(seed: 3);
        var found = LearningRateFinder.Run(network, new SGD(0), data, 1e-6, 1, 200, smoothing: 0.95);
        for (int i = 0; i < found.LearningRates.Count; i++)
            Assert.Equal(1e-6 * Math.Pow(1e6, i / 199.0), found.LearningRates[i], 1e-10 * found.LearningRates[i]);
        Assert.InRange(found.LearningRates.Count, 50, 200);
        double suggestion = Assert.NotNull(found.Suggestion);
        Assert.InRange(suggestion, 1e-2, 1);

        // With it the loss falls in a few epochs, with a thousandth it hardly does.
        Assert.True(Loss(suggestion) < 0.7 * Loss(suggestion / 1000));

        double Loss(double rate)
        {
            var trained = new Noisy(seed: 3);
            var optimizer = new SGD(rate);
            double sum = 0;
            for (int epoch = 0; epoch < 10; epoch++)
            {
                sum = 0;
                data.Begin(epoch);
                while (data.MoveNext())
                    sum += trained.TrainStep(data.Current.Inputs, data.Current.Targets, optimizer);
            }

            return sum;
        }
    }

    [Fact]
    public void The_steepest_descent_is_lightnings()
    {
        using ArrayLoader<int> data = Data();
        var found = LearningRateFinder.Run(new Noisy(seed: 3), new Adam(), data);
        double[] losses = [.. found.Losses.Skip(10).SkipLast(1)];
        double Gradient(int i) => i == 0 ? losses[1] - losses[0] : i == losses.Length - 1 ? losses[^1] - losses[^2] : (losses[i + 1] - losses[i - 1]) / 2;
        int steepest = Enumerable.Range(0, losses.Length).MinBy(Gradient);
        Assert.Equal(found.LearningRates[10 + steepest], found.Suggestion);
        Assert.Null(LearningRateFinder.Run(new Noisy(seed: 3), new Adam(), data, steps: 12).Suggestion);
    }

    [Fact]
    public void A_loss_of_ones_own_is_minimised_in_the_place_of_the_declared_one()
    {
        using ArrayLoader<int> data = Data();
        LossFunction<int> loss = Losses.CrossEntropy([1, 2, 3, 4], labelSmoothing: 0.2);
        var network = new Noisy(seed: 3);
        float[] before = Bits(network);
        var found = LearningRateFinder.Run(network, new SGD(0), data, minimum: 1e-2, maximum: 1, steps: 20, smoothing: 0, loss: loss);
        Assert.Equal(before, Bits(network));
        Assert.NotEqual(LearningRateFinder.Run(network, new SGD(0), data, minimum: 1e-2, maximum: 1, steps: 20, smoothing: 0).Losses, found.Losses);

        // By hand: the same steps, the same losses.
        var optimizer = new SGD(0);
        data.Begin(0);
        for (int step = 0, epoch = 0; step < found.Losses.Count; step++)
        {
            if (!data.MoveNext())
            {
                data.Begin(++epoch);
                data.MoveNext();
            }

            optimizer.LearningRate = found.LearningRates[step];
            int[] labels = data.Current.Targets.ToArray();
            Assert.Equal(network.TrainStep(data.Current.Inputs, (outputs, gradients) => loss(outputs, labels, gradients), optimizer), found.Losses[step]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public async Task A_cancelled_test_restores_the_network(int samples)
    {
        using var source = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        IEnumerable<Sample<int>> Hanging()
        {
            for (int i = 0; i < samples; i++)
                yield return new Sample<int>(new float[8], i % 4);
            source.CancelAfter(20);
            release.Wait(CancellationToken.None);
        }

        using var data = new PrefetchLoader<int>(Hanging(), 8, 4);
        var network = new Noisy(seed: 3);
        float[] before = Bits(network);
        try
        {
            var running = Task.Run(() => LearningRateFinder.Run(network, new Adam(), data, cancellationToken: source.Token), CancellationToken.None);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience.Long));
        }
        finally
        {
            release.Set();
        }

        Assert.Equal(before, Bits(network));
    }

    [Fact]
    public void A_test_is_cancelled_between_its_steps()
    {
        using var source = new CancellationTokenSource();
        using ArrayLoader<int> data = Data();
        int steps = 0;
        LossFunction<int> loss = (outputs, targets, gradients) =>
        {
            if (++steps == 3)
                source.Cancel();
            return 1;
        };
        var network = new Noisy(seed: 3);
        float[] before = Bits(network);
        Assert.Throws<OperationCanceledException>(() => LearningRateFinder.Run(network, new Adam(), data, loss: loss, cancellationToken: source.Token));
        Assert.Equal(3, steps);
        Assert.Equal(before, Bits(network));
    }

    [Fact]
    public void What_does_not_fit_is_told_and_the_network_restored()
    {
        using ArrayLoader<int> data = Data();
        var network = new Noisy(seed: 3);
        Assert.Throws<ArgumentException>(() => LearningRateFinder.Run(network, new Adam(), data, 1, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateFinder.Run(network, new Adam(), data, steps: 1));
        using var none = new ArrayLoader<int>(new Dataset<int>(new float[8], new int[1], 8), 2, dropLast: true);
        Assert.Throws<ArgumentException>(() => LearningRateFinder.Run(network, new Adam(), none));
        using var failing = new PrefetchLoader<int>(Enumerable.Range(0, 9).Select(i => i < 8 ? new Sample<int>(new float[8], 0) : throw new FormatException()), 8, 4);
        float[] before = Bits(network);
        Assert.Throws<DataSourceException>(() => LearningRateFinder.Run(network, new Adam(), failing));
        Assert.Equal(before, Bits(network));
    }
}
