using System;
using System.Linq;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>How many workers a network's routines are worth.</summary>
/// <param name="Cost">What they cost a sample, in multiply-adds.</param>
/// <param name="Least">What a worker has of that at least, or it is not taken.</param>
internal readonly record struct SharingWorth(long Cost, long Least)
{
    /// <summary>Multiply-adds that a worker has at least.</summary>
    private const long LeastWorker = 300_000;

    /// <summary>
    /// Multiply-adds that a worker does at least between two meetings on average: some four microseconds at the machine's vector width.
    /// With less, fetching what others computed takes what sharing saves.
    /// </summary>
    private static readonly long s_leastMeeting = Vector512.IsHardwareAccelerated ? 400_000 : Vector256.IsHardwareAccelerated ? 150_000 : 80_000;

    /// <summary>Of predictions, and of evaluations, which have the forward half alone: workers mostly have samples each and hardly meet.</summary>
    /// <param name="cost">What a sample costs: <see cref="INetworkKernels.Cost"/>.</param>
    public static SharingWorth OfPrediction(long cost) => new(cost, LeastWorker);

    /// <summary>Of training, whose halves decide together: a thread that has nothing to do in one of them sleeps in the other. Meetings are counted as those of 64 samples.</summary>
    public static SharingWorth OfTraining(StepSplit[] forward, StepSplit[] backward)
    {
        StepSplit[] steps = [.. forward, .. backward];
        int meetings = StepSplit.Stages(steps, 64, 1, 2, isEager: false).Count(stage => stage.Meets);
        return new SharingWorth(steps.Sum(step => step.Cost), Math.Max(LeastWorker, meetings * s_leastMeeting));
    }

    /// <summary>The workers that so many samples are worth; 0: it is so little that others need not know of it.</summary>
    /// <param name="rows">The number of samples.</param>
    /// <param name="most">The most workers.</param>
    public int Workers(long rows, int most) => Cost * rows < LeastWorker ? 0 : (int)Math.Clamp(Cost * rows / Least, 1, most);
}
