using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Runtime.InteropServices;

namespace NetGen.Benchmarks.Peers;

internal static class Program
{
    /// <summary>Starts a process that has a library.</summary>
    public const string WorkerCommand = "worker";

    private static int Main(string[] arguments)
    {
        if (arguments is [WorkerCommand, var library, var threads])
            return Worker.Run(Enum.Parse<Rival>(library), int.Parse(threads, System.Globalization.CultureInfo.InvariantCulture));

        var root = new RootCommand("Times generated networks against libtorch, through TorchSharp, and ONNX Runtime.");
        var options = new Options(root, threadsOf: "the networks, of libtorch and of ONNX Runtime");
        root.SetAction(result => Run(options.Selection(result), options.Threads(result), options.Json(result)?.FullName));
        return root.Parse(arguments).Invoke();
    }

    private static int Run(Func<string, bool> isSelected, int threads, string? json)
    {
        Workload[] all = [.. Workloads.Networks, .. Workloads.Optimizers];
        Workload[] workloads = [.. all.Where(workload => isSelected(workload.Name))];
        if (workloads.Length == 0)
        {
            Console.Error.WriteLine("No workload has such a name. There are:");
            foreach (Workload workload in all)
                Console.Error.WriteLine("  " + workload.Name);
            return 1;
        }

        Console.WriteLine($"{Text.Processor()}, {Environment.ProcessorCount} cores; {RuntimeInformation.FrameworkDescription}, {FmaPeak.VectorBits}-bit vectors; threads: {threads}");
        using var peers = new PeerProcesses(threads, Console.Out);
        IReadOnlyList<Measurement> measurements = Report.Run(workloads, new Session(threads, peers), hasPeers: true);
        Console.WriteLine();
        foreach (string line in PeerSummary.Of(measurements))
            Console.WriteLine(line);
        if (json is not null)
            Measurement.WriteJson(measurements, json);
        return 0;
    }
}
