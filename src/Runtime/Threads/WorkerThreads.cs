using System;
using System.Globalization;

namespace NetGen;

/// <summary>How many threads networks compute with. Results do not depend on it: the order of every sum is a function of shapes alone.</summary>
/// <remarks>All networks of the process have one pool of threads, which are started when they are wanted and sleep while there is nothing to do. Who finds it taken computes on the calling thread.</remarks>
public static class WorkerThreads
{
    /// <summary>The name of the environment variable that <see cref="Count"/> starts from. It is read once; what is no number in 1 to <see cref="Most"/> counts for nothing.</summary>
    public const string Variable = "NETGEN_NUM_THREADS";

    /// <summary>The most threads of one network.</summary>
    public const int Most = 256;

    private static int s_count = Initial(Environment.GetEnvironmentVariable(Variable), Environment.ProcessorCount);

    /// <summary>
    /// The number of threads of networks whose <see cref="INetwork.Parallelism"/> is null: what the environment variable <see cref="Variable"/> says, or else the processors that the process may use,
    /// which is a container's quota where there is one. The calling thread is one of them. Where little is to be computed, fewer are taken.
    /// </summary>
    /// <remarks>It may be set at any time; what is being computed meanwhile may still go on with the old number.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number is not in 1 to <see cref="Most"/>.</exception>
    public static int Count
    {
        get => s_count;
        set => s_count = Checked(value);
    }

    /// <summary>A number of threads, if it is one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not in 1 to <see cref="Most"/>.</exception>
    internal static int Checked(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Most);
        return value;
    }

    /// <summary>What a process starts with; a variable that is no number of threads counts for nothing, since a program's start is no place to refuse it.</summary>
    internal static int Initial(string? variable, int processors) =>
        int.TryParse(variable, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= Most ? count : Math.Clamp(processors, 1, Most);
}
