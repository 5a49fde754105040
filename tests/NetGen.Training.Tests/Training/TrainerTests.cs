using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

[Network(6)]
[Linear(24, Name = "hidden"), BatchNorm1d(Name = "norm"), ReLU, Dropout(0.2), Linear(3, Name = "head")]
[CrossEntropyLoss]
internal sealed partial class Clusters;

[Network(6)]
[Linear(24), ReLU, Linear(3)]
[CrossEntropyLoss]
internal partial class Counted;

/// <summary>Counts its passes of evaluation.</summary>
internal sealed class Counting(ulong seed) : Counted(seed), INetwork<Counting>, ITrainableNetwork<int>
{
    public int Passes { get; private set; }

    static int INetwork<Counting>.InputSize => InputSize;

    static int INetwork<Counting>.OutputSize => OutputSize;

    static int INetwork<Counting>.ParameterCount => ParameterCount;

    static NetworkReport INetwork<Counting>.Report => Report;

    static string INetwork<Counting>.Summary => Summary;

    static IReadOnlyList<LayerInfo> INetwork<Counting>.Layers => Layers;

    static Counting INetwork<Counting>.Create(ulong seed) => new(seed);

    void INetwork.Predict(ReadOnlySpan<float> input, Span<float> output)
    {
        Passes++;
        Predict(input, output);
    }

    float ITrainableNetwork<int>.EvaluateLoss(ReadOnlySpan<float> input, ReadOnlySpan<int> target, Span<float> output)
    {
        Passes++;
        return EvaluateLoss(input, target, output);
    }
}

public class TrainerTests
{
    public static TheoryData<string, Func<IOptimizer>> Optimizers => new()
    {
        { "SGD", () => new SGD(0.01, momentum: 0.9) }, { "Adam", () => new Adam(1e-2) }, { "AdamW", () => new AdamW(1e-2, weightDecay: 0.1) { ClipNorm = 1 } },
        { "NAdam", () => new NAdam() }, { "RAdam", () => new RAdam() }, { "Adamax", () => new Adamax() }, { "RMSprop", () => new RMSprop(1e-3, centered: true, momentum: 0.5) },
        { "Adagrad", () => new Adagrad() }, { "Adadelta", () => new Adadelta() }, { "Lion", () => new Lion() }, { "accumulation", () => new Adam { AccumulationSteps = 3 } },
        { "groups", () => new Adam { Groups = [new ParameterGroup(ParameterKinds.Bias) { LearningRateFactor = 2 }, new ParameterGroup("head.*") { IsFrozen = true }] } },
    };

    [Fact]
    public void A_training_is_the_loop_that_one_would_write()
    {
        Dataset<int> data = Data(100, seed: 1);
        var byHand = new Clusters(seed: 3);
        var optimizer = new Adam(1e-2);
        using var loader = new ArrayLoader<int>(data, 16, shuffle: true, seed: 7);
        var losses = new List<double>();
        for (int epoch = 0; epoch < 3; epoch++)
        {
            double sum = 0;
            loader.Begin(epoch);
            while (loader.MoveNext())
                sum += byHand.TrainStep(loader.Current.Inputs, loader.Current.Targets, optimizer) * loader.Current.Count;
            losses.Add(sum / data.Count);
        }

        var network = new Clusters(seed: 3);
        var trainer = new Trainer<Clusters, int>(network, new Adam(1e-2));
        TrainingHistory history = trainer.Fit(data, epochs: 3, batchSize: 16, seed: 7);
        Assert.Equal(byHand.FlatParameters, network.FlatParameters);
        Assert.Equal(losses, history["loss"], (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(["loss", "learning_rate", "seconds", "samples_per_second"], history.Names);
        Assert.Equal((3, 21), (trainer.EpochCount, trainer.StepCount));
        Assert.Null(trainer.StopReason);
    }

    [Fact]
    public void Epochs_are_evaluated_on_validation_data_in_evaluation_mode()
    {
        (Dataset<int> data, Dataset<int> other) = (Data(200, seed: 1), Data(83, seed: 2));
        var network = new Clusters(seed: 3);
        var trainer = new Trainer<Clusters, int>(network, new Adam(1e-2)) { Metrics = [new Accuracy(), new RocAuc()], MeasuresTraining = true };
        TrainingHistory history = trainer.Fit(data, epochs: 8, validation: other);
        Assert.Equal(["loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc", "learning_rate", "seconds", "samples_per_second"], history.Names);
        Assert.True(history["val_accuracy"][^1] > 0.9);
        Assert.True(history["accuracy"][^1] > 0.9);

        var outputs = new float[other.Count * 3];
        network.Predict(other.Inputs, outputs);
        double loss = 0;
        for (int i = 0; i < other.Count; i++)
        {
            double[] exponentials = [.. outputs.Skip(3 * i).Take(3).Select(logit => Math.Exp(logit))];
            loss -= Math.Log(exponentials[other.Targets[i]] / exponentials.Sum());
        }

        Evaluation evaluation = trainer.Evaluate(other);
        Assert.Equal(loss / other.Count, evaluation.Loss, 5);
        Assert.Equal(history["val_loss"][^1], evaluation.Loss);
        Assert.Equal(history["val_accuracy"][^1], evaluation["accuracy"]);
        Assert.Throws<KeyNotFoundException>(() => evaluation["f1"]);
        Assert.Equal(9, history.ToCsv().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Its_threads_are_those_of_its_network()
    {
        var network = new Clusters();
        Trainer<Clusters, int> Trainer(int? threads) => new(network, new SGD(0.1)) { Parallelism = threads };
        Trainer<Clusters, int> trainer = Trainer(3);
        Assert.Equal(3, network.Parallelism);
        network.Parallelism = 2;
        Assert.Equal(2, trainer.Parallelism);
        foreach (int threads in new[] { 0, -1, WorkerThreads.Most + 1 })
            Assert.Throws<ArgumentOutOfRangeException>(() => Trainer(threads));
        Assert.Equal(2, network.Parallelism);
        Assert.Null(Trainer(null).Parallelism);
        Assert.Null(network.Parallelism);
    }

    [Fact]
    public void Figures_of_one_name_are_refused()
    {
        Assert.StartsWith("Expected a name of its own for each metric, but Accuracy and ConfusionMatrix both have a figure \"accuracy\".", Refused(new Accuracy(), new RocAuc(), new ConfusionMatrix()), StringComparison.Ordinal);
        Assert.Contains("F1 and F1 both have a figure \"f1_macro\"", Refused(new F1(), new F1(ClassAverage.Micro), new F1()), StringComparison.Ordinal);
        Assert.Contains("the trainer and Named both have a figure \"seconds\"", Refused(new Named("seconds")), StringComparison.Ordinal);
        Assert.Contains("the trainer and Named both have a figure \"loss\"", Refused(new Named("loss")), StringComparison.Ordinal);
        Assert.Contains("Accuracy and Named both have a figure \"val_accuracy\"", Refused(new Accuracy(), new Named("val_accuracy")), StringComparison.Ordinal);
        var matrix = new ConfusionMatrix();
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()) { Metrics = [matrix, new F1(), new F1(ClassAverage.Micro)] };
        Dataset<int> data = Data(64, seed: 1);
        Assert.Equal(new Trainer<Clusters, int>(trainer.Network, new Adam()) { Metrics = [new Accuracy()] }.Evaluate(data)["accuracy"], trainer.Evaluate(data)["accuracy"]);
        Assert.Equal((double)(matrix[0, 0] + matrix[1, 1] + matrix[2, 2]) / data.Count, matrix.Value);

        static string Refused(params Metric<int>[] metrics) => Assert.Throws<ArgumentException>(() => new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()) { Metrics = metrics }).Message;
    }

    [Fact]
    public void Lists_that_are_null_or_have_a_null_are_refused()
    {
        var network = new Clusters(seed: 1);
        Assert.Equal("Metrics", Assert.Throws<ArgumentNullException>(() => new Trainer<Clusters, int>(network, new Adam()) { Metrics = null! }).ParamName);
        Assert.Equal("Callbacks", Assert.Throws<ArgumentNullException>(() => new Trainer<Clusters, int>(network, new Adam()) { Callbacks = null! }).ParamName);
        string expected = "Expected no null in the list, but its element 1 is null.";
        Assert.StartsWith(expected, Assert.Throws<ArgumentNullException>(() => new Trainer<Clusters, int>(network, new Adam()) { Metrics = [new Accuracy(), null!] }).Message);
        Assert.StartsWith(expected, Assert.Throws<ArgumentNullException>(() => new Trainer<Clusters, int>(network, new Adam()) { Callbacks = [new EarlyStopping("loss"), null!] }).Message);
    }

    /// <summary>Of an evaluation of ten batches no more is allocated than of one.</summary>
    [Fact]
    public void An_evaluation_is_one_pass_a_batch_whatever_is_measured_and_batches_allocate_nothing()
    {
        Dataset<int> data = Data(160, seed: 1);
        foreach (LossFunction<int>? loss in new[] { null, Losses.CrossEntropy() })
        {
            double plain = Evaluate(loss).Loss;
            Assert.Equal(plain, Evaluate(loss, new Accuracy(), new F1(), new TopKAccuracy(2)).Loss);
        }

        Evaluation Evaluate(LossFunction<int>? loss, params Metric<int>[] metrics)
        {
            var network = new Counting(seed: 1);
            var trainer = new Trainer<Counting, int>(network, new SGD(0.1)) { Metrics = metrics, Loss = loss };
            using var many = new ArrayLoader<int>(data, 16);
            using var one = new ArrayLoader<int>(data, 160);
            Evaluation evaluation = trainer.Evaluate(many);
            Assert.Equal(10, network.Passes);
            trainer.Evaluate(one);
            Assert.Equal(Enumerable.Range(0, 5).Min(_ => Bytes(one)), Enumerable.Range(0, 5).Min(_ => Bytes(many)));
            return evaluation;

            long Bytes(ArrayLoader<int> loader)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                trainer.Evaluate(loader);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
    }

    [Fact]
    public void A_cancelled_training_goes_on_with_the_same_bits()
    {
        Dataset<int> data = Data(90, seed: 1);
        float[] expected = Trained(_ => { });
        var random = new Random(5);
        for (int attempt = 0; attempt < 20; attempt++)
        {
            float[] actual = Trained(trainer =>
            {
                for (int cancelled = 0; cancelled < 3; cancelled++)
                {
                    using var source = new CancellationTokenSource();
                    long last = trainer.StepCount + random.Next(1, 12);
                    ((Watcher)trainer.Callbacks[0]).Step = training =>
                    {
                        if (training.Step == last)
                            source.Cancel();
                    };
                    try
                    {
                        trainer.Fit(data, 5, 16, Data(20, seed: 2), 4, cancellationToken: source.Token);
                        Assert.Fail("not cancelled");
                    }
                    catch (OperationCanceledException)
                    {
                        Assert.Equal(last, trainer.StepCount);
                    }
                }

                ((Watcher)trainer.Callbacks[0]).Step = null;
            });
            Assert.Equal(expected, actual);
        }

        float[] Trained(Action<Trainer<Clusters, int>> first)
        {
            var network = new Clusters(seed: 9);
            var trainer = new Trainer<Clusters, int>(network, new Adam(1e-2) { AccumulationSteps = 2 })
            {
                Callbacks = [new Watcher()],
                Average = new ExponentialMovingAverage(0.9),
                Schedule = new CosineAnnealing(40) { Interval = ScheduleInterval.Step },
            };
            first(trainer);
            TrainingHistory history = trainer.Fit(data, 5, 16, Data(20, seed: 2), 4);
            return [.. network.FlatParameters, .. network.Buffers.Where(buffer => !buffer.IsInt64).SelectMany(buffer => buffer.ToArray()), .. history["val_loss"].Select(loss => (float)loss), .. history["loss"].Select(loss => (float)loss)];
        }
    }

    [Fact]
    public void A_program_that_starts_again_resumes_with_the_same_bits()
    {
        var random = new Random(6);
        using var folder = new TemporaryFolder();
        float[] expected = Run(new CheckpointDirectory(folder.Path, "whole") { Keep = 2 }, stops: 0);
        for (int attempt = 0; attempt < 5; attempt++)
            Assert.Equal(expected, Run(new CheckpointDirectory(folder.Path, $"part{attempt}") { Keep = 2 }, stops: 4));
        Assert.Equal(2, new CheckpointDirectory(folder.Path, "whole").Steps.Count);

        // Every start makes all objects anew.
        float[] Run(CheckpointDirectory directory, int stops)
        {
            bool isStarted = false;
            while (true)
            {
                var network = new Clusters(seed: 9);
                using var source = new CancellationTokenSource();
                long last = -1;
                var trainer = new Trainer<Clusters, int>(network, new RAdam(1e-2) { AccumulationSteps = 2, ClipNorm = 1 })
                {
                    Callbacks =
                    [
                        new EarlyStopping(patience: 3),
                        new Watcher
                        {
                            Step = training =>
                            {
                                if (training.Step == last)
                                    source.Cancel();
                            },
                        },
                    ],
                    Average = new ExponentialMovingAverage(0.9),
                    Schedule = new ReduceOnPlateau(patience: 0),
                    Checkpoints = directory,
                    StepsPerCheckpoint = 4,
                    Metrics = [new Accuracy()],
                };
                bool isResumed = trainer.Resume();
                isStarted |= isResumed;
                Assert.Equal(isStarted, isResumed);
                last = stops-- > 0 ? trainer.StepCount + random.Next(1, 10) : -1;
                try
                {
                    TrainingHistory history = trainer.Fit(Data(90, seed: 1, noise: 1.2f), 12, 16, Data(20, seed: 2, noise: 1.2f), 4, cancellationToken: source.Token);
                    return [.. network.FlatParameters, .. network.Buffers.Where(buffer => !buffer.IsInt64).SelectMany(buffer => buffer.ToArray()), .. history["val_loss"].Select(loss => (float)loss), .. history["learning_rate"].Select(rate => (float)rate)];
                }
                catch (OperationCanceledException)
                {
                    Assert.Equal(last, trainer.StepCount);
                }
            }
        }
    }

    [Fact]
    public void Early_stopping_restores_the_best_epoch()
    {
        Dataset<int> data = Data(60, seed: 1, noise: 2.5f);
        var network = new Clusters(seed: 2);
        var stopping = new EarlyStopping(patience: 4);
        var best = new List<float[]>();
        var trainer = new Trainer<Clusters, int>(network, new Adam(3e-2)) { Callbacks = [stopping, new Watcher { Epoch = (training, _) => best.Add([.. training.Network.FlatParameters, .. training.Network.Buffers["norm.running_mean"].ToArray()]) }] };
        Dataset<int> validation = Data(200, seed: 2, noise: 2.5f);
        TrainingHistory history = trainer.Fit(data, epochs: 200, validation: validation);
        int least = Array.IndexOf(history["val_loss"], history["val_loss"].Min());
        Assert.Equal(least + 1, stopping.BestEpoch);
        Assert.Equal(least + 1 + 4, history.Epochs.Count);
        Assert.Contains("val_loss has not got better", trainer.StopReason);
        float[] restored = [.. network.FlatParameters, .. network.Buffers["norm.running_mean"].ToArray()];
        Assert.Equal(best[least], restored);
        Assert.Equal(history["val_loss"][least], trainer.Evaluate(validation).Loss);

        // What has stopped stays stopped.
        trainer.Fit(data, epochs: 200, validation: validation);
        Assert.Equal(least + 1 + 4, history.Epochs.Count);
        Assert.Throws<InvalidOperationException>(() => new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()) { Callbacks = [new EarlyStopping()] }.Fit(data, 1));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Steps_allocate_nothing(string name, Func<IOptimizer> optimizer)
    {
        Assert.NotEmpty(name);
        Dataset<int> data = Data(320, seed: 1);
        StepAllocations.None((allocations, epochs) => new Trainer<Clusters, int>(new Clusters(seed: 1), optimizer())
        {
            Callbacks = [allocations],
            Average = new ExponentialMovingAverage(),
            Schedule = optimizer() is Optimizer ? new StepSchedule(3) { Interval = ScheduleInterval.Step } : null,
        }.Fit(data, epochs, batchSize: 8));
    }

    [Fact]
    public void A_step_in_a_hundred_that_allocates_is_found()
    {
        float[]? kept = null;
        var sometimes = new Watcher { Step = training => kept = training.Step % 100 == 50 ? new float[1] : kept };
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => StepAllocations.None((allocations, epochs) => new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()) { Callbacks = [allocations, sometimes] }.Fit(Data(1600, seed: 1), epochs / 20, batchSize: 8)));
        Assert.NotNull(kept);
    }

    [Fact]
    public void Instruments_tell_what_a_listener_wants_to_know()
    {
        var seen = new HashSet<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == TrainingInstruments.Name) self.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen.Add(instrument.Name));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen.Add(instrument.Name));
        listener.Start();
        var activities = new List<string>();
        using var source = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TrainingInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { lock (activities) activities.Add(activity.OperationName); },
        };
        ActivitySource.AddActivityListener(source);
        var reports = new List<TrainingProgress>();
        new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()).Fit(Data(64, seed: 1), epochs: 2, validation: Data(10, seed: 2), progress: new Immediate(reports.Add));
        Assert.Superset(
            new HashSet<string>("loss,steps,samples,throughput,time_left,validation_loss,learning_rate".Split(',').Select(name => "netgen.training." + name)), seen);
        Assert.Superset(new HashSet<string>(["fit", "epoch", "evaluate"]), new HashSet<string>(activities));
        Assert.Equal((2, 2, 2L, 2L), (reports[^1].Epoch, reports[^1].Epochs, reports[^1].Batch, reports[^1].Batches!.Value));
        Assert.Equal(TimeSpan.Zero, reports[^1].TimeLeft);
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_the_first_step()
    {
        var network = new Clusters(seed: 1);
        float[] before = network.FlatParameters.ToArray();
        var trainer = new Trainer<Clusters, int>(network, new Rule()) { Schedule = new StepSchedule(3) };
        Assert.Contains("Expected an optimizer with a learning rate for StepSchedule, but got Rule", Assert.Throws<ArgumentException>(() => trainer.Fit(Data(10, 1), 1)).Message);
        Assert.Contains("Expected samples of 6 floats, the input of Clusters, but got 5", Assert.Throws<ArgumentException>(() => Plain().Fit(new Dataset<int>(new float[10], new int[2], 5), 1)).Message);
        Assert.Contains("Expected targets of 1 numbers", Assert.Throws<ArgumentException>(() => Plain().Fit(new Dataset<int>(new float[12], new int[4], 6, 2), 1)).Message);
        Assert.Contains("at least one sample", Assert.Throws<ArgumentException>(() => Plain().Fit(new Dataset<int>(Array.Empty<float>(), Array.Empty<int>(), 6), 1)).Message);
        Assert.Equal(before, network.FlatParameters);

        Trainer<Clusters, int> Plain() => new(network, new Adam());
    }

    internal static Dataset<int> Data(int count, int seed, float noise = 0.6f)
    {
        var random = new Random(seed);
        var inputs = new float[count * 6];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = random.Next(3);
            for (int j = 0; j < 6; j++)
                inputs[(i * 6) + j] = (j % 3 == labels[i] ? 1 : 0) + (noise * (random.NextSingle() + random.NextSingle() - 1));
        }

        return new Dataset<int>(inputs, labels, 6);
    }

    private sealed class Named(string name) : Metric<int>
    {
        public override string Name => name;

        public override double Value => 0;

        public override void Reset(int outputSize)
        {
        }

        public override void Update(ReadOnlySpan<float> outputs, ReadOnlySpan<int> targets)
        {
        }
    }

    private sealed class Rule : IOptimizer
    {
        public void Step(IParameterized model)
        {
        }
    }

    private sealed class Immediate(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
