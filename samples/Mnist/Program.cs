using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using NetGen.Data;

namespace NetGen.Samples.Mnist;

internal static class Program
{
    private const string Convolutional = "cnn";
    private const string Perceptron = "mlp";
    private const int BatchSize = 16;

    /// <summary>Of the first epoch; from there it falls in equal steps, so that the last batches settle the network instead of shaking it.</summary>
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
        var epochs = new Option<int?>("--epochs")
        {
            Description = "Passes over the training images. Default: cnn 8, with --data 5; mlp 30, with --data 15.",
            HelpName = "N",
        };
        epochs.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int value) && value < 1)
                result.AddError($"Expected --epochs to be at least 1, but got {token.Value}.");
        });
        var seed = new Option<ulong>("--seed") { Description = "Seed of initialisation, dropout and shuffling.", HelpName = "N", DefaultValueFactory = _ => 0 };

        var command = new RootCommand("Trains a network on handwritten digits and tests it on 10,000 images it has not seen.") { network, data, epochs, seed };
        command.SetAction(options =>
        {
            try
            {
                string? directory = options.GetValue(data);
                int? count = options.GetValue(epochs);
                if (options.GetValue(network) == Perceptron)
                    Run<PerceptronDigits>(directory, count ?? (directory is null ? 30 : 15), options.GetValue(seed));
                else
                    Run<ConvolutionalDigits>(directory, count ?? (directory is null ? 8 : 5), options.GetValue(seed));
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

    private static void Run<TNetwork>(string? directory, int epochs, ulong seed)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<int>
    {
        Display.Prepare();
        string set = directory is null ? "train-6000" : "train";
        directory ??= Path.Combine(AppContext.BaseDirectory, "Data");
        MnistDataset train = Load(directory, set);
        MnistDataset test = Load(directory, "t10k");

        Console.WriteLine(TNetwork.Summary);
        TNetwork network = TNetwork.Create(seed);
        Display.Training(Train(network, train, test, epochs, seed), epochs);

        float[] scores = Predict(network, test);
        Display.ConfusionMatrix(test, scores);
        Display.Mistakes(test, scores);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {Accuracy(test, scores):F4}"));
    }

    /// <summary>Plain stochastic gradient descent over shuffled batches; hands out what it knows after each epoch.</summary>
    private static IEnumerable<Epoch> Train(ITrainableNetwork<int> network, MnistDataset train, MnistDataset test, int epochs, ulong seed)
    {
        var optimizer = new SGD(LearningRate);
        var random = new Random(unchecked((int)seed));
        int[] order = [.. Enumerable.Range(0, train.Count)];
        var images = new float[BatchSize * train.ImageSize];
        var labels = new int[BatchSize];

        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            long start = Stopwatch.GetTimestamp();
            double loss = 0;
            optimizer.LearningRate = LearningRate * (epochs - epoch + 1) / epochs;
            random.Shuffle(order);
            for (int first = 0; first < order.Length; first += BatchSize)
            {
                int size = Math.Min(BatchSize, order.Length - first);
                for (int i = 0; i < size; i++)
                {
                    train.Image(order[first + i]).CopyTo(images.AsSpan(i * train.ImageSize));
                    labels[i] = train.Labels[order[first + i]];
                }

                loss += size * network.TrainStep(images.AsSpan(0, size * train.ImageSize), labels.AsSpan(0, size), optimizer);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            yield return new Epoch(epoch, loss / train.Count, Accuracy(test, Predict(network, test)), train.Count / seconds);
        }
    }

    /// <summary>The network's scores for each image: <c>[images, classes]</c>.</summary>
    private static float[] Predict(INetwork network, MnistDataset data)
    {
        var scores = new float[data.Count * Digit.Classes];
        network.Predict(data.Images, scores);
        return scores;
    }

    /// <summary>The share of images whose highest score is the true digit's.</summary>
    private static double Accuracy(MnistDataset data, float[] scores)
    {
        int right = 0;
        for (int i = 0; i < data.Count; i++)
        {
            if (TensorPrimitives.IndexOfMax(scores.AsSpan(i * Digit.Classes, Digit.Classes)) == data.Labels[i])
                right++;
        }

        return (double)right / data.Count;
    }

    private static MnistDataset Load(string directory, string set)
    {
        MnistDataset data = MnistDataset.Load(Find(directory, set + "-images-idx3-ubyte"), Find(directory, set + "-labels-idx1-ubyte"));
        return data.Count > 0 && data.Rows == Digit.Side && data.Columns == Digit.Side
            ? data
            : throw new InvalidDataException($"Expected images of {Digit.Side} x {Digit.Side} pixels in '{directory}', but {set} has {data.Count} of {data.Rows} x {data.Columns}.");
    }

    private static string Find(string directory, string name)
    {
        string path = Path.Combine(directory, name);
        return File.Exists(path) ? path
            : File.Exists(path + ".gz") ? path + ".gz"
            : throw new FileNotFoundException($"Expected {name} or {name}.gz in '{directory}', but there is neither.");
    }
}

/// <summary>What is known after an epoch.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Loss">The mean over the epoch's training steps.</param>
/// <param name="Accuracy">On the test images.</param>
/// <param name="ImagesPerSecond">Of training alone.</param>
internal sealed record Epoch(int Number, double Loss, double Accuracy, double ImagesPerSecond);
