using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NetGen.Data;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

[Network(64)]
[Linear(256, Name = "first"), Tanh(Name = "bend"), Linear(100, Name = "last")]
[MSELoss]
internal sealed partial class Wide;

public class LayerStatisticsTests
{
    [Fact]
    public void Norms_and_ratios_are_those_of_the_parameters()
    {
        var network = new Merged(seed: 3);
        var random = new Random(1);
        var data = new Dataset<float>(Numbers(random, 40 * Merged.InputSize), Numbers(random, 40 * Merged.OutputSize), Merged.InputSize, Merged.OutputSize);
        Dictionary<string, List<double>> norms = [], ratios = [];
        Dictionary<string, float[]> before = [];
        var watcher = new Watcher
        {
            Begin = training => before = training.Network.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray()),
            Step = training =>
            {
                foreach (ParameterView parameter in training.Network.Parameters)
                {
                    float[] after = parameter.ToArray();
                    Add(norms, parameter.Name, Norm(training.Network.Gradients[parameter.Name].ToArray()));
                    Add(ratios, parameter.Name, Norm([.. after.Zip(before[parameter.Name], (a, b) => a - b)]) / Norm(after));
                }
            },
        };
        TrainingHistory history = new Trainer<Merged, float>(network, new SGD(0.1)) { Callbacks = [new LayerStatistics { SampleInterval = 1 }, watcher] }.Fit(data, epochs: 1, batchSize: 8);
        Assert.Equal(5, norms["head.weight"].Count);
        foreach (ParameterView parameter in network.Parameters)
        {
            Assert.Equal(norms[parameter.Name].Average(), history["gradient_norm/" + parameter.Name][0], norms[parameter.Name].Average() * 1e-9);
            Assert.Equal(ratios[parameter.Name].Average(), history["update_ratio/" + parameter.Name][0], ratios[parameter.Name].Average() * 1e-9);
        }

        static void Add(Dictionary<string, List<double>> figures, string name, double value)
        {
            if (!figures.TryGetValue(name, out List<double>? values))
                figures.Add(name, values = []);
            values.Add(value);
        }
    }

    [Fact]
    public void The_measured_signal_is_that_of_the_outputs_and_stands_beside_the_predicted_one()
    {
        var random = new Random(1);
        float[] inputs = [.. Enumerable.Range(0, 512 * 64).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
        var network = new Wide(seed: 5);
        var outputs = new float[512 * 100];
        network.Predict(inputs, outputs);
        var statistics = new LayerStatistics();
        Assert.Empty(statistics.Signals);
        var monitor = new TrainingMonitor();
        TrainingHistory history = new Trainer<Wide, float>(network, new SGD(1e-3)) { Callbacks = [statistics], Monitor = monitor }
            .Fit(new Dataset<float>(inputs, new float[512 * 100], 64, 100), epochs: 1, batchSize: 512);
        Assert.Equal(["bend", "last"], statistics.Signals.Select(signal => signal.Layer));
        Assert.Equal(Math.Sqrt(outputs.Average(value => (double)value * value) - Math.Pow(outputs.Average(value => (double)value), 2)), statistics.Signals[^1].Measured, 1e-6);
        Assert.Equal(statistics.Signals[^1].Measured, history["signal/last"][0]);
        Assert.All(statistics.Signals, signal => Assert.Equal(signal.Predicted, signal.Measured, 0.1 * signal.Predicted));
    }

    [Fact]
    public void The_signal_is_that_of_every_piece_of_a_large_batch()
    {
        Dataset<int> data = TrainerTests.Data(LargeBatch.Samples, seed: 1);

        // Later samples are larger.
        float[] inputs = [.. data.Inputs.ToArray().Select((value, i) => value * (1 + (i / 4000)))];
        var network = new Healthy(seed: 5);
        var outputs = new float[LargeBatch.Samples * 3];
        network.Predict(inputs, outputs);
        double[] mean = [outputs.Average(value => (double)value), outputs.Average(value => (double)value * value)];
        TrainingHistory history = new Trainer<Healthy, int>(network, new SGD(1e-30)) { Callbacks = [new LayerStatistics { SampleInterval = 1 }] }
            .Fit(new Dataset<int>(inputs, data.Targets.ToArray(), 6), epochs: 2, batchSize: LargeBatch.Samples);
        Assert.All(history["signal/head"], signal => Assert.Equal(Math.Sqrt(mean[1] - (mean[0] * mean[0])), signal, 1e-5));
    }

    [Fact]
    public void Of_accumulated_gradients_the_update_counts_and_of_frozen_parameters_nothing()
    {
        Dataset<int> data = TrainerTests.Data(160, seed: 1);
        var optimizer = new SGD(0.1) { AccumulationSteps = 3, Groups = [new ParameterGroup("head.*") { IsFrozen = true }] };
        TrainingHistory history = new Trainer<Clusters, int>(new Clusters(seed: 1), optimizer) { Callbacks = [new LayerStatistics { SampleInterval = 6 }] }.Fit(data, epochs: 2, batchSize: 8);
        Assert.All(history["update_ratio/hidden.weight"], ratio => Assert.InRange(ratio, 1e-4, 1));
        Assert.DoesNotContain(history.Names, name => name.EndsWith("head.weight", StringComparison.Ordinal));

        // An epoch of one step, which is not looked at.
        history = new Trainer<Clusters, int>(new Clusters(seed: 1), new SGD(0.1)) { Callbacks = [new LayerStatistics { SampleInterval = 3 }] }.Fit(data, epochs: 4, batchSize: 160);
        Assert.Equal([true, false, false, true], history["gradient_norm/head.bias"].Select(double.IsFinite));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void A_training_that_goes_on_has_the_same_figures(int interruption)
    {
        using var folder = new TemporaryFolder();
        string path = System.IO.Path.Combine(folder.Path, "training.safetensors");
        TrainingHistory expected = Create(out _).Fit(Data(), 3, 16, seed: 4);
        using var source = new CancellationTokenSource();
        Trainer<Clusters, int> first = Create(out LayerStatistics before, new Watcher { Step = training => { if (training.Step == interruption) source.Cancel(); } });
        Assert.Throws<OperationCanceledException>(() => first.Fit(Data(), 3, 16, seed: 4, cancellationToken: source.Token));
        first.SaveCheckpoint(path);
        Trainer<Clusters, int> second = Create(out LayerStatistics after, new Watcher());
        second.LoadCheckpoint(path);
        Assert.Equal(before.Signals, after.Signals);
        TrainingHistory history = second.Fit(Data(), 3, 16, seed: 4);
        Assert.Equal(expected.Names, history.Names);
        foreach (string name in expected.Names.Where(name => name.Contains('/')))
            Assert.Equal(expected[name], history[name]);

        static Dataset<int> Data() => TrainerTests.Data(90, seed: 1);

        static Trainer<Clusters, int> Create(out LayerStatistics statistics, params TrainingCallback[] others) => new(new Clusters(seed: 8), new Adam(1e-2) { AccumulationSteps = 4 })
        {
            Callbacks = [statistics = new LayerStatistics { SampleInterval = 4 }, .. others],
        };
    }

    [Fact]
    public void Steps_that_are_looked_at_allocate_nothing()
    {
        Dataset<int> data = TrainerTests.Data(320, seed: 1);
        StepAllocations.None((allocations, epochs) => new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()) { Callbacks = [new LayerStatistics { SampleInterval = 1 }, allocations] }.Fit(data, epochs, batchSize: 8));
    }

    [Fact]
    public void It_belongs_to_one_network()
    {
        var statistics = new LayerStatistics();
        Fit();
        Assert.Contains("make a LayerStatistics for each", Assert.Throws<InvalidOperationException>(Fit).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerStatistics { SampleInterval = 0 });

        void Fit() => new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()) { Callbacks = [statistics] }.Fit(TrainerTests.Data(16, seed: 1), epochs: 1);
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));
}
