using System;
using Xunit;

namespace NetGen.Tests.Infrastructure;

/// <summary>Holds code to allocating nothing.</summary>
internal static class Allocations
{
    /// <summary>
    /// Once warm, an action allocates nothing. What the runtime allocates once on a thread, at a time that depends on how busy the machine is, does not count:
    /// an action that allocates does so in every attempt.
    /// </summary>
    public static void None(Action action)
    {
        var attempts = new long[5];
        action();
        for (int i = 0; i < attempts.Length; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            attempts[i] = GC.GetAllocatedBytesForCurrentThread() - before;
            if (attempts[i] == 0)
                return;
        }

        Assert.Fail($"Allocates in every attempt: {string.Join(", ", attempts)} bytes.");
    }
}
