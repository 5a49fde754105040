using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;

namespace NetGen.Samples.Mnist;

internal static class Program
{
    private const string Convolutional = "cnn";
    private const string Perceptron = "mlp";
    private const int BatchSize = 16;

    private const double LearningRate = 0.1;

    private static int Main(string[] args)
    {
        var network = new Option<string>("--network")
        {
            Description = "cnn, a convolutional network, or mlp, a multi-layer perceptron.",
            DefaultValueFactory = _ => Convolutional,
        };
        network.AcceptOnlyFromAmong(Convolutional, Perceptron);
        var data = new Option<string?>("--data")
        {
            Description = "A directory with MNIST's four files under their standard names, plain or gzip. Default: the 6,000 training images beside the program.",
            HelpName = "DIR",
        };
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "A directory in which each epoch is saved. What is there goes on, with the same bits as if it had never stopped.",
            HelpName = "DIR",
        };
        var epochs = new Option<int?>("--epochs")
        {
            Description = "Passes over the training images. Default: cnn 8, with --data 5; mlp 30, with --data 15.",
            HelpName = "N",
        };
        epochs.Require(least: 1);
        var seed = new Option<ulong>("--seed") { Description = "Seed of initialisation, dropout and shuffling.", HelpName = "N", DefaultValueFactory = _ => 0 };

        var command = new RootCommand("Trains a network on handwritten digits and tests it on 10,000 images it has not seen.") { network, data, checkpoint, epochs, seed };
        command.SetAction(options =>
        {
            try
            {
                string? directory = options.GetValue(data);
                string? checkpoints = options.GetValue(checkpoint);
                int? count = options.GetValue(epochs);
                if (options.GetValue(network) == Perceptron)
                    Run<PerceptronDigits>(directory, checkpoints, count ?? (directory is null ? 30 : 15), options.GetValue(seed));
                else
                    Run<ConvolutionalDigits>(directory, checkpoints, count ?? (directory is null ? 8 : 5), options.GetValue(seed));
                return 0;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(e.Message);
                return 1;
            }
        });
        return command.Parse(args).Invoke();
    }

    private static void Run<TNetwork>(string? data, string? checkpoints, int epochs, ulong seed)
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<int>
    {
        Display.Prepare();
        (MnistDataset train, MnistDataset test) = MnistFiles.Load(data);
        Console.WriteLine(TNetwork.Summary);

        var progress = new EpochTable(epochs);
        var trainer = new Trainer<TNetwork, int>(TNetwork.Create(seed), new SGD(LearningRate))
        {
            // From the first epoch on the learning rate falls in equal steps, so that the last batches settle the network instead of shaking it.
            Schedule = new PolynomialSchedule(epochs),
            Metrics = [new Accuracy()],
            Callbacks = [progress],
            Checkpoints = checkpoints is null ? null : new CheckpointDirectory(checkpoints) { Keep = 2 },
        };
        if (checkpoints is not null && trainer.Resume())
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trainer.EpochCount} epochs are done in '{checkpoints}'."));
        progress.Follow(() => trainer.Fit(train.ToDataset(), epochs, BatchSize, test.ToDataset(), seed));

        var scores = new float[test.Count * TNetwork.OutputSize];
        trainer.Network.Predict(test.Images, scores);
        Display.ConfusionMatrix(test, scores);
        Display.Mistakes(test, scores);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {trainer.Evaluate(test.ToDataset())["accuracy"]:F4}"));
    }
}
