using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NetGen.Data;
using NetGen.References;
using NetGen.Training;

namespace NetGen.Benchmarks;

/// <summary>What a <see cref="TrainingMonitor"/> costs: epochs of two trainers that do the same, one of them watched, in turn.</summary>
internal static class MonitorBenchmark
{
    private const int Batch = 64;
    private const int Rounds = 21;

    /// <summary>Of the time of a training without one.</summary>
    private const double Limit = 0.03;

    /// <summary>A look a hundred steps, so two an epoch.</summary>
    private const int Steps = 200;

    private static readonly (string Name, Func<(double Alone, double Watched)> Measure)[] s_cases =
    [
        ("monitor/lenet5/b64", Measure<LeNet5>),
        ("monitor/mnist-mlp-784-128-10/b64", Measure<MnistMlp>),
    ];

    /// <summary>The names that <c>--filter</c> looks into.</summary>
    public static IEnumerable<string> Names => s_cases.Select(each => each.Name);

    public static void Run(Func<string, bool> isSelected, TextWriter output)
    {
        if (!Names.Any(isSelected))
            return;
        output.WriteLine($"{"Trainer.Fit, microseconds a step",-42} {"alone",10} {"monitored",10} {"more",8} {"reach",8} reached");
        foreach ((string name, Func<(double Alone, double Watched)> measure) in s_cases.Where(each => isSelected(each.Name)))
        {
            (double alone, double watched) = measure();
            double more = (watched / alone) - 1;
            output.WriteLine($"{name,-42} {Text.Microseconds(alone),10} {Text.Microseconds(watched),10} {Text.Percent(more),8} {"<= " + Text.Percent(Limit),8} {Text.YesOrNo(more <= Limit)}");
        }

        output.WriteLine();
    }

    private static (double Alone, double Watched) Measure<TNetwork>()
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<int>
    {
        var random = new Random(3);
        int[] labels = [.. Enumerable.Range(0, Batch * Steps).Select(_ => random.Next(TNetwork.OutputSize))];
        var data = new Dataset<int>(Workload.Uniform(labels.Length * TNetwork.InputSize, 1), labels, TNetwork.InputSize);
        Trainer<TNetwork, int> alone = Trainer(null), watched = Trainer(new TrainingMonitor());
        var times = new List<(double Alone, double Watched)>();
        for (int round = 0; round < Rounds; round++)
        {
            // Who is second finds the caches warm.
            bool isFirst = round % 2 == 0;
            double first = Time(isFirst ? alone : watched);
            double second = Time(isFirst ? watched : alone);

            // The JIT has optimized what it will by then.
            if (round >= 4)
                times.Add(isFirst ? (first, second) : (second, first));
        }

        return (Median(times.Select(time => time.Alone)), Median(times.Select(time => time.Watched)));

        static Trainer<TNetwork, int> Trainer(TrainingMonitor? monitor) => new(TNetwork.Create(seed: 1), new Adam()) { Monitor = monitor };

        double Time(Trainer<TNetwork, int> trainer)
        {
            // Of the processor: a few percent are less than what other programs take on a busy machine.
            TimeSpan start = Environment.CpuUsage.TotalTime;
            trainer.Fit(data, trainer.EpochCount + 1, Batch);
            return (Environment.CpuUsage.TotalTime - start).TotalMicroseconds / Steps;
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt((Rounds - 4) / 2);
}
