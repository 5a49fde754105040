using System;
using System.Linq;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>How many workers a network's routines are worth.</summary>
/// <param name="Cost">What they cost a sample, in thousands of multiply-adds.</param>
/// <param name="Least">What a worker has of that at least, or it is not taken.</param>
internal readonly record struct SharingWorth(long Cost, long Least)
{
    /// <summary>Thousands of multiply-adds that a worker has at least.</summary>
    private const long LeastWorker = 300;

    /// <summary>
    /// Thousands of multiply-adds that a worker does at least between two meetings on average: some four microseconds at the machine's vector width.
    /// With less, fetching what others computed takes what sharing saves.
    /// </summary>
    private static readonly long s_leastMeeting = Vector512.IsHardwareAccelerated ? 400 : Vector256.IsHardwareAccelerated ? 150 : 80;

    /// <summary>The workers that a prediction is worth of a network whose steps are too small to be shared.</summary>
    /// <param name="multiplyAccumulates">What a sample costs.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="most">The most workers.</param>
    public static int OfSmallNetwork(long multiplyAccumulates, long rows, int most) => (int)Math.Clamp(multiplyAccumulates * rows / (1000 * LeastWorker), 1, most);

    /// <summary>Of predictions and evaluations, whose workers mostly have samples each and hardly meet.</summary>
    public static SharingWorth OfPrediction(StepSplit[] steps) => new(Sum(steps), LeastWorker);

    /// <summary>Of training, whose halves decide together: a thread that has nothing to do in one of them sleeps in the other. Meetings are counted as those of a large batch.</summary>
    public static SharingWorth OfTraining(StepSplit[] forward, StepSplit[] backward)
    {
        StepSplit[] steps = [.. forward, .. backward];
        int meetings = StepSplit.Stages(steps, 1 << 16, 1, 2, isEager: false).Count(stage => stage.Meets);
        return new SharingWorth(Sum(steps), Math.Max(LeastWorker, meetings * s_leastMeeting));
    }

    /// <summary>The workers that so many samples are worth.</summary>
    /// <param name="rows">The number of samples.</param>
    /// <param name="most">The most workers.</param>
    public int Workers(long rows, int most) => (int)Math.Clamp(Cost * rows / Least, 1, most);

    private static long Sum(StepSplit[] steps)
    {
        long cost = 0;
        foreach (StepSplit step in steps)
            cost += step.Cost;
        return cost;
    }
}
