using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>What of a training is in its checkpoints, and when there are some.</summary>
public class TrainerResumeTests
{
    private static readonly Dataset<int> s_data = TrainerTests.Data(64, seed: 1);
    private static readonly Dataset<int> s_validation = TrainerTests.Data(32, seed: 2);

    [Fact]
    public void A_checkpoint_of_a_training_that_has_not_begun_can_be_trained_on()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "new.safetensors");
        Trainer<Clusters, int> trainer = Trainer(1);
        trainer.SaveCheckpoint(path);
        trainer.Fit(s_data, 2, 16);
        Trainer<Clusters, int> loaded = Trainer(2);
        loaded.LoadCheckpoint(path);
        loaded.Fit(s_data, 2, 16);
        Assert.Equal(trainer.Network.FlatParameters, loaded.Network.FlatParameters);

        // What was trained before is forgotten, its loader too.
        loaded.LoadCheckpoint(path);
        loaded.SaveCheckpoint(path);
        Trainer<Clusters, int> again = Trainer(3);
        again.LoadCheckpoint(path);
        again.Fit(s_data, 2, 16);
        Assert.Equal(trainer.Network.FlatParameters, again.Network.FlatParameters);
    }

    [Fact]
    public void A_checkpoint_that_is_saved_again_has_its_loader_still()
    {
        using var folder = new TemporaryFolder();
        (string first, string second) = (Path.Combine(folder.Path, "first.safetensors"), Path.Combine(folder.Path, "second.safetensors"));
        Trainer<Clusters, int> whole = Trainer(1);
        whole.Fit(s_data, 1, 16, seed: 3);
        whole.SaveCheckpoint(first);
        whole.Fit(s_data, 3, 16, seed: 3);

        Trainer<Clusters, int> between = Trainer(2);
        between.LoadCheckpoint(first);
        between.SaveCheckpoint(second);
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Trainer<Clusters, int> last = Trainer(3);
        last.LoadCheckpoint(second);
        Assert.Throws<InvalidDataException>(() => last.Fit(s_data, 3, 8, seed: 3));
        Assert.Throws<InvalidDataException>(() => last.Fit(s_data, 3, 16, seed: 4));
        last.Fit(s_data, 3, 16, seed: 3);
        Assert.Equal(whole.Network.FlatParameters, last.Network.FlatParameters);
    }

    /// <summary>Whether a loader transforms or the dataset was transformed, inputs or targets, parts of it or all.</summary>
    [Fact]
    public void Transforms_that_are_fitted_to_something_else_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "training.safetensors");
        Dataset<float> data = Values(1), others = Values(2);
        (string Name, Func<Dataset<float>, DataLoader<float>> Loader)[] kinds =
        [
            ("transform", fit => new ArrayLoader<float>(data, 16, transform: new Standardize().Fit(fit))),
            ("transform", fit => new PrefetchLoader<float>(Enumerable.Range(0, data.Count).Select(i => new Sample<float>(data.Input(i).ToArray(), data.Target(i).ToArray())), 5, 16, new PrefetchOptions { TargetSize = 3, Transform = new Standardize().Fit(fit) })),
            ("dataTransforms", fit => new ArrayLoader<float>(data.Transform(new Standardize().Fit(fit)), 16)),
            ("dataTransforms", fit => new ArrayLoader<float>(data.Transform(new Standardize().Fit(fit)).Transform(new MinMax().Fit(data)), 16)),
            ("dataTransforms", fit => new ArrayLoader<float>(data.Transform(new Standardize().Fit(fit)).Split(0.5, seed: 1).Train, 16)),
            ("dataTransforms", fit => new ArrayLoader<float>(data.Transform(new Standardize().Fit(fit)).Slice(3, 40), 16)),
            ("dataTransforms", fit => new ArrayLoader<float>(data.Transform(new Standardize().Fit(fit)).WithTargets(data.Targets.ToArray()), 16)),
            ("targetTransforms", fit => new ArrayLoader<float>(data.TransformTargets(new Standardize().FitTargets(fit)), 16)),
            ("targetTransforms", fit => new ArrayLoader<float>(data.TransformTargets(new Standardize().FitTargets(fit)).Transform(new MinMax().Fit(data)), 16)),
            ("targetTransforms", fit => new ArrayLoader<float>(data.TransformTargets(new Standardize().FitTargets(fit)).Subset([1, 2, 3, 4]), 16)),
        ];
        foreach ((string name, Func<Dataset<float>, DataLoader<float>> loader) in kinds)
        {
            Trainer<SmallRegression, float> whole = Trainer();
            using DataLoader<float> first = loader(data), same = loader(data), other = loader(others);
            whole.Fit(first, 1);
            whole.SaveCheckpoint(path);
            whole.Fit(first, 2);
            Trainer<SmallRegression, float> resumed = Trainer();
            resumed.LoadCheckpoint(path);
            Assert.StartsWith($"Expected a loader with {name} Standardize ", Assert.Throws<InvalidDataException>(() => resumed.Fit(other, 2)).Message, StringComparison.Ordinal);
            resumed.Fit(same, 2);
            Assert.Equal(whole.Network.FlatParameters, resumed.Network.FlatParameters);
        }

        // New targets are not those that were transformed.
        using var replaced = new ArrayLoader<float>(data.TransformTargets(new Standardize().FitTargets(data)).WithTargets(data.Targets.ToArray()), 16);
        var state = new TrainingState();
        replaced.Save(state);
        Assert.Equal("none", state.GetString("targetTransforms"));

        static Trainer<SmallRegression, float> Trainer() => new(new SmallRegression(seed: 1), new Adam(1e-2));

        static Dataset<float> Values(int seed)
        {
            var random = new Random(seed);
            float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
            return new Dataset<float>(Draw(48 * 5), Draw(48 * 3), 5, 3);
        }
    }

    [Fact]
    public void Callbacks_are_known_by_their_kind()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "training.safetensors");
        EarlyStopping[] first = [new("val_loss"), new("val_accuracy")];
        Trainer<Clusters, int> saved = Trainer(1, first[0], new Silent(), first[1], new LayerStatistics());
        saved.Fit(s_data, 3, 16, s_validation);
        saved.SaveCheckpoint(path);
        EarlyStopping[] second = [new("val_loss"), new("val_accuracy")];
        Trainer<Clusters, int> loaded = Trainer(1, new LayerStatistics(), new Silent(), second[0], second[1]);
        loaded.LoadCheckpoint(path);
        Assert.Equal(first.Select(stopping => (stopping.Best, stopping.BestEpoch, stopping.Waited)), second.Select(stopping => (stopping.Best, stopping.BestEpoch, stopping.Waited)));
        Assert.Throws<InvalidDataException>(() => Trainer(1, new LayerStatistics(), new EarlyStopping()).LoadCheckpoint(path));
    }

    [Fact]
    public void A_stop_within_an_epoch_is_saved_and_told()
    {
        using var folder = new TemporaryFolder();
        var directory = new CheckpointDirectory(folder.Path);
        Trainer<Clusters, int> Saving(long last) => new(new Clusters(seed: 1), new SGD(0.1)) { Checkpoints = directory, Callbacks = [new Silent { Stepped = training => { if (training.Step == last) training.Stop("it is enough"); } }] };
        Trainer<Clusters, int> stopped = Saving(2);
        TrainingHistory history = stopped.Fit(s_data, 2, 16);
        Assert.Equal([2], directory.Steps);
        Assert.Empty(history.Epochs);
        Assert.Equal("it is enough", history.StopReason);
        Assert.Contains("it is enough", Assert.Throws<ArgumentException>(() => NetGen.Charts.TrainingReport.ToHtml(history)).Message, StringComparison.Ordinal);

        Trainer<Clusters, int> resumed = Saving(-1);
        Assert.True(resumed.Resume());
        resumed.Fit(s_data, 2, 16);
        Assert.Null(resumed.History.StopReason);
        Trainer<Clusters, int> whole = new(new Clusters(seed: 1), new SGD(0.1));
        whole.Fit(s_data, 2, 16);
        Assert.Equal(whole.Network.FlatParameters, resumed.Network.FlatParameters);
    }

    [Fact]
    public void What_fails_behind_an_exception_does_not_hide_it()
    {
        using var folder = new TemporaryFolder();
        var told = new List<string>();
        var broken = new Silent { Failed = _ => throw new TimeoutException("of a callback") };
        var last = new Silent { Failed = e => told.Add(e.Message), Stepped = training => { if (training.Step == 2) throw new NotSupportedException("the first"); } };
        NotSupportedException first = Assert.Throws<NotSupportedException>(() => Trainer(1, broken, last).Fit(s_data, 1, 16));
        Assert.Equal(["the first"], told);
        Assert.Equal("of a callback", Assert.Single((Exception[])first.Data["NetGen.Training"]!).Message);

        // A folder that is gone cannot take a checkpoint.
        using var source = new CancellationTokenSource();
        string gone = Path.Combine(folder.Path, "gone");
        var cancelling = new Silent
        {
            Failed = e => told.Add(e.GetType().Name),
            Stepped = training =>
            {
                File.WriteAllText(gone, "no folder");
                source.Cancel();
            },
        };
        var directory = new CheckpointDirectory(gone);
        if (Directory.Exists(gone))
            Directory.Delete(gone);
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new SGD(0.1)) { Checkpoints = directory, Callbacks = [cancelling] };
        OperationCanceledException cancelled = Assert.Throws<OperationCanceledException>(() => trainer.Fit(s_data, 1, 16, cancellationToken: source.Token));
        Assert.Equal(["the first", nameof(OperationCanceledException)], told);
        Assert.IsAssignableFrom<IOException>(Assert.Single((Exception[])cancelled.Data["NetGen.Training"]!));
    }

    [Fact]
    public void Evaluate_measures_what_the_network_has_and_an_epoch_the_average()
    {
        var average = new ExponentialMovingAverage(0.9);
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new SGD(0.1)) { Average = average };
        double averaged = trainer.Fit(s_data, 1, 16, s_validation)["val_loss"][0];
        double own = trainer.Evaluate(s_validation).Loss;
        Assert.Equal(new Trainer<Clusters, int>(trainer.Network, new SGD(0.1)).Evaluate(s_validation).Loss, own);
        Assert.NotEqual(averaged, own);
        average.Swap(trainer.Network);
        Assert.Equal(averaged, trainer.Evaluate(s_validation).Loss);
    }

    [Fact]
    public void Empty_data_and_unknown_figures_are_refused()
    {
        var nothing = new Dataset<int>(Array.Empty<float>(), Array.Empty<int>(), 6);
        Trainer<Clusters, int> trainer = Trainer(1);
        Assert.Equal("validation", Assert.Throws<ArgumentException>(() => trainer.Fit(s_data, 2, 16, nothing)).ParamName);
        Assert.Contains("at least one sample", Assert.Throws<ArgumentException>(() => trainer.Evaluate(nothing)).Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.StepCount);
        Assert.Empty(trainer.History["val_loss"]);
        TrainingHistory history = trainer.Fit(s_data, 1, 16, s_validation);
        Assert.Contains("\"val_acc\". There are: loss, val_loss, val_accuracy", Assert.Throws<KeyNotFoundException>(() => history["val_acc"]).Message, StringComparison.Ordinal);

        // Where only some epochs have it, the others have no number.
        trainer.Fit(s_data, 2, 16);
        Assert.Equal([true, false], history["val_accuracy"].Select(double.IsFinite));
    }

    [Fact]
    public void A_loss_of_ones_own_has_targets_of_any_width()
    {
        var random = new Random(1);
        var data = new Dataset<float>(Enumerable.Range(0, 40 * 5).Select(_ => random.NextSingle()).ToArray(), Enumerable.Range(0, 40).Select(_ => random.NextSingle()).ToArray(), 5, 1);
        Assert.Contains("Expected targets of 3 numbers", Assert.Throws<ArgumentException>(() => new Trainer<SmallRegression, float>(new SmallRegression(seed: 1), new Adam()).Fit(data, 1)).Message, StringComparison.Ordinal);
        var monitor = new TrainingMonitor { StopsAtLossNotFinite = false };
        var trainer = new Trainer<SmallRegression, float>(new SmallRegression(seed: 1), new Adam(1e-2)) { Loss = SumsMiss, Monitor = monitor };
        double before = trainer.Evaluate(data).Loss;
        double[] losses = trainer.Fit(data, 20, 8, data)["val_loss"];
        Assert.True(losses[^1] < before / 4);

        // The monitor does without the declared loss too.
        trainer.Network.FlatParameters.Fill(float.NaN);
        trainer.Fit(data, 21, 8);
        Assert.Contains(monitor.Findings, finding => finding.Fault == TrainingFault.LossNotFinite);

        // Of the sum of three outputs.
        static float SumsMiss(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, Span<float> gradients)
        {
            float loss = 0;
            for (int i = 0; i < targets.Length; i++)
            {
                float miss = outputs[3 * i] + outputs[(3 * i) + 1] + outputs[(3 * i) + 2] - targets[i];
                loss += miss * miss / targets.Length;
                gradients.Slice(3 * i, 3).Fill(2 * miss / targets.Length);
            }

            return loss;
        }
    }

    private static Trainer<Clusters, int> Trainer(ulong seed, params TrainingCallback[] callbacks) => new(new Clusters(seed), new Adam(1e-2)) { Callbacks = callbacks, Metrics = [new Accuracy()] };

    private sealed class Silent : TrainingCallback
    {
        public Action<TrainingContext>? Stepped { get; init; }

        public Action<Exception>? Failed { get; init; }

        public override void OnStepEnd(TrainingContext training) => Stepped?.Invoke(training);

        public override void OnException(TrainingContext training, Exception exception) => Failed?.Invoke(exception);
    }
}
