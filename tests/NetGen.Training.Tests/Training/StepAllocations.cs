using System;
using System.Threading;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>
/// Holds the steps of a training to allocating nothing, and ends it once enough of them did. What the runtime allocates once on a thread, or until the JIT has
/// optimized a function, at a time that depends on how busy the machine is, does not count: a step that allocates does so again and again.
/// </summary>
internal sealed class StepAllocations : TrainingCallback
{
    /// <summary>More than the interval of whatever is not done in each step.</summary>
    private const int Enough = 120;

    private int _steps;
    private long _before;
    private long _last;

    /// <summary>Trains until enough steps, one after the other, have allocated nothing.</summary>
    /// <param name="fit">Trains with the callback for at most so many epochs.</param>
    public static void None(Action<StepAllocations, int> fit)
    {
        var allocations = new StepAllocations();
        fit(allocations, 200);
        Assert.True(allocations._steps >= Enough, $"Expected {Enough} steps that allocate nothing one after the other, but the last that allocates, of {allocations._last} bytes, is {allocations._steps} steps before the end.");
    }

    public override void OnStepEnd(TrainingContext training)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread() - _before;

        // What an epoch begins with stands before its first step.
        if (training.Batch > 1)
            Count(bytes);
        if (_steps == Enough)
            training.Stop("enough");
        _before = GC.GetAllocatedBytesForCurrentThread();
    }

    private void Count(long bytes)
    {
        if (bytes == 0)
        {
            _steps++;
            return;
        }

        (_steps, _last) = (0, bytes);
        Thread.Sleep(10); // The JIT optimizes what has been called often when it has time.
    }
}
