using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NetGen.Data;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>Loaders that are slow, end early, throw or hang, under a trainer: by themselves, and behind one that reads ahead.</summary>
public class TrainerLoaderTests
{
    private const int BatchSize = 16;
    private const int Epochs = 3;
    private static readonly Dataset<int> s_data = TrainerTests.Data(64, seed: 1);
    private static readonly float[] s_expected = Undisturbed(s_data);

    /// <summary>What happens before a batch.</summary>
    /// <returns>Whether it is handed out; the epoch ends where it is not.</returns>
    private delegate bool Before(long epoch, long batch, CancellationToken cancellationToken);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Slow_ones_give_the_same_bits(bool readsAhead)
    {
        Trainer<Clusters, int> trainer = Trainer();
        using DataLoader<int> loader = Loader(readsAhead, (_, batch, _) =>
        {
            Thread.Sleep(batch % 2 == 0 ? 20 : 1);
            return true;
        });
        trainer.Fit(loader, Epochs);
        Assert.Equal(s_expected, Bits(trainer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_epoch_is_what_comes_where_no_number_of_samples_is_promised(bool readsAhead)
    {
        Trainer<Clusters, int> trainer = Trainer();
        using DataLoader<int> loader = Loader(readsAhead, (_, batch, _) => batch < 2);
        trainer.Fit(loader, Epochs);
        Assert.Equal((Epochs, 2L * Epochs), (trainer.EpochCount, trainer.StepCount));
        Assert.Equal(Undisturbed(new Dataset<int>(s_data.Inputs[..(2 * BatchSize * s_data.InputSize)].ToArray(), s_data.Targets[..(2 * BatchSize)].ToArray(), s_data.InputSize)), Bits(trainer));
        using DataLoader<int> nothing = Loader(readsAhead, (_, _, _) => false);
        Assert.Contains("Expected at least one sample in an epoch", Assert.Throws<ArgumentException>(() => Trainer().Fit(nothing, 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>One that ends before it should throws too.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Behind_one_that_throws_the_training_goes_on_with_the_same_bits(bool readsAhead, bool endsEarly)
    {
        Trainer<Clusters, int> trainer = Trainer();
        bool isBroken = true;
        using DataLoader<int> loader = Loader(
            readsAhead,
            (epoch, batch, _) => !isBroken || (epoch, batch) != (1, 2) || (endsEarly ? false : throw new TimeoutException()),
            new PrefetchOptions { SampleCount = endsEarly ? s_data.Count : null });
        Exception thrown = Assert.ThrowsAny<Exception>(() => trainer.Fit(loader, Epochs));
        Assert.IsType(readsAhead ? typeof(DataSourceException) : typeof(TimeoutException), thrown);
        Assert.Equal((1, 6L), (trainer.EpochCount, trainer.StepCount));
        isBroken = false;
        trainer.Fit(loader, Epochs);
        Assert.Equal(s_expected, Bits(trainer));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void One_that_hangs_is_cancelled_and_the_training_goes_on_with_the_same_bits(bool readsAhead, bool inValidation)
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        using var answer = new ManualResetEventSlim();
        Trainer<Clusters, int> trainer = Trainer(folder);
        (int Epoch, long Step) place = inValidation ? (0, 4) : (1, 6);
        Before hangs = (epoch, batch, token) =>
        {
            if ((epoch, batch) != (place.Epoch, 2) || answer.IsSet)
                return true;

            // Who reads ahead is here before the training is.
            SpinWait.SpinUntil(() => trainer.StepCount == place.Step || answer.IsSet, Patience.Long);
            source.CancelAfter(20);

            // What reads ahead has no token for a sequence.
            WaitHandle.WaitAny([answer.WaitHandle, token.WaitHandle]);
            token.ThrowIfCancellationRequested();
            return true;
        };
        DataLoader<int> train = Loader(readsAhead, inValidation ? null : hangs);
        DataLoader<int> validation = Loader(readsAhead, inValidation ? hangs : null);
        Promptly(() => Assert.Throws<OperationCanceledException>(() => trainer.Fit(train, Epochs, validation, cancellationToken: source.Token)));
        Assert.Equal(place, (trainer.EpochCount, trainer.StepCount));
        Assert.Equal(place.Step, trainer.Checkpoints!.Steps[^1]);

        // Another program goes on from the checkpoint.
        Trainer<Clusters, int> resumed = Trainer(folder);
        Assert.True(resumed.Resume());
        using (DataLoader<int> healthy = Loader(readsAhead), other = Loader(readsAhead))
            resumed.Fit(healthy, Epochs, other);
        Assert.Equal(s_expected, Bits(resumed));

        // The same one does not wait for a source that hangs still, and goes on when that answers.
        trainer = Trainer();
        Promptly(() => Assert.Throws<OperationCanceledException>(() => trainer.Fit(train, Epochs, validation, cancellationToken: Soon())));
        answer.Set();
        trainer.Fit(train, Epochs, validation);
        Assert.Equal(s_expected, Bits(trainer));
        Promptly(train.Dispose);
        Promptly(validation.Dispose);
    }

    /// <summary>Who cannot be interrupted is cancelled when he is through.</summary>
    [Fact]
    public void One_without_a_token_is_cancelled_behind_its_wait()
    {
        using var source = new CancellationTokenSource();
        var inner = new ArrayLoader<int>(s_data, BatchSize);
        using var loader = new Blocking(inner, () =>
        {
            source.Cancel();
            Thread.Sleep(20);
        });
        Trainer<Clusters, int> trainer = Trainer();
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(loader, Epochs, cancellationToken: source.Token));
        Assert.Equal(1, trainer.StepCount);
        trainer.Fit(inner, Epochs);
        Assert.Equal(s_expected, Bits(trainer));
    }

    [Fact]
    public void A_wait_that_is_cancelled_loses_no_batch_and_a_source_that_hangs_is_left_behind()
    {
        using var answer = new ManualResetEventSlim();
        DataLoader<int> loader = Loader(readsAhead: true, (_, batch, _) =>
        {
            if (batch == 1)
                answer.Wait();
            if (batch == 2)
                Thread.Sleep(Timeout.Infinite);
            return true;
        });
        loader.Begin(0);
        Assert.True(loader.MoveNext(new CancellationToken(canceled: false)));
        Assert.Throws<OperationCanceledException>(() => loader.MoveNext(new CancellationToken(canceled: true)));
        Assert.Equal(s_data.Targets[..BatchSize], loader.Current.Targets);
        Promptly(() => Assert.Throws<OperationCanceledException>(() => loader.MoveNext(Soon())));
        answer.Set();
        Assert.True(loader.MoveNext());
        Assert.Equal(s_data.Targets[BatchSize..(2 * BatchSize)], loader.Current.Targets);
        Promptly(loader.Dispose);
    }

    private static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromMilliseconds(20)).Token;

    private static void Promptly(Action action) => Assert.True(Task.Run(action).Wait(Patience.Long), "It hangs.");

    private static Trainer<Clusters, int> Trainer(TemporaryFolder? folder = null) => new(new Clusters(seed: 9), new Adam(1e-2))
    {
        Average = new ExponentialMovingAverage(0.9),
        Checkpoints = folder is null ? null : new CheckpointDirectory(folder.Path),
    };

    private static float[] Bits(Trainer<Clusters, int> trainer) => [.. trainer.Network.FlatParameters, .. trainer.Network.Buffers["norm.running_mean"].ToArray(), .. trainer.History["loss"].Select(loss => (float)loss)];

    private static float[] Undisturbed(Dataset<int> data)
    {
        Trainer<Clusters, int> trainer = Trainer();
        using var loader = new ArrayLoader<int>(data, BatchSize);
        trainer.Fit(loader, Epochs);
        return Bits(trainer);
    }

    private static DataLoader<int> Loader(bool readsAhead, Before? before = null, PrefetchOptions? options = null)
    {
        before ??= (_, _, _) => true;
        return readsAhead ? new PrefetchLoader<int>(Samples, s_data.InputSize, BatchSize, options) : new Waiting(new ArrayLoader<int>(s_data, BatchSize), before);

        IEnumerable<Sample<int>> Samples(long epoch)
        {
            for (int i = 0; i < s_data.Count; i++)
            {
                if (i % BatchSize == 0 && !before(epoch, i / BatchSize, CancellationToken.None))
                    yield break;
                yield return new Sample<int>(s_data.Input(i).ToArray(), s_data.Target(i)[0]);
            }
        }
    }

    /// <summary>One that has only the member without a token.</summary>
    private class Blocking(DataLoader<int> inner, Action wait) : DataLoader<int>
    {
        public override int InputSize => inner.InputSize;

        public override int TargetSize => inner.TargetSize;

        public override int BatchSize => inner.BatchSize;

        public override long? SampleCount => null;

        public override Batch<int> Current => inner.Current;

        public override void Begin(long epoch, long firstBatch = 0) => inner.Begin(epoch, firstBatch);

        public override bool MoveNext()
        {
            wait();
            return inner.MoveNext();
        }

        public override void Save(TrainingState state) => inner.Save(state);

        public override Action Load(TrainingState state) => inner.Load(state);
    }

    /// <summary>One that waits with a token.</summary>
    private sealed class Waiting(DataLoader<int> inner, Before before) : Blocking(inner, () => { })
    {
        private long _epoch;
        private long _batch;

        public override void Begin(long epoch, long firstBatch = 0)
        {
            base.Begin(epoch, firstBatch);
            (_epoch, _batch) = (epoch, firstBatch);
        }

        public override bool MoveNext(CancellationToken cancellationToken) => before(_epoch, _batch++, cancellationToken) && base.MoveNext(cancellationToken);
    }
}
