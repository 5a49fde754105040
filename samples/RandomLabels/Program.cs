using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NetGen.Charts;
using NetGen.Data;
using NetGen.Samples.Mnist;
using NetGen.Training;

namespace NetGen.Samples.RandomLabels;

internal static class Program
{
    private static readonly Setting Original = new(Images: 6000, Epochs: 150, BatchSize: 64, LearningRate: 0.1, Momentum: 0);
    private static readonly Setting Reduced = new(Images: 500, Epochs: 150, BatchSize: 16, LearningRate: 0.005, Momentum: 0.9) { IsAnnealed = true };
    private static readonly Setting Quick = new(Images: 64, Epochs: 2, BatchSize: 16, LearningRate: 0.005, Momentum: 0.9) { Shares = [0, 1] };

    private static async Task<int> Main(string[] args)
    {
        var full = new Option<bool>("--full") { Description = "The original setting: AlexNet in its full width, 6,000 images, 150 epochs. It takes days." };
        var quick = new Option<bool>("--quick") { Description = "Two shares, 64 images and two epochs: shows that the program runs, and nothing else." };
        var output = new Option<string?>("--output")
        {
            Description = "Where checkpoints, tables and report go; a training that is there goes on. Default: random-labels, or random-labels-full; with --quick a new temporary directory.",
            HelpName = "DIR",
        };
        var threads = new Option<int>("--threads") { Description = "Trainings at a time.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the images; default: the setting's.", HelpName = "N" };
        var images = new Option<int?>("--images") { Description = "Images to train on; default: the setting's.", HelpName = "N" };
        var batch = new Option<int?>("--batch") { Description = "Images of a step; default: the setting's.", HelpName = "N" };
        var shares = new Option<double[]>("--shares") { Description = "The shares of random labels; default: 0 0.2 0.4 0.6 0.8 1.", HelpName = "SHARES", AllowMultipleArgumentsPerToken = true };
        var rate = new Option<double?>("--learning-rate") { Description = "The learning rate; default: the setting's.", HelpName = "RATE" };
        var momentum = new Option<double?>("--momentum") { Description = "The momentum; default: the setting's.", HelpName = "M" };
        threads.Require(least: 1);
        epochs.Require(least: 1);
        images.Require(least: 1);
        batch.Require(least: 1);
        shares.Require(least: 0, most: 1);
        rate.Require(least: 0, most: float.MaxValue);
        momentum.Require(least: 0, most: 1);
        var command = new RootCommand("Trains a network on digits whose labels are random, some of them or all, and looks what it learns (Zhang et al. 2017).") { full, quick, output, threads, epochs, images, batch, rate, momentum, shares };
        command.SetAction((options, cancellationToken) =>
        {
            (bool isFull, bool isQuick) = (options.GetValue(full), options.GetValue(quick));
            Setting setting = isQuick ? Quick : isFull ? Original : Reduced;
            setting = setting with
            {
                Epochs = options.GetValue(epochs) ?? setting.Epochs,
                Images = options.GetValue(images) ?? setting.Images,
                BatchSize = options.GetValue(batch) ?? setting.BatchSize,
                Shares = options.GetValue(shares) is { Length: > 0 } some ? some : setting.Shares,
                Momentum = options.GetValue(momentum) ?? setting.Momentum,
                LearningRate = options.GetValue(rate) ?? setting.LearningRate,
            };
            string directory = options.GetValue(output) ?? (isQuick ? Directory.CreateTempSubdirectory("random-labels-").FullName : isFull ? "random-labels-full" : "random-labels");
            try
            {
                Perform(setting, isFull, directory, options.GetValue(threads), cancellationToken);
                return Task.FromResult(0);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine($"Stopped; the same command goes on from the checkpoints in '{directory}'.");
                return Task.FromResult(130);
            }
            catch (AggregateException e) when (e.InnerExceptions.Any(inner => inner is IOException or InvalidDataException or UnauthorizedAccessException))
            {
                Console.Error.WriteLine(e.InnerException!.Message);
                return Task.FromResult(1);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(e.Message);
                return Task.FromResult(1);
            }
        });
        return await command.Parse(args).InvokeAsync();
    }

    private static void Perform(Setting setting, bool isFull, string directory, int threads, CancellationToken cancellationToken)
    {
        (MnistDataset train, MnistDataset test) = MnistFiles.Load(null);
        IReadOnlyList<TrainingRun> runs = isFull
            ? Experiment.Perform<DigitAlexNet>(setting, train.ToDataset(), test.ToDataset(), directory, threads, cancellationToken)
            : Experiment.Perform<NarrowDigitAlexNet>(setting, train.ToDataset(), test.ToDataset(), directory, threads, cancellationToken);

        string report = Path.Combine(directory, "report.html");
        TrainingReport.WriteComparison(report, runs, "share of random labels", "Random labels");
        File.WriteAllText(Path.Combine(directory, "epochs.csv"), Epochs(runs));
        File.WriteAllText(Path.Combine(directory, "shares.csv"), Shares(runs));
        Console.WriteLine();
        Console.WriteLine("share   training loss   training accuracy   test error   seconds");
        foreach (TrainingRun run in runs)
        {
            EpochFigures last = run.History.Epochs[^1];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{run.Value,5:F1}   {last["loss"],13:F4}   {last["accuracy"],17:F4}   {1 - last["val_accuracy"],10:F4}   {run.History["seconds"].Sum(),7:F1}"));
        }

        Console.WriteLine($"The curves: {report}");
    }

    private static string Epochs(IReadOnlyList<TrainingRun> runs)
    {
        var text = new StringBuilder("share,epoch,loss,accuracy,seconds\n");
        foreach (TrainingRun run in runs)
        {
            foreach (EpochFigures epoch in run.History.Epochs)
                text.Append(CultureInfo.InvariantCulture, $"{run.Value},{epoch.Number},{epoch["loss"]:R},{epoch["accuracy"]:R},{epoch["seconds"]:R}\n");
        }

        return text.ToString();
    }

    private static string Shares(IReadOnlyList<TrainingRun> runs)
    {
        var text = new StringBuilder("share,training_loss,training_accuracy,test_error,seconds\n");
        foreach (TrainingRun run in runs)
        {
            EpochFigures last = run.History.Epochs[^1];
            text.Append(CultureInfo.InvariantCulture, $"{run.Value},{last["loss"]:R},{last["accuracy"]:R},{1 - last["val_accuracy"]:R},{run.History["seconds"].Sum():R}\n");
        }

        return text.ToString();
    }
}
