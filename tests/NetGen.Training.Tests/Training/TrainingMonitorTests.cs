using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

[Network(6)]
[Linear(32, Name = "fc1"), ReLU(Name = "relu1"), Linear(32, Name = "fc2"), ReLU(Name = "relu2"), Linear(3, Name = "head")]
[CrossEntropyLoss]
internal sealed partial class Healthy;

[Network(6)]
[Linear(16, Name = "fc1"), Sigmoid(Name = "s1"), Linear(16, Name = "fc2"), Sigmoid(Name = "s2"), Linear(16), Sigmoid, Linear(16), Sigmoid, Linear(16), Sigmoid, Linear(16), Sigmoid, Linear(16), Sigmoid, Linear(3, Name = "head")]
[CrossEntropyLoss]
internal sealed partial class DeepSigmoid;

[Network(6)]
[Linear(32, Name = "fc1", Init = NetGen.Init.Normal, InitScale = 0.001), Tanh, Linear(3, Name = "head")]
[CrossEntropyLoss]
internal sealed partial class Exploding;

[Network(6)]
[Linear(32, Name = "fc1", Init = NetGen.Init.Normal, InitScale = 20), Tanh(Name = "tanh1"), Linear(3, Name = "head")]
[CrossEntropyLoss]
internal sealed partial class Saturated;

public class TrainingMonitorTests
{
    [Fact]
    public void A_healthy_training_is_silent()
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            var monitor = new TrainingMonitor { SampleInterval = 3 };
            Fit(new Healthy(seed), new Adam(3e-3), monitor, epochs: 12);
            Assert.Empty(monitor.Findings);
        }
    }

    [Fact]
    public void Vanishing_gradients_are_named()
    {
        var monitor = new TrainingMonitor { SampleInterval = 2 };
        Fit(new DeepSigmoid(seed: 1), new SGD(1e-3), monitor, epochs: 4);
        TrainingFinding finding = Assert.Single(monitor.Findings, finding => finding.Fault == TrainingFault.VanishingGradients);
        Assert.Equal("head to fc1", finding.Where);
        Assert.True(finding.Value < 1e-3);
        Assert.Equal((0, 4), (finding.Since, finding.Step));
        Assert.Contains("gradients vanish: from head to fc1", finding.ToString(), StringComparison.Ordinal);
        Assert.Contains("since step 0", finding.ToString(), StringComparison.Ordinal);

        monitor = new TrainingMonitor { SampleInterval = 2 };
        Fit(new DeepSigmoid(seed: 1), new SGD(1e-9), monitor, epochs: 4);
        Assert.Contains(monitor.Findings, finding => finding.Fault == TrainingFault.NoProgress);
    }

    [Fact]
    public void Exploding_gradients_are_named()
    {
        var monitor = new TrainingMonitor { SampleInterval = 1 };
        Fit(new Exploding(seed: 1), new SGD(1e-9), monitor, epochs: 3, scale: 1000);
        Assert.Contains(monitor.Findings, finding => finding is { Fault: TrainingFault.ExplodingGradients, Where: "head to fc1" });
    }

    [Fact]
    public void Dead_units_and_saturated_ones_are_named_with_their_layer()
    {
        var network = new Healthy(seed: 1);
        ParameterView bias = network.Parameters["fc2.bias"];
        for (int i = 0; i < 24; i++)
            bias[i] = -100;
        var monitor = new TrainingMonitor { SampleInterval = 2 };
        Fit(network, new Adam(1e-3), monitor, epochs: 3);
        TrainingFinding dead = Assert.Single(monitor.Findings);
        Assert.Equal((TrainingFault.DeadUnits, "relu2"), (dead.Fault, dead.Where));
        Assert.InRange(dead.Value, 0.75, 0.85);

        var other = new TrainingMonitor { SampleInterval = 2 };
        Fit(new Saturated(seed: 1), new Adam(1e-3), other, epochs: 3);
        Assert.Contains(other.Findings, finding => finding is { Fault: TrainingFault.Saturation, Where: "tanh1" });
    }

    [Theory]
    [InlineData("input")]
    [InlineData("relu2")]
    [InlineData("loss")]
    public void A_loss_that_is_not_finite_is_traced_to_where_it_began(string where)
    {
        var network = new Healthy(seed: 1);
        Dataset<int> data = TrainerTests.Data(64, seed: 1);
        float[] inputs = data.Inputs.ToArray();
        if (where == "input")
            inputs[(40 * 6) + 2] = float.NaN;
        if (where == "relu2")
            network.Parameters["fc2.weight"][7] = float.PositiveInfinity;
        if (where == "loss")
            network.Parameters["head.bias"].CopyFrom([3e38f, -3e38f, 0]);
        var told = new List<TrainingFinding>();
        var monitor = new TrainingMonitor { Found = told.Add };
        var trainer = new Trainer<Healthy, int>(network, new Adam(1e-3)) { Monitor = monitor };
        trainer.Fit(new Dataset<int>(inputs, data.Targets.ToArray(), 6), 3, 16);
        TrainingFinding finding = Assert.Single(told, finding => finding.Fault == TrainingFault.LossNotFinite);
        Assert.StartsWith(where, finding.Where, StringComparison.Ordinal);
        Assert.Equal("the loss is not finite", trainer.StopReason);
        Assert.Same(finding, Assert.Single(monitor.Findings, finding => finding.Fault == TrainingFault.LossNotFinite));
    }

    [Fact]
    public void Data_that_spoil_a_training_are_told()
    {
        Dataset<int> data = TrainerTests.Data(64, seed: 1);
        var pixels = new Dataset<int>(data.Inputs.ToArray().Select(value => 128 + (100 * value)).ToArray(), data.Targets.ToArray(), 6);
        Assert.Contains(Found(pixels), finding => finding.Fault == TrainingFault.InputsNotNormalized);
        Assert.Contains(Found(data.WithTargets(new int[64])), finding => finding is { Fault: TrainingFault.TargetsAllTheSame, Value: 0 });
        Assert.Empty(Found(data));

        IReadOnlyList<TrainingFinding> Found(Dataset<int> data)
        {
            var monitor = new TrainingMonitor { SampleInterval = 1 };
            new Trainer<Healthy, int>(new Healthy(seed: 1), new Adam(1e-3)) { Monitor = monitor }.Fit(data, 2, 16);
            return [.. monitor.Findings.Where(finding => finding.Fault is TrainingFault.InputsNotNormalized or TrainingFault.TargetsAllTheSame)];
        }
    }

    [Fact]
    public void Oscillation_is_seen_in_the_accuracy()
    {
        var monitor = new TrainingMonitor();
        Fit(new Healthy(seed: 1), new SGD(60), monitor, epochs: 12);
        Assert.Contains(monitor.Findings, finding => finding.Fault is TrainingFault.Oscillation or TrainingFault.DeadUnits or TrainingFault.LossNotFinite);

        Assert.Equal("accuracy", Assert.Single(Epochs(7, [0.5, 0.7, 0.5, 0.72, 0.48, 0.7, 0.55])).Where);
        Assert.Equal(2.0 / 6, Assert.Single(Epochs(7, [0.5, 0.7, 0.5, 0.72, 0.48, 0.7, 0.55])).Value);

        // One fall is none, nor are small ones, nor a training of which less than a share of 0.3 is done.
        Assert.Empty(Epochs(7, [0.5, 0.7, 0.5, 0.72, 0.75, 0.76, 0.78]));
        Assert.Empty(Epochs(7, [0.5, 0.7, 0.68, 0.7, 0.68, 0.7, 0.68]));
        Assert.Empty(Epochs(24, [0.5, 0.7, 0.5, 0.72, 0.48, 0.7, 0.55]));
        Assert.Single(Epochs(23, [0.5, 0.7, 0.5, 0.72, 0.48, 0.7, 0.55]));

        static IReadOnlyList<TrainingFinding> Epochs(int planned, double[] accuracies)
        {
            var monitor = new TrainingMonitor();
            for (int i = 0; i < accuracies.Length; i++)
            {
                var figures = new EpochFigures(i + 1);
                figures.Set("loss", 1);
                figures.Set("accuracy", accuracies[i]);
                monitor.EndEpoch(figures, 10 * i, planned);
            }

            return monitor.Findings;
        }
    }

    [Theory]
    [InlineData(1e-9, true)]
    [InlineData(3e-3, false)]
    [InlineData(30, true)]
    public void No_progress_is_a_loss_that_stays_or_is_far_above_its_start(double rate, bool isFound)
    {
        var monitor = new TrainingMonitor { SampleInterval = 1_000_000 };
        Fit(new Healthy(seed: 1), new Adam(rate), monitor, epochs: 6);
        Assert.Equal(isFound, monitor.Findings.Any(finding => finding is { Fault: TrainingFault.NoProgress, Since: 0 }));
    }

    [Fact]
    public void Gradients_that_vanish_in_a_network_that_learns_are_no_fault()
    {
        Assert.Contains(Found(accuracy: 0.69), finding => finding.Fault == TrainingFault.VanishingGradients);
        Assert.DoesNotContain(Found(accuracy: 0.7), finding => finding.Fault == TrainingFault.VanishingGradients);

        static IReadOnlyList<TrainingFinding> Found(double accuracy)
        {
            var monitor = new TrainingMonitor { SampleInterval = 2 };
            var figures = new EpochFigures(1);
            figures.Set("loss", 1);
            figures.Set("accuracy", accuracy);
            monitor.EndEpoch(figures, 0, epochs: 100);
            new Trainer<DeepSigmoid, int>(new DeepSigmoid(seed: 1), new SGD(1e-3)) { Monitor = monitor }.Fit(TrainerTests.Data(160, seed: 1), 2, 16);
            return monitor.Findings;
        }
    }

    [Fact]
    public void Frozen_layers_have_no_gradient_to_vanish()
    {
        var monitor = new TrainingMonitor { SampleInterval = 1 };
        Fit(new Healthy(seed: 1), new Adam(1e-3) { Groups = [new ParameterGroup("fc1.*") { IsFrozen = true }] }, monitor, epochs: 2);
        Assert.Empty(monitor.Findings);

        monitor = new TrainingMonitor { SampleInterval = 1 };
        Fit(new DeepSigmoid(seed: 1), new SGD(1e-3) { Groups = [new ParameterGroup("fc1.*") { IsFrozen = true }] }, monitor, epochs: 2);
        Assert.Equal("head to fc2", Assert.Single(monitor.Findings, finding => finding.Fault == TrainingFault.VanishingGradients).Where);
    }

    [Fact]
    public void A_fault_that_comes_and_goes_is_told_once()
    {
        // Behind every third step a bias is such that the layer is dead, or not.
        Assert.Single(Found([true, true, true, true, false, true, false, false, true, true, true]));
        Assert.Equal(2, Found([true, true, true, false, false, false, true, true, true]).Count);
        Assert.Empty(Found([true, true, false, true, true, false, true, true]));

        static List<TrainingFinding> Found(bool[] isDead)
        {
            var network = new Healthy(seed: 1);
            var monitor = new TrainingMonitor { SampleInterval = 1 };
            var alive = network.Parameters["fc2.bias"].ToArray();
            new Trainer<Healthy, int>(network, new SGD(1e-9))
            {
                Monitor = monitor,
                Callbacks = [new Watcher { Begin = training => network.Parameters["fc2.bias"].CopyFrom(isDead[training.Step] ? Enumerable.Repeat(-100f, 32).ToArray() : alive) }],
            }.Fit(TrainerTests.Data(16 * isDead.Length, seed: 1), 1, 16);
            return [.. monitor.Findings.Where(finding => finding.Fault == TrainingFault.DeadUnits)];
        }
    }

    [Fact]
    public void A_resumed_training_is_judged_as_a_whole()
    {
        using var folder = new TemporaryFolder();
        string path = System.IO.Path.Combine(folder.Path, "training.safetensors");
        foreach (bool wasWatched in new[] { true, false })
        {
            Trainer(wasWatched ? new TrainingMonitor() : null, 15).SaveCheckpoint(path);
            var monitor = new TrainingMonitor();
            Trainer<Healthy, int> resumed = Trainer(monitor, 0);
            resumed.LoadCheckpoint(path);

            // The rate is next to nothing by now.
            resumed.Fit(TrainerTests.Data(160, seed: 1), 30, 16);
            Assert.True(resumed.History["loss"][^1] > 0.99 * resumed.History["loss"][15]);
            Assert.Empty(monitor.Findings);
        }

        // A training that nobody watches any more takes a watched one's checkpoint.
        Trainer(new TrainingMonitor(), 1).SaveCheckpoint(path);
        Trainer(null, 0).LoadCheckpoint(path);

        static Trainer<Healthy, int> Trainer(TrainingMonitor? monitor, int epochs)
        {
            var trainer = new Trainer<Healthy, int>(new Healthy(seed: 1), new Adam(1e-2)) { Monitor = monitor, Metrics = [new Accuracy()], MeasuresTraining = true, Schedule = new StepSchedule(15, 1e-6) };
            trainer.Fit(TrainerTests.Data(160, seed: 1), epochs, 16);
            return trainer;
        }
    }

    [Fact]
    public void What_was_found_before_an_interruption_is_told_once()
    {
        using var folder = new TemporaryFolder();
        string path = System.IO.Path.Combine(folder.Path, "training.safetensors");
        Dataset<int> data = Scaled(TrainerTests.Data(160, seed: 1), 1000);
        data = data.WithTargets(new int[160]);
        var whole = new TrainingMonitor { SampleInterval = 7 };
        Trainer(whole).Fit(data, 6, 16);
        Assert.True(whole.Findings.Select(finding => finding.Fault).Distinct().Count() > 1);
        for (int epochs = 1; epochs < 6; epochs++)
        {
            Trainer<Healthy, int> first = Trainer(new TrainingMonitor { SampleInterval = 7 });
            first.Fit(data, epochs, 16);
            first.SaveCheckpoint(path);
            var monitor = new TrainingMonitor { SampleInterval = 7 };
            Trainer<Healthy, int> resumed = Trainer(monitor);
            resumed.LoadCheckpoint(path);
            Assert.Equal(first.Monitor!.Findings, monitor.Findings);
            resumed.Fit(data, 6, 16);
            Assert.Equal(whole.Findings.Where(InSteps), monitor.Findings.Where(InSteps));
        }

        // What an epoch shows is judged by the number of epochs that are planned.
        static bool InSteps(TrainingFinding finding) => finding.Fault is not (TrainingFault.NoProgress or TrainingFault.Oscillation);

        static Trainer<Healthy, int> Trainer(TrainingMonitor monitor) => new(new Healthy(seed: 1), new SGD(1e-9)) { Monitor = monitor };
    }

    [Fact]
    public void Units_that_live_in_any_piece_of_a_large_batch_are_alive()
    {
        var network = new Healthy(seed: 1);
        float[] weights = new float[32 * 6];
        for (int unit = 0; unit < 32; unit++)
            weights[unit * 6] = 1;
        network.Parameters["fc1.weight"].CopyFrom(weights);
        network.Parameters["fc1.bias"].CopyFrom(Enumerable.Repeat(-0.5f, 32).ToArray());
        var monitor = new TrainingMonitor { SampleInterval = 1 };
        using ArrayLoader<int> loader = Large(i => i < LargeBatch.Samples - 50 ? 0 : 1);
        new Trainer<Healthy, int>(network, new SGD(1e-9)) { Monitor = monitor }.Fit(loader, 4);
        Assert.DoesNotContain(monitor.Findings, finding => finding is { Fault: TrainingFault.DeadUnits, Where: "relu1" });

        // And those of the step before do not count.
        monitor = new TrainingMonitor { SampleInterval = 1 };
        using ArrayLoader<int> other = Large(i => i < LargeBatch.Samples / 2 ? 0 : 1);
        new Trainer<Healthy, int>(network, new SGD(1e-9))
        {
            Monitor = monitor,
            Callbacks = [new Watcher { Begin = training => network.Parameters["fc1.bias"].CopyFrom(Enumerable.Repeat(training.Step < 2 ? -0.5f : -2f, 32).ToArray()) }],
        }.Fit(other, 6);
        Assert.Contains(monitor.Findings, finding => finding is { Fault: TrainingFault.DeadUnits, Where: "relu1", Since: 2 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_is_not_finite_in_any_piece_of_a_large_batch_is_traced(int step)
    {
        var network = new Healthy(seed: 1);
        var monitor = new TrainingMonitor();
        using ArrayLoader<int> loader = Large(i => i < LargeBatch.Samples - 1 ? 1 : 1e10f);
        new Trainer<Healthy, int>(network, new SGD(1e-30))
        {
            Monitor = monitor,
            Callbacks =
            [
                new Watcher
                {
                    Begin = training =>
                    {
                        if (training.Step == step)
                            network.Parameters["fc1.weight"].CopyFrom(Enumerable.Repeat(1e30f, 32 * 6).ToArray());
                    },
                },
            ],
        }.Fit(loader, 3);
        TrainingFinding finding = Assert.Single(monitor.Findings, finding => finding.Fault == TrainingFault.LossNotFinite);
        Assert.Equal(("relu1", (long)step), (finding.Where, finding.Step));
    }

    /// <summary>A batch of several pieces, its samples in their order, whose first input is given; the other inputs are 0.</summary>
    private static ArrayLoader<int> Large(Func<int, float> first)
    {
        var inputs = new float[LargeBatch.Samples * 6];
        for (int i = 0; i < LargeBatch.Samples; i++)
            inputs[i * 6] = first(i);
        return new ArrayLoader<int>(new Dataset<int>(inputs, Enumerable.Range(0, LargeBatch.Samples).Select(i => i % 3).ToArray(), 6), LargeBatch.Samples);
    }

    [Fact]
    public void Watched_steps_have_the_same_bits_and_allocate_nothing()
    {
        var watched = new Healthy(seed: 1);
        var alone = new Healthy(seed: 1);
        Dataset<int> data = TrainerTests.Data(320, seed: 1);
        long steps = 0;
        StepAllocations.None((allocations, epochs) => new Trainer<Healthy, int>(watched, new Adam())
        {
            Monitor = new TrainingMonitor { SampleInterval = 2 },
            Callbacks = [allocations, new Watcher { Step = training => steps = training.Step }],
        }.Fit(data, epochs, 8));
        new Trainer<Healthy, int>(alone, new Adam()) { Callbacks = [new Watcher { Step = training => StopAt(training, steps) }] }.Fit(data, 200, 8);
        Assert.Equal(alone.FlatParameters, watched.FlatParameters);

        static void StopAt(TrainingContext training, long step)
        {
            if (training.Step == step)
                training.Stop("as many");
        }
    }

    private static void Fit<TNetwork>(TNetwork network, IOptimizer optimizer, TrainingMonitor monitor, int epochs, float scale = 1)
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<int> =>
        new Trainer<TNetwork, int>(network, optimizer) { Monitor = monitor, Metrics = [new Accuracy()], MeasuresTraining = true }.Fit(Scaled(TrainerTests.Data(160, seed: 1), scale), epochs, 16);

    private static Dataset<int> Scaled(Dataset<int> data, float scale) => new(data.Inputs.ToArray().Select(value => scale * value).ToArray(), data.Targets.ToArray(), 6);
}
