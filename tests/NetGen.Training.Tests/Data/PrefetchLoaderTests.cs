using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using NetGen.Data;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

public class PrefetchLoaderTests
{
    private static Sample<int> Numbered(int i) => new(new[] { i, i + 0.5f }, i);

    private static IEnumerable<Sample<int>> Numbers(int count) => Enumerable.Range(0, count).Select(Numbered);

    private static List<int[]> Epoch(DataLoader<int> loader, long epoch = 0, long firstBatch = 0)
    {
        loader.Begin(epoch, firstBatch);
        return Rest(loader);
    }

    private static List<int[]> Rest(DataLoader<int> loader)
    {
        var batches = new List<int[]>();
        while (loader.MoveNext())
        {
            Batch<int> batch = loader.Current;
            Assert.Equal(batch.Targets.ToArray().SelectMany(i => new[] { i, i + 0.5f }), batch.Inputs.ToArray());
            batches.Add(batch.Targets.ToArray());
        }

        Assert.False(loader.MoveNext());
        return batches;
    }

    [Fact]
    public void Batches_are_the_sources()
    {
        using var loader = new PrefetchLoader<int>(Numbers(8), 2, 3);
        Assert.Equal([[0, 1, 2], [3, 4, 5], [6, 7]], Epoch(loader));
        Assert.Equal([[0, 1, 2], [3, 4, 5], [6, 7]], Epoch(loader, 1));
        Assert.Equal([[6, 7]], Epoch(loader, 1, 2));
        Assert.Null(loader.SampleCount);
        Assert.Throws<InvalidOperationException>(() => loader.Current.Count);
        using var dropping = new PrefetchLoader<int>(Numbers(8), 2, 3, new PrefetchOptions { DropLast = true, Batches = 1 });
        Assert.Equal([[0, 1, 2], [3, 4, 5]], Epoch(dropping));
        using var empty = new PrefetchLoader<int>([], 2, 3);
        Assert.Empty(Epoch(empty));
        using var epochs = new PrefetchLoader<int>(epoch => Numbers((int)epoch), 2, 3);
        Assert.Equal([[0, 1, 2], [3]], Epoch(epochs, 4));
        using var values = new PrefetchLoader<float>([new Sample<float>(new float[1], new[] { 1f, 2 })], 1, 5, new PrefetchOptions { TargetSize = 2 });
        values.Begin(0);
        Assert.True(values.MoveNext());
        Assert.Equal([1, 2], values.Current.Targets.ToArray());
    }

    [Fact]
    public void Endless_sources_are_cut_and_short_ones_told()
    {
        static IEnumerable<Sample<int>> Endless()
        {
            for (int i = 0; ; i++)
                yield return Numbered(i);
        }

        using var cut = new PrefetchLoader<int>(Endless(), 2, 4, new PrefetchOptions { SampleCount = 10 });
        Assert.Equal([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], Epoch(cut));
        Assert.Equal(10, cut.SampleCount);
        using var dropping = new PrefetchLoader<int>(Endless(), 2, 4, new PrefetchOptions { SampleCount = 10, DropLast = true });
        Assert.Equal(2, Epoch(dropping).Count);
        Assert.Equal(8, dropping.SampleCount);
        using var early = new PrefetchLoader<int>(Numbers(9), 2, 4, new PrefetchOptions { SampleCount = 10 });
        early.Begin(3);
        Assert.True(early.MoveNext() && early.MoveNext());
        for (int i = 0; i < 2; i++)
            Assert.Equal("Expected 10 samples, but the source ended behind 9 in epoch 3.", Assert.Throws<DataSourceException>(() => early.MoveNext()).Message);
        using var skipping = new PrefetchLoader<int>(Numbers(9), 2, 4);
        Assert.Empty(Epoch(skipping, 0, 3));
        skipping.Begin(0, 4);
        Assert.Equal("Expected at least 13 samples, but the source ended behind 9 in epoch 0.", Assert.Throws<DataSourceException>(() => skipping.MoveNext()).Message);
        using var whole = new PrefetchLoader<int>(Numbers(9), 2, 4, new PrefetchOptions { DropLast = true });
        Assert.Empty(Epoch(whole, 0, 2));
        whole.Begin(0, 3);
        Assert.Equal("Expected at least 12 samples, but the source ended behind 9 in epoch 0.", Assert.Throws<DataSourceException>(() => whole.MoveNext()).Message);
        Assert.Empty(Epoch(cut, 0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => cut.Begin(0, 4));
    }

    [Fact]
    public void A_training_that_is_cancelled_behind_a_partial_last_batch_goes_on()
    {
        using var folder = new TemporaryFolder();
        Dataset<int> data = TrainerTests.Data(90, seed: 1);
        float[] expected = Run(new CheckpointDirectory(folder.Path, "whole"), null);
        using var source = new CancellationTokenSource();
        var directory = new CheckpointDirectory(folder.Path, "part");
        Assert.Throws<OperationCanceledException>(() => Run(directory, source));
        Assert.Equal([6], directory.Steps);
        Assert.Equal(expected, Run(directory, null));

        float[] Run(CheckpointDirectory checkpoints, CancellationTokenSource? cancellation)
        {
            using var train = new PrefetchLoader<int>(Samples(), data.InputSize, 16);
            using var validation = new PrefetchLoader<int>(
                _ =>
                {
                    cancellation?.Cancel();
                    return Samples();
                },
                data.InputSize,
                16);
            var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam(1e-2)) { Checkpoints = checkpoints };
            trainer.Resume();
            TrainingHistory history = trainer.Fit(train, 2, validation, cancellationToken: cancellation?.Token ?? default);
            return [.. trainer.Network.FlatParameters, .. history["loss"].Concat(history["val_loss"]).Select(loss => (float)loss)];
        }

        IEnumerable<Sample<int>> Samples() => Enumerable.Range(0, data.Count).Select(i => new Sample<int>(data.Input(i).ToArray(), data.Target(i)[0]));
    }

    [Fact]
    public void What_the_source_throws_comes_behind_the_batches_before()
    {
        var original = new InvalidTimeZoneException("broken");
        IEnumerable<Sample<int>> Throwing()
        {
            for (int i = 0; i < 5; i++)
                yield return Numbered(i);
            throw original;
        }

        using var loader = new PrefetchLoader<int>(Throwing(), 2, 2);
        loader.Begin(7);
        Assert.True(loader.MoveNext());
        Assert.True(loader.MoveNext());
        Assert.Equal([2, 3], loader.Current.Targets.ToArray());
        DataSourceException thrown = Assert.Throws<DataSourceException>(() => loader.MoveNext());
        Assert.Equal("The source of samples threw behind 5 samples of epoch 7: broken", thrown.Message);
        Assert.Same(original, thrown.InnerException);
        using var immediate = new PrefetchLoader<int>((long _) => throw original, 2, 2);
        immediate.Begin(0);
        Assert.Same(original, Assert.Throws<DataSourceException>(() => immediate.MoveNext()).InnerException);
        using var wrong = new PrefetchLoader<int>([Numbered(0), new Sample<int>(new float[3], 1)], 2, 2);
        wrong.Begin(0);
        Assert.Equal("Expected samples of 2 floats with targets of 1, but sample 1 of epoch 0 has 3 with 1.", Assert.Throws<DataSourceException>(() => wrong.MoveNext()).Message);
    }

    [Fact]
    public void Slow_and_fast_threads_give_the_same_batches()
    {
        static IEnumerable<Sample<int>> Slow()
        {
            for (int i = 0; i < 30; i++)
            {
                if (i % 7 == 3)
                    Thread.Sleep(10);
                yield return Numbered(i);
            }
        }

        using var slow = new PrefetchLoader<int>(Slow(), 2, 4);
        using var fast = new PrefetchLoader<int>(Numbers(30), 2, 4, new PrefetchOptions { Batches = 2 });
        List<int[]> expected = Epoch(fast);
        Assert.Equal(expected, Epoch(slow));
        fast.Begin(0);
        for (int i = 0; i < 5; i++)
        {
            Thread.Sleep(5);
            Assert.True(fast.MoveNext());

            // What is trained on is not written over, however long it takes.
            Thread.Sleep(5);
            Assert.Equal(expected[i], fast.Current.Targets.ToArray());
        }
    }

    [Fact]
    public void No_more_is_read_ahead_than_allowed()
    {
        int read = 0;
        using var loader = new PrefetchLoader<int>(Numbers(100).Select(sample =>
        {
            Interlocked.Increment(ref read);
            return sample;
        }), 2, 5, new PrefetchOptions { Batches = 2 });
        loader.Begin(0);
        Assert.True(loader.MoveNext());
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref read) >= 10, Patience.Long));
        Thread.Sleep(100);

        // The one that is trained on, two that wait, and the sample that no room is found for.
        Assert.InRange(Volatile.Read(ref read), 10, 16);
    }

    [Fact]
    public void Disposed_loaders_leave_no_thread_and_dispose_the_source()
    {
        int running = 0, started = 0, disposed = 0;
        IEnumerable<Sample<int>> Source()
        {
            Interlocked.Increment(ref running);
            Interlocked.Increment(ref started);
            try
            {
                for (int i = 0; ; i++)
                {
                    Thread.Sleep(1);
                    yield return Numbered(i);
                }
            }
            finally
            {
                Interlocked.Increment(ref disposed);
                Interlocked.Decrement(ref running);
            }
        }

        for (int i = 0; i < 20; i++)
        {
            var loader = new PrefetchLoader<int>(Source(), 2, 1 + (i % 3), new PrefetchOptions { Batches = 1 }) { Patience = Patience.Long };
            loader.Begin(0);
            if (i % 2 == 0)
                Assert.True(loader.MoveNext());
            if (i % 4 == 0)
                Thread.Sleep(8);
            if (i % 5 == 0)
                loader.Begin(1);
            loader.Dispose();
            loader.Dispose();
            Assert.Equal(0, Volatile.Read(ref running));
            Assert.Throws<ObjectDisposedException>(() => loader.Begin(2));
            Assert.Throws<ObjectDisposedException>(() => loader.MoveNext());
        }

        // A loader that is disposed of at once may not have begun to read.
        Assert.InRange(started, 10, 24);
        Assert.Equal(started, disposed);
    }

    [Fact]
    public async Task Asynchronous_sources_are_waited_for_and_cancelled()
    {
        int disposed = 0;
        async IAsyncEnumerable<Sample<int>> Source(long epoch, [EnumeratorCancellation] CancellationToken token)
        {
            try
            {
                for (int i = 0; i < 7; i++)
                {
                    if (i == 3)
                        await Task.Delay(5, token);
                    yield return Numbered(i);
                }

                if (epoch == 1)
                    await Task.Delay(Timeout.Infinite, token);
                if (epoch == 2)
                    throw new FormatException("late");
            }
            finally
            {
                Interlocked.Increment(ref disposed);
            }
        }

        await Task.Run(() =>
        {
            var loader = new PrefetchLoader<int>(Source, 2, 3) { Patience = Patience.Long };
            Assert.Equal([[0, 1, 2], [3, 4, 5], [6]], Epoch(loader));
            loader.Begin(2);
            Assert.True(loader.MoveNext() && loader.MoveNext());
            Assert.IsType<FormatException>(Assert.Throws<DataSourceException>(() => loader.MoveNext()).InnerException);
            loader.Begin(1);
            Assert.True(loader.MoveNext() && loader.MoveNext());
            loader.Dispose();
            Assert.Equal(3, disposed);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_source_registers_for_its_end_neither_holds_nor_throws_at_who_ends_it(bool isThrowing)
    {
        using var release = new ManualResetEventSlim();
        var called = new CountdownEvent(2);
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);
        async IAsyncEnumerable<Sample<int>> Source(long epoch, [EnumeratorCancellation] CancellationToken token)
        {
            token.Register(() =>
            {
                called.Signal();
                if (isThrowing)
                    throw new InvalidTimeZoneException("registered");
                release.Wait(CancellationToken.None);
            });
            yield return Numbered((int)epoch);

            // What waits for the token by a registration of its own may stand behind the one above.
            while (!token.IsCancellationRequested)
                await Task.Delay(5, CancellationToken.None);
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            var loader = new PrefetchLoader<int>(Source, 2, 1) { Patience = 2 * Patience.Long };
            loader.Begin(0);
            Assert.True(loader.MoveNext());
            await Within(() => loader.Begin(1));
            Assert.True(loader.MoveNext());
            Assert.Equal([1], loader.Current.Targets.ToArray());
            await Within(loader.Dispose);
            Assert.True(called.Wait(Patience.Long));
            Assert.Throws<ObjectDisposedException>(() => loader.MoveNext());
            release.Set();
            await Task.Delay(50);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.DoesNotContain(unobserved, e => e.ToString().Contains("registered", StringComparison.Ordinal));
        }
        finally
        {
            release.Set();
            TaskScheduler.UnobservedTaskException -= Note;
        }

        // Less than a source is waited for which does not end.
        static Task Within(Action action) => Task.Run(action).WaitAsync(Patience.Long);
    }

    [Fact]
    public void State_of_other_batches_is_refused()
    {
        var state = new TrainingState();
        using var loader = new PrefetchLoader<int>(Numbers(3), 2, 3);
        loader.Save(state);
        loader.Load(state)();
        using var other = new PrefetchLoader<int>(Numbers(3), 2, 2);
        Assert.Throws<InvalidDataException>(() => other.Load(state));
        using var scaled = new PrefetchLoader<int>(Numbers(3), 2, 3, new PrefetchOptions { Transform = new MinMax() });
        Assert.StartsWith("Expected a loader with transform none, as in the checkpoint, but this one has MinMax ", Assert.Throws<InvalidDataException>(() => scaled.Load(state)).Message);
    }
}
