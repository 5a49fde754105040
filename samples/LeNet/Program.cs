using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Samples.Mnist;
using NetGen.Training;

namespace NetGen.Samples.LeNet;

/// <summary>LeNet-5 with today's activations and pools.</summary>
[Network(1, 28, 28)]
[Conv2d(6, 5, Name = "conv1"), ReLU, MaxPool2d(2)]
[Conv2d(16, 5, Name = "conv2"), ReLU, MaxPool2d(2)]
[Flatten, Linear(120, Name = "fc1"), ReLU, Linear(84, Name = "fc2"), ReLU, Linear(10, Name = "fc3")]
[CrossEntropyLoss]
internal sealed partial class LeNet5;

internal static class Program
{
    private static int Main(string[] args)
    {
        var data = new Option<string?>("--data")
        {
            Description = "A directory with MNIST's four files under their standard names, plain or gzip. Default: the 6,000 training images beside the program.",
            HelpName = "DIR",
        };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training images.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var batch = new Option<int>("--batch") { Description = "Images of a step.", HelpName = "N", DefaultValueFactory = _ => 64 };
        epochs.Require(least: 1);
        batch.Require(least: 1);
        var seed = new Option<ulong>("--seed") { Description = "Seed of initialisation and shuffling.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var command = new RootCommand("Trains LeNet-5 on handwritten digits with Adam and tests it on 10,000 images it has not seen.") { data, epochs, batch, seed };
        command.SetAction(options =>
        {
            try
            {
                Run(options.GetValue(data), options.GetValue(epochs), options.GetValue(batch), options.GetValue(seed));
                return 0;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
            {
                Console.Error.WriteLine(e.Message);
                return 1;
            }
        });
        return command.Parse(args).Invoke();
    }

    private static void Run(string? directory, int epochs, int batchSize, ulong seed)
    {
        (MnistDataset train, MnistDataset test) = MnistFiles.Load(directory);
        Console.WriteLine(LeNet5.Summary);

        var trainer = new Trainer<LeNet5, int>(new LeNet5(seed), new Adam(3e-4)) { Metrics = [new Accuracy()], Callbacks = [new Lines()] };
        TrainingHistory history = trainer.Fit(train.ToDataset(), epochs, batchSize, seed: seed);

        // The first epoch compiles.
        double seconds = history["seconds"].Skip(epochs > 1 ? 1 : 0).Average();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} s an epoch, {train.Count / seconds:N0} images/s, evaluation left out"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {trainer.Evaluate(test.ToDataset())["accuracy"]:F4}"));
    }

    /// <summary>A line an epoch.</summary>
    private sealed class Lines : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext training, EpochFigures epoch) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"epoch {epoch.Number,2}  loss {epoch["loss"]:F4}  {epoch["seconds"]:F2} s  {epoch["samples_per_second"]:N0} images/s"));
    }
}
