using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace NetGen.Benchmarks;

/// <summary>Runs something so many times and says how long it took.</summary>
/// <returns>Seconds for all iterations.</returns>
internal delegate double Timing(int iterations);

/// <summary>How many samples of each timing; the best counts.</summary>
/// <param name="Rounds">Samples.</param>
/// <param name="SlowRounds">As many will do when sampling has taken <paramref name="SlowSeconds"/>.</param>
/// <param name="SlowSeconds">Seconds.</param>
internal readonly record struct SamplePlan(int Rounds, int SlowRounds, double SlowSeconds)
{
    /// <summary>What the report's figures are made of.</summary>
    public static SamplePlan Full { get; } = new(Rounds: 15, SlowRounds: 5, SlowSeconds: 10);
}

/// <summary>Takes samples of several timings in turn, so that what else the machine does hits all of them alike.</summary>
internal static class Sampler
{
    private const double WarmUpSeconds = 0.25;
    private const double SampleSeconds = 0.025;

    /// <summary>Warms each timing up, finds the iterations of a sample, then samples round-robin.</summary>
    /// <param name="pauseMilliseconds">A rest before each sample, for the other side's worker threads to fall asleep.</param>
    /// <param name="plan">How many samples.</param>
    /// <param name="timings">What to time.</param>
    /// <returns>The best of each timing in microseconds per iteration.</returns>
    public static double[] Best(int pauseMilliseconds, SamplePlan plan, params Timing[] timings)
    {
        int[] iterations = [.. timings.Select(Iterations)];
        double[] best = new double[timings.Length];
        Array.Fill(best, double.PositiveInfinity);
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < plan.Rounds && (round < plan.SlowRounds || Stopwatch.GetElapsedTime(start).TotalSeconds < plan.SlowSeconds); round++)
        {
            for (int i = 0; i < timings.Length; i++)
            {
                if (pauseMilliseconds > 0)
                    Thread.Sleep(pauseMilliseconds);
                best[i] = Math.Min(best[i], timings[i](iterations[i]) * 1e6 / iterations[i]);
            }
        }

        return best;
    }

    /// <summary>Warms up until the JIT has settled; the last and fastest of the warm-up tells the speed.</summary>
    private static int Iterations(Timing timing)
    {
        long start = Stopwatch.GetTimestamp();
        int iterations = 1;
        double seconds = timing(iterations);
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds)
        {
            if (seconds < SampleSeconds / 2)
                iterations *= 2;
            seconds = timing(iterations);
        }

        return Math.Max(1, (int)Math.Min(iterations * SampleSeconds / seconds, 100_000_000));
    }
}
