using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Runtime.InteropServices;

namespace NetGen.Benchmarks;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        var micro = new Command("micro", "Run the microbenchmarks under BenchmarkDotNet, which takes what follows.") { TreatUnmatchedTokensAsErrors = false };
        micro.SetAction(result => MicroBenchmarks.Run([.. result.UnmatchedTokens]));

        var numbers = new Command("numbers", "Compare what the networks compute with Debian's PyTorch, and time its optimizers.");
        var numbersOptions = new Options(numbers, threadsOf: null);
        numbers.SetAction(result => PythonNumbers.Run(numbersOptions.Selection(result)));

        var root = new RootCommand("Times generated networks and their kernels against the machine's peak, and the generator itself.");
        var options = new Options(root, threadsOf: null);
        root.Subcommands.Add(micro);
        root.Subcommands.Add(numbers);
        root.SetAction(result => Run(options.Selection(result), options.Json(result)?.FullName));
        return root.Parse(arguments).Invoke();
    }

    private static int Run(Func<string, bool> isSelected, string? json)
    {
        Workload[] all = [.. Workloads.Networks, .. Workloads.Optimizers, .. Workloads.Kernels];
        Workload[] workloads = [.. all.Where(workload => isSelected(workload.Name))];
        string[] others = [.. MonitorBenchmark.Names, .. GeneratorBenchmark.Names];
        if (workloads.Length == 0 && !others.Any(isSelected))
        {
            Console.Error.WriteLine("No workload has such a name. There are:");
            foreach (string name in all.Select(workload => workload.Name).Concat(others).Distinct())
                Console.Error.WriteLine("  " + name);
            return 1;
        }

        Console.WriteLine($"{Text.Processor()}, {Environment.ProcessorCount} cores; {RuntimeInformation.FrameworkDescription}, {FmaPeak.VectorBits}-bit vectors");
        Console.WriteLine($"FMA peak of one core: {Text.Of(FmaPeak.Measure(), "0")} GFLOP/s, measured again in turn with each workload");
        IReadOnlyList<Measurement> measurements = Report.Run(workloads, new Session(threads: 1), hasPeers: false);
        Console.WriteLine();
        MonitorBenchmark.Run(isSelected, Console.Out);
        GeneratorBenchmark.Run(isSelected, Console.Out);
        if (json is not null)
            Measurement.WriteJson(measurements, json);
        return 0;
    }
}
