using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using NetGen.Charts;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;

namespace NetGen.Samples.RandomLabels;

/// <summary>What is trained, on how much, for how long.</summary>
/// <param name="Images">Images of the training set, the first ones.</param>
/// <param name="Epochs">Passes over them.</param>
/// <param name="BatchSize">Images of a step.</param>
/// <param name="LearningRate">Of stochastic gradient descent.</param>
/// <param name="Momentum">Its momentum.</param>
internal sealed record Setting(int Images, int Epochs, int BatchSize, double LearningRate, double Momentum)
{
    /// <summary>Whether the learning rate falls to zero along half a cosine. A constant one leaves the last labels of a small network now fitted, now not.</summary>
    public bool IsAnnealed { get; init; }

    /// <summary>The shares of labels that are replaced.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [0, 0.2, 0.4, 0.6, 0.8, 1];
}

/// <summary>Does a network fit labels that mean nothing? (Zhang, Bengio, Hardt, Recht and Vinyals 2017)</summary>
internal static class Experiment
{
    /// <summary>Trains a network at each share, several at a time, each on a thread of its own.</summary>
    /// <param name="setting">What is trained.</param>
    /// <param name="train">The images, of which the setting takes the first.</param>
    /// <param name="test">The images to test with.</param>
    /// <param name="directory">Where the checkpoints are.</param>
    /// <param name="threads">Trainings at a time.</param>
    /// <param name="cancellationToken">Ends it behind the steps at hand, which are saved.</param>
    public static IReadOnlyList<TrainingRun> Perform<TNetwork>(Setting setting, Dataset<int> train, Dataset<int> test, string directory, int threads, CancellationToken cancellationToken)
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<int>
    {
        Dataset<int> images = train.Slice(0, Math.Min(setting.Images, train.Count));
        var runs = new TrainingRun[setting.Shares.Count];
        Parallel.For(0, runs.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, i => runs[i] = Train<TNetwork>(setting, setting.Shares[i], images, test, directory, threads, cancellationToken));
        return runs;
    }

    private static TrainingRun Train<TNetwork>(Setting setting, double share, Dataset<int> images, Dataset<int> test, string directory, int threads, CancellationToken cancellationToken)
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<int>
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"share-{share}");
        Trainer<TNetwork, int>? trainer = null;
        trainer = new Trainer<TNetwork, int>(TNetwork.Create(seed: 0), new SGD(setting.LearningRate, setting.Momentum))
        {
            Schedule = setting.IsAnnealed ? new CosineAnnealing(setting.Epochs) : null,
            Parallelism = Math.Max(1, Environment.ProcessorCount / Math.Min(threads, setting.Shares.Count)),
            Metrics = [new Accuracy()],
            MeasuresTraining = true,
            Callbacks = [new Tests(IsDue, Test), new Lines(share, setting.Epochs)],
            Checkpoints = new CheckpointDirectory(Path.Combine(directory, name)) { Keep = 2 },
            StepsPerCheckpoint = 200,
        };
        trainer.Resume();

        // Of a training that was stopped in a test: the network is still that epoch's.
        if (trainer.History.Epochs is [.., var last] && IsDue(last) && !last.TryGet("val_loss", out _))
            Test(last);
        trainer.Fit(images.WithLabelNoise(share, TNetwork.OutputSize), setting.Epochs, setting.BatchSize, cancellationToken: cancellationToken);
        return new TrainingRun(string.Create(CultureInfo.InvariantCulture, $"{share:P0}"), share, trainer.History);

        // The test images are many beside those trained on, so they are taken five times in a training, the last time behind its last epoch.
        bool IsDue(EpochFigures epoch) => epoch.Number % Math.Max(1, setting.Epochs / 5) == 0 || epoch.Number == setting.Epochs;

        void Test(EpochFigures epoch)
        {
            using var loader = new ArrayLoader<int>(test, 256);
            Evaluation evaluation = trainer!.Evaluate(loader, cancellationToken);
            epoch.Set("val_loss", evaluation.Loss);
            epoch.Set("val_accuracy", evaluation["accuracy"]);
        }
    }

    /// <summary>Tests behind the epochs that are due.</summary>
    private sealed class Tests(Predicate<EpochFigures> isDue, Action<EpochFigures> test) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext training, EpochFigures epoch)
        {
            if (isDue(epoch))
                test(epoch);
        }
    }

    /// <summary>A line now and then.</summary>
    private sealed class Lines(double share, int epochs) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext training, EpochFigures epoch)
        {
            if (epoch.Number % Math.Max(1, epochs / 10) == 0 || epoch.Number == epochs)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"share {share:F1}  epoch {epoch.Number,3}/{epochs}  loss {epoch["loss"]:F4}  training accuracy {epoch["accuracy"]:F4}  {epoch["seconds"]:F1} s"));
            }
        }
    }
}
