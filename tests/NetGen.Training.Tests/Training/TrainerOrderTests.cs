using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using NetGen.Data;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>What a trainer calls when, and what it hands to schedules, averages, early stopping and checkpoints.</summary>
public class TrainerOrderTests
{
    private static readonly Dataset<int> s_data = TrainerTests.Data(64, seed: 1);
    private static readonly Dataset<int> s_validation = TrainerTests.Data(40, seed: 2);

    [Fact]
    public void Callbacks_are_called_in_their_order()
    {
        var log = new List<string>();
        Trainer(new SGD(0.01), [new Teller("a", log), new Teller("b", log)]).Fit(s_data, 1, 32);
        Assert.Equal("a.begin b.begin a.epoch b.epoch a.step b.step a.stepped b.stepped a.step b.step a.stepped b.stepped a.epoched b.epoched a.end b.end", string.Join(' ', log));

        // Those that are stopped are ended, those that fail are told why.
        log.Clear();
        Trainer<Clusters, int> stopped = Trainer(new SGD(0.01), [new Teller("a", log) { Stepped = training => training.Stop("enough") }]);
        stopped.Fit(s_data, 3, 16);
        Assert.Equal("a.begin a.epoch a.step a.stepped a.end", string.Join(' ', log));
        Assert.Equal((0, 1L, "enough"), (stopped.EpochCount, stopped.StepCount, stopped.StopReason));
        log.Clear();
        Assert.Throws<TimeoutException>(() => Trainer(new SGD(0.01), [new Teller("a", log) { Stepped = _ => throw new TimeoutException() }, new Teller("b", log)]).Fit(s_data, 3, 32));
        Assert.Equal("a.begin b.begin a.epoch b.epoch a.step b.step a.stepped a.TimeoutException b.TimeoutException", string.Join(' ', log));
    }

    [Theory]
    [InlineData(ScheduleInterval.Epoch, 1, "1 1 1 1 0.5 0.5 0.5 0.5")]
    [InlineData(ScheduleInterval.Step, 1, "1 0.5 0.25 0.125 0.0625 0.03125 0.015625 0.0078125")]
    [InlineData(ScheduleInterval.Step, 2, "1 1 0.5 0.5 0.25 0.25 0.125 0.125")]
    public void Schedules_count_epochs_or_updates(ScheduleInterval interval, int accumulation, string expected)
    {
        var optimizer = new SGD(1) { AccumulationSteps = accumulation };
        var rates = new List<string>();
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), optimizer)
        {
            Schedule = new ExponentialSchedule(0.5) { Interval = interval },
            Callbacks = [new Teller("", []) { Stepped = _ => rates.Add(optimizer.LearningRate.ToString("R", System.Globalization.CultureInfo.InvariantCulture)) }],
        };
        trainer.Fit(s_data, 2, 16);
        Assert.Equal(expected, string.Join(' ', rates));
    }

    [Fact]
    public void Schedules_see_the_validation_loss_or_where_there_is_none_the_loss()
    {
        var schedule = new Observing();
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new SGD(0.1)) { Schedule = schedule };
        TrainingHistory history = trainer.Fit(s_data, 3, 16, s_validation);
        Assert.Equal(history["val_loss"], schedule.Observed);
        history = trainer.Fit(s_data, 5, 16);
        Assert.Equal(history["loss"][3..], schedule.Observed[3..]);
    }

    [Fact]
    public void A_cancelled_training_takes_no_further_batch_and_saves_where_it_is()
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        var directory = new CheckpointDirectory(folder.Path);
        using var loader = new Counting(new ArrayLoader<int>(s_data, 8, shuffle: true));
        Trainer<Clusters, int> Trainer() => new(new Clusters(seed: 1), new SGD(0.1))
        {
            Checkpoints = directory,
            StepsPerCheckpoint = 2,
            Callbacks = [new Teller("", []) { Stepped = training => { if (training.Step == 5) source.Cancel(); } }],
        };
        Assert.Throws<OperationCanceledException>(() => Trainer().Fit(loader, 3, cancellationToken: source.Token));
        Assert.Equal(5, loader.Batches);
        Assert.Equal([2, 4, 5], directory.Steps);

        // What goes on has the batches that it had.
        Trainer<Clusters, int> resumed = Trainer();
        Assert.True(resumed.Resume());
        Assert.Equal(5, resumed.StepCount);
        Assert.Throws<InvalidDataException>(() => resumed.Fit(s_data, 3, batchSize: 16));
        resumed = Trainer();
        resumed.Resume();
        Assert.Throws<InvalidDataException>(() => resumed.Fit(s_data, 3, batchSize: 8, seed: 1));
    }

    [Fact]
    public void Resumed_epochs_have_the_loss_of_all_their_steps()
    {
        using var folder = new TemporaryFolder();
        double expected = Trainer(new SGD(0.1), []).Fit(s_data, 1, 16)["loss"][0];
        using var source = new CancellationTokenSource();
        Trainer<Clusters, int> Resumable(Action<TrainingContext>? step) =>
            new(new Clusters(seed: 1), new SGD(0.1)) { Checkpoints = new CheckpointDirectory(folder.Path), Callbacks = [new Teller("", []) { Stepped = step }] };
        Assert.Throws<OperationCanceledException>(() => Resumable(training => { if (training.Step == 3) source.Cancel(); }).Fit(s_data, 1, 16, cancellationToken: source.Token));
        Trainer<Clusters, int> resumed = Resumable(null);
        resumed.Resume();
        Assert.Equal(expected, resumed.Fit(s_data, 1, 16)["loss"][0]);
    }

    [Fact]
    public void An_average_is_of_every_step_and_is_what_is_evaluated_and_kept()
    {
        var byHand = new Clusters(seed: 1);
        var average = new ExponentialMovingAverage(0.5);
        var optimizer = new SGD(0.1);
        using var loader = new ArrayLoader<int>(s_data, 16, shuffle: true);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            loader.Begin(epoch);
            while (loader.MoveNext())
            {
                byHand.TrainStep(loader.Current.Inputs, loader.Current.Targets, optimizer);
                average.Update(byHand);
            }
        }

        float[] last = byHand.FlatParameters.ToArray();
        average.Swap(byHand);
        double averaged = new Trainer<Clusters, int>(byHand, optimizer).Evaluate(s_validation).Loss;

        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new SGD(0.1)) { Average = new ExponentialMovingAverage(0.5) };
        Assert.Equal(averaged, trainer.Fit(s_data, 2, 16, s_validation)["val_loss"][1]);
        Assert.Equal(last, trainer.Network.FlatParameters.ToArray());

        // The best parameters are those that were the best.
        var stopping = new EarlyStopping();
        trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new SGD(0.1)) { Average = new ExponentialMovingAverage(0.5), Callbacks = [stopping] };
        trainer.Fit(s_data, 2, 16, s_validation);
        Assert.Equal((averaged, 2), (stopping.Best, stopping.BestEpoch));
        Assert.Equal(byHand.FlatParameters, trainer.Network.FlatParameters);
        Assert.Equal(averaged, trainer.Evaluate(s_validation).Loss);
    }

    [Theory]
    [InlineData("some_loss", 1, 0.95, 0.91, 0.85, 1, 3)]
    [InlineData("some_loss", 1, 0.85, 0.84, 0.8, 2, 4)]
    [InlineData("score", 0, 0.05, 0.09, 0.3, 1, 3)]
    [InlineData("score", 0, 0.15, 0.2, 0.24, 2, 4)]
    public void Early_stopping_counts_what_is_better_by_its_delta(string figure, double first, double second, double third, double fourth, int best, int epochs)
    {
        double[] values = [first, second, third, fourth];
        var stopping = new EarlyStopping(figure, patience: 2, minDelta: 0.1);
        Trainer<Clusters, int> trainer = Trainer(new SGD(0.1), [new Teller("", []) { Epoched = epoch => epoch.Set(figure, values[epoch.Number - 1]) }, stopping]);
        trainer.Fit(s_data, 4);
        Assert.Equal((best, epochs, values[best - 1]), (stopping.BestEpoch, trainer.EpochCount, stopping.Best));
    }

    private static Trainer<Clusters, int> Trainer(IOptimizer optimizer, TrainingCallback[] callbacks) => new(new Clusters(seed: 1), optimizer) { Callbacks = callbacks };

    private sealed class Teller(string name, List<string> log) : TrainingCallback
    {
        public Action<TrainingContext>? Stepped { get; init; }

        public Action<EpochFigures>? Epoched { get; init; }

        public override void OnTrainBegin(TrainingContext training) => log.Add(name + ".begin");

        public override void OnEpochBegin(TrainingContext training) => log.Add(name + ".epoch");

        public override void OnStepBegin(TrainingContext training) => log.Add(name + ".step");

        public override void OnStepEnd(TrainingContext training)
        {
            log.Add(name + ".stepped");
            Stepped?.Invoke(training);
        }

        public override void OnEpochEnd(TrainingContext training, EpochFigures epoch)
        {
            log.Add(name + ".epoched");
            Epoched?.Invoke(epoch);
        }

        public override void OnTrainEnd(TrainingContext training) => log.Add(name + ".end");

        public override void OnException(TrainingContext training, Exception exception) => log.Add($"{name}.{exception.GetType().Name}");
    }

    private sealed class Observing : Schedule
    {
        public List<double> Observed { get; } = [];

        public override double LearningRate(double initial, long count) => initial;

        public override void Observe(double value) => Observed.Add(value);
    }

    private sealed class Counting(DataLoader<int> inner) : DataLoader<int>
    {
        public int Batches { get; private set; }

        public override int InputSize => inner.InputSize;

        public override int TargetSize => inner.TargetSize;

        public override int BatchSize => inner.BatchSize;

        public override long? SampleCount => inner.SampleCount;

        public override Batch<int> Current => inner.Current;

        public override void Begin(long epoch, long firstBatch = 0) => inner.Begin(epoch, firstBatch);

        public override bool MoveNext()
        {
            Batches++;
            return inner.MoveNext();
        }

        public override void Save(TrainingState state) => inner.Save(state);

        public override Action Load(TrainingState state) => inner.Load(state);
    }
}
