using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace NetGen.Benchmarks;

/// <summary>Another library that runs a workload, where it can, under settings of its own.</summary>
/// <param name="Rival">The library.</param>
/// <param name="Setting">What it is told to be faster; empty as installed.</param>
/// <param name="Note">How its numbers of a mode differ from ours; empty where they agree.</param>
/// <param name="Timing">The timing of a mode, or null where it has none.</param>
internal sealed record Contender(Rival Rival, string Setting, Func<string, string> Note, Func<string, Timing?> Timing);

/// <summary>Other libraries.</summary>
internal interface IPeers
{
    /// <summary>Prepares a workload, and compares what is computed with ours.</summary>
    IReadOnlyList<Contender> Prepare(Workload workload);

    /// <summary>What is to be reached against them, if anything.</summary>
    IReadOnlyList<Reach> Reach(string workload, string mode);
}

/// <summary>What a run has at hand.</summary>
/// <param name="threads">The threads asked for.</param>
/// <param name="peers">Other libraries, if any.</param>
internal sealed class Session(int threads, IPeers? peers = null)
{
    /// <summary>Quick rounds that tell which setting of a library is its fastest.</summary>
    private static readonly SamplePlan s_heat = new(Rounds: 4, SlowRounds: 1, SlowSeconds: 3);

    /// <summary>Those who run the workload that is being measured.</summary>
    private IReadOnlyList<Contender> _contenders = [];

    /// <summary>Threads.</summary>
    public int Threads { get; } = threads;

    /// <summary>The highest FMA peak seen in the workload, in GFLOP/s.</summary>
    public double Peak { get; private set; }

    /// <summary>
    /// Worker threads that have just finished spin for a while before they sleep; with more than one thread the next sample waits for that.
    /// </summary>
    private int PauseMilliseconds => Threads > 1 ? 20 : 0;

    /// <summary>Begins a workload.</summary>
    public void Enter(Workload workload)
    {
        WorkerThreads.Count = Threads;
        Peak = 0;
        _contenders = peers?.Prepare(workload) ?? [];
    }

    /// <summary>Samples ours, its yardstick, the FMA peak, and the fastest of each library's settings in turn.</summary>
    /// <param name="workload">The workload's name.</param>
    /// <param name="mode">The mode.</param>
    /// <param name="ours">Ours.</param>
    /// <param name="flops">Floating-point operations of a call.</param>
    /// <param name="samples">Samples of a call.</param>
    /// <param name="loop">A plain loop over the same memory.</param>
    /// <param name="reach">What is to be reached without the others, if anything.</param>
    /// <param name="forecast">What is expected of several threads.</param>
    public Measurement Run(string workload, string mode, Timing ours, double flops, int samples, Timing? loop = null, Reach? reach = null, string forecast = "")
    {
        double OnOne(int iterations)
        {
            WorkerThreads.Count = 1;
            double seconds = ours(iterations);
            WorkerThreads.Count = Threads;
            return seconds;
        }

        (Contender Contender, Timing Timing)[] rivals = [.. _contenders
            .Select(contender => (Contender: contender, Timing: contender.Timing(mode)))
            .Where(rival => rival.Timing is not null)
            .Select(rival => (rival.Contender, rival.Timing!))
            .GroupBy(rival => rival.Contender.Rival, (_, settings) => Fastest(mode, [.. settings]))];
        Timing[] timings = [FmaPeak.Seconds, ours, .. loop is null ? [] : new[] { loop }, .. Threads == 1 ? [] : new Timing[] { OnOne }, .. rivals.Select(rival => rival.Timing)];
        double[] best = Sampler.Best(PauseMilliseconds, SamplePlan.Full, timings);
        Peak = Math.Max(Peak, FmaPeak.Gflops(best[0]));
        int first = timings.Length - rivals.Length;
        return new Measurement
        {
            Workload = workload,
            Threads = Threads,
            Mode = mode,
            Us = best[1],
            Samples = samples,
            LoopUs = loop is null ? null : best[2],
            OneUs = Threads == 1 ? null : best[first - 1],
            Forecast = forecast,
            Rivals = [.. rivals.Select((rival, i) => new RivalTime(rival.Contender.Rival, best[first + i], rival.Contender.Setting, rival.Contender.Note(mode)))],
            Gflops = flops / best[1] * 1e-3,
            PeakFraction = double.NaN,
            Reach = [.. reach is { } own ? [own] : Array.Empty<Reach>(), .. peers?.Reach(workload, mode) ?? []],
        };
    }

    /// <summary>The threads' meetings, and what is expected of two, four and sixteen.</summary>
    /// <param name="of">The forecast for a number of threads.</param>
    public string Forecast(Func<int, SharingForecast> of)
    {
        return Threads == 1 ? "" : string.Join("; ", new[] { Threads, 4, 16 }.Distinct().Select(threads =>
        {
            SharingForecast forecast = of(threads);
            return $"{threads}: {Text.Of(forecast.Time, "0.00")}, serial {Text.Percent(forecast.Serial)}, {forecast.Meetings} meetings, imbalance {Text.Percent(forecast.Imbalance)}";
        }));
    }

    /// <summary>The fastest of a library's settings; of those alone whose numbers are ours, where there are such.</summary>
    private (Contender, Timing) Fastest(string mode, (Contender Contender, Timing Timing)[] settings)
    {
        if (settings.Where(setting => setting.Contender.Note(mode).Length == 0).ToArray() is { Length: > 0 } right)
            settings = right;
        if (settings.Length == 1)
            return settings[0];
        double[] best = Sampler.Best(PauseMilliseconds, s_heat, [.. settings.Select(setting => setting.Timing)]);
        return settings[Array.IndexOf(best, best.Min())];
    }
}

/// <summary>Something to measure, under a name that <c>--filter</c> looks into.</summary>
internal abstract class Workload(string name)
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>Measures; the peak of all its lines is the best that was sampled among them.</summary>
    public IReadOnlyList<Measurement> Run(Session session)
    {
        session.Enter(this);
        Measurement[] lines = [.. Measure(session)];
        return [.. lines.Select(line => line with { PeakFraction = line.Gflops / session.Peak })];
    }

    /// <summary>Measures; the share of the peak is filled in by <see cref="Run"/>.</summary>
    protected abstract IEnumerable<Measurement> Measure(Session session);

    /// <summary>The time of so many calls.</summary>
    protected static double Seconds(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;

    /// <summary>Uniform values in [0, 1).</summary>
    public static float[] Uniform(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = random.NextSingle();
        return values;
    }
}
