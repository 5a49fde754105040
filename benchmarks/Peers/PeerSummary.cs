using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Benchmarks.Peers;

/// <summary>What is to be reached against the libraries, and what was, over all workloads.</summary>
internal static class PeerSummary
{
    /// <summary>Nobody should be as fast.</summary>
    private const double Faster = 0.95;

    /// <summary>An optimizer's step.</summary>
    private const double Step = 0.5;

    /// <summary>An epoch of LeNet-5 with batches of 64, on one thread.</summary>
    private const double Epoch = 0.3;

    private const string SmallEpoch = "lenet5-epoch/b64";

    /// <summary>Inference against ONNX Runtime, one thread each.</summary>
    private static readonly Dictionary<string, double> s_ort = new()
    {
        ["mnist-mlp-784-128-10/b64"] = 0.90,
        ["mnist-mlp-784-256-128-10/b64"] = 0.90,
        ["linear-1024/b256"] = 0.90,
        ["bottleneck-256/b4"] = 0.85,
        ["inception-2/b4"] = 0.85,
        ["alexnet/b8"] = 0.85,
    };

    /// <summary>The goals of a line.</summary>
    public static IReadOnlyList<Reach> Reach(string workload, string mode, int threads) => threads == 1 ? Reached(workload, mode, threads) : [OfThreads(workload, mode, threads), .. Reached(workload, mode, threads)];

    /// <summary>What two threads on two cores should make of the time of one; more should make it no longer.</summary>
    private static Reach OfThreads(string workload, string mode, int threads) => new(Rival.One, (threads, mode, workload) switch
    {
        (2, "train", "alexnet/b8") => 0.56,
        (2, "train" or "infer" or "infer_b1", "linear-1024/b256" or "bottleneck-256/b4" or "inception-1/b4" or "inception-2/b4" or "alexnet-mnist/b64" or "alexnet/b8") => 0.53,
        (2, "train", "lenet5/b64" or "mnist-mlp-784-256-128-10/b64") => 0.62,
        _ => 1.03,
    });

    private static IReadOnlyList<Reach> Reached(string workload, string mode, int threads) => mode switch
    {
        "step" => [new(Rival.Torch, Step)],
        "epoch" => [new(Rival.Torch, threads == 1 && workload == SmallEpoch ? Epoch : Faster)],
        "train" => [new(Rival.Torch, Faster)],
        _ => [new(Rival.Torch, Faster), new(Rival.Ort, threads == 1 ? s_ort.GetValueOrDefault(workload, Faster) : Faster)],
    };

    /// <summary>A line for each library: the geometric mean of our shares of its time, also without the lines whose numbers differ from ours, and the largest; networks alone and optimizers alone.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<Measurement> measurements)
    {
        foreach (Rival rival in new[] { Rival.Torch, Rival.Ort })
        {
            foreach ((string what, Func<string, bool> isMeant, double? mean) in new (string, Func<string, bool>, double?)[]
                     {
                         ("networks", mode => mode is "train" or "infer" or "infer_b1", rival == Rival.Torch ? 0.16 : 0.36),
                         ("training steps", mode => mode == "train", null),
                         ("inference", mode => mode is "infer" or "infer_b1", null),
                         ("optimizers", mode => mode == "step", null),
                     })
            {
                (Measurement Line, double Ratio)[] compared = [.. measurements.Where(line => isMeant(line.Mode) && line.Ratio(rival) is not null).Select(line => (line, line.Ratio(rival)!.Value))];
                if (compared.Length == 0)
                    continue;
                double geometric = Mean(compared);
                (Measurement Line, double Ratio)[] same = [.. compared.Where(line => line.Line.Agrees(rival))];
                string different = same.Length == compared.Length ? "" : $" ({(same.Length > 0 ? Text.Of(Mean(same), "0.000") + " x" : "none")} without {compared.Length - same.Length} whose numbers differ)";
                (Measurement worst, double ratio) = compared.MaxBy(line => line.Ratio);
                string goal = mean is { } limit && worst.Threads > 1 ? $" (reach <= {Text.Of(limit, "0.00")}: {Text.YesOrNo(geometric <= limit)})" : "";
                yield return $"{Benchmarks.Reach.NameOf(rival)}, {what}, {compared.Length} lines: geometric mean {Text.Of(geometric, "0.000")} x{different}{goal}, "
                    + $"largest {Text.Of(ratio, "0.000")} x in {worst.Workload} {worst.Mode}";
            }
        }

        static double Mean((Measurement Line, double Ratio)[] lines) => Math.Exp(lines.Average(line => Math.Log(line.Ratio)));
    }
}
