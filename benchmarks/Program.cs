using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace NetGen.Benchmarks;

internal static class Program
{
    /// <summary>PyTorch on a linear algebra library below this share of the peak is no opponent.</summary>
    private const double FairProductShare = 0.4;

    private static int Main(string[] arguments)
    {
        var filter = new Option<string?>("--filter") { Description = "Measure only the workloads whose name contains this text.", HelpName = "S" };
        var threads = new Option<int>("--threads") { Description = "Threads of PyTorch and ONNX Runtime; the networks run on one.", HelpName = "N", DefaultValueFactory = _ => 1 };
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value and < 1)
                result.AddError($"--threads: expected a number of at least 1, got {value}.");
        });
        var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file as well.", HelpName = "FILE" };
        json.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo?>() is { Directory: { Exists: false } directory })
                result.AddError($"--json: there is no directory '{directory}'.");
        });

        var micro = new Command("micro", "Run the microbenchmarks under BenchmarkDotNet, which takes what follows.") { TreatUnmatchedTokensAsErrors = false };
        micro.SetAction(result => MicroBenchmarks.Run([.. result.UnmatchedTokens]));

        var root = new RootCommand("Times generated networks against PyTorch, ONNX Runtime and the machine's peak, and the generator itself.") { filter, threads, json };
        root.Subcommands.Add(micro);
        root.SetAction(result => Run(result.GetValue(filter) ?? "", result.GetValue(threads), result.GetValue(json)));
        return root.Parse(arguments).Invoke();
    }

    private static int Run(string filter, int threads, FileInfo? json)
    {
        Workload[] workloads = [.. Workloads.All.Where(workload => IsSelected(workload.Name))];
        string[] others = [.. MonitorBenchmark.Names, .. GeneratorBenchmark.Names];
        if (workloads.Length == 0 && !others.Any(IsSelected))
        {
            Console.Error.WriteLine($"No workload's name contains '{filter}'. There are:");
            foreach (string name in Workloads.All.Select(workload => workload.Name).Distinct().Concat(others))
                Console.Error.WriteLine("  " + name);
            return 1;
        }

        Console.WriteLine($"{Text.Processor()}, {Environment.ProcessorCount} cores; {RuntimeInformation.FrameworkDescription}, {FmaPeak.VectorBits}-bit vectors");
        Console.WriteLine($"FMA peak of one core: {Text.Of(FmaPeak.Measure(), "0")} GFLOP/s, measured again in turn with each workload");

        var measurements = new List<Measurement>();
        if (workloads.Length > 0)
        {
            using TorchPeer? torch = StartTorch(threads);
            using OrtPeer? ort = StartOrt(threads, torch);
            if (threads > 1)
                Console.WriteLine($"PyTorch and ONNX Runtime have {threads} threads; the networks run on one, and their share is that of one core's peak.");
            Console.WriteLine();
            Console.WriteLine(Measurement.Heading);
            var session = new Session(threads, torch, ort);
            foreach (Workload workload in workloads)
            {
                foreach (Measurement measurement in workload.Run(session))
                {
                    measurements.Add(measurement);
                    Console.WriteLine(measurement);
                }
            }

            if (OrtSummary.Of(measurements) is { } summary)
                Console.WriteLine(summary);
        }

        Console.WriteLine();
        MonitorBenchmark.Run(IsSelected, Console.Out);
        GeneratorBenchmark.Run(IsSelected, Console.Out);
        if (json is not null)
            Measurement.WriteJson(measurements, json.FullName);
        return 0;

        bool IsSelected(string name) => name.Contains(filter, StringComparison.Ordinal);
    }

    private static TorchPeer? StartTorch(int threads)
    {
        TorchPeer? torch = TorchPeer.Start(threads, out string failure);
        if (torch is null)
        {
            Console.WriteLine($"PyTorch: none, {failure}");
            return null;
        }

        double product = torch.MeasureProduct();
        double share = product / (FmaPeak.Measure() * Math.Min(threads, Environment.ProcessorCount));
        Console.WriteLine($"PyTorch {torch.Version}, linear algebra {torch.Blas}: {Text.Of(product, "0")} GFLOP/s in a product of 512 x 512 matrices, {Text.Percent(share)} of the peak");
        if (share < FairProductShare)
            Console.WriteLine("Its linear algebra library is not an optimised one: the ratios below flatter us. On Debian, install libopenblas0.");
        return torch;
    }

    private static OrtPeer? StartOrt(int threads, TorchPeer? torch)
    {
        if (torch is null)
        {
            Console.WriteLine("ONNX Runtime: none, PyTorch would have to export its networks");
            return null;
        }

        OrtPeer? ort = OrtPeer.Start(threads, out string failure);
        Console.WriteLine(ort is null
            ? $"ONNX Runtime: none, {failure}; it comes with 'npm install -g --ignore-scripts onnxruntime-node'"
            : $"ONNX Runtime {ort.Version}, from npm's onnxruntime-node");
        return ort;
    }
}
