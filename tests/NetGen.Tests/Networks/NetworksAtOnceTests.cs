using System;
using System.Linq;
using System.Threading;
using NetGen.References;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Networks that compete for the pool's threads.</summary>
public class NetworksAtOnceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>Four networks train and two threads predict with a fifth: whoever has the pool, and whether they wait for it, all get the bits that they get alone.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trainings_and_predictions_at_once_get_the_bits_that_they_get_alone(bool isEager)
    {
        LeNet5 shared = Shared(new LeNet5(9), isEager);
        Func<float[]>[] works =
        [
            () => Train<MnistMlp, int>(40, isEager, Labels<MnistMlp>(40)),
            () => Train<LeNet5, int>(30, isEager, Labels<LeNet5>(30)),
            () => Train<SmallBottleneck, float>(9, isEager, Floats(9 * SmallBottleneck.OutputSize)),
            () => Train<SmallSplitTransformMerge, float>(9, isEager, Floats(9 * SmallSplitTransformMerge.OutputSize)),
            () => Predict(shared, 67),
            () => Predict(shared, 5),
        ];
        float[][] alone = Array.ConvertAll(works, work => work());
        var results = new float[works.Length][];
        using var start = new Barrier(works.Length);
        var failures = new Exception?[works.Length];
        Thread[] threads = [.. works.Select((work, i) => new Thread(() =>
        {
            start.SignalAndWait();
            failures[i] = Record.Exception(() => results[i] = work());
        }) { IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.True(thread.Join(s_patience), "does not end");
        Assert.All(failures, Assert.Null);
        Assert.Equal(alone, results);

        // The pool is free, and has its threads still.
        using WorkerLease lease = WorkerPool.Enter(3, waits: true);
        Assert.Equal(3, lease.Workers);
    }

    private static TNetwork Shared<TNetwork>(TNetwork network, bool isEager)
        where TNetwork : INetwork
    {
        network.Parallelism = 3;
        NetworkRunner.Of(network)!.IsEager = isEager;
        return network;
    }

    private static float[] Train<TNetwork, TTarget>(int batch, bool isEager, TTarget[] target)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<TTarget>
        where TTarget : unmanaged
    {
        TNetwork network = Shared(TNetwork.Create(5), isEager);
        float[] input = Floats(batch * TNetwork.InputSize);
        var optimizer = new Adam(1e-3) { ClipNorm = 1 };
        float[] losses = [.. Enumerable.Range(0, 20).Select(_ => network.TrainStep(input, target, optimizer))];
        return [.. losses, .. network.FlatParameters];
    }

    private static float[] Predict(LeNet5 network, int batch)
    {
        float[] input = Floats(batch * LeNet5.InputSize);
        var first = new float[batch * LeNet5.OutputSize];
        network.Predict(input, first);
        for (int i = 0; i < 100; i++)
        {
            var output = new float[first.Length];
            network.Predict(input, output);
            Assert.Equal(first, output);
        }

        return first;
    }

    private static float[] Floats(int count) => new RandomStream(3).Floats(count, -1, 1);

    private static int[] Labels<TNetwork>(int batch)
        where TNetwork : INetwork<TNetwork> => [.. Enumerable.Range(0, batch).Select(i => i * 7 % TNetwork.OutputSize)];
}
