using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace NetGen.Runtime;

/// <summary>Something that several threads do together, stage after stage.</summary>
internal abstract class ParallelJob
{
    /// <summary>The stages; between two of them all workers meet.</summary>
    public abstract int Stages { get; }

    /// <summary>A worker's share of a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="worker">Its number; that of the caller's thread is 0.</param>
    /// <param name="workers">How many there are.</param>
    public abstract void Run(int stage, int worker, int workers);
}

/// <summary>
/// The threads that help the callers' threads, one pool for the process. It does one job at a time: who finds it taken computes alone, so there are never more threads at work than were asked for.
/// Between jobs the threads spin for a moment, which a training's next step ends, then sleep.
/// </summary>
internal static class WorkerPool
{
    /// <summary>How long a thread looks for the next job before it sleeps.</summary>
    private static readonly long s_patience = Stopwatch.Frequency / 10_000;

    /// <summary>Looks at a meeting point before the processor is offered to others.</summary>
    private const int Spins = 2000;

    private const int WorkerBits = 10;

    private static readonly object s_gate = new();
    private static readonly Line[] s_lines = new Line[8];
    private static AlignedBuffer?[] s_scratch = [];
    private static int s_threads;
    private static int s_sleeping;
    private static ParallelJob? s_job;
    private static Exception? s_failure;

    /// <summary>A cache line, and the one that is fetched with it.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Size = 128)]
    private struct Line
    {
        public long Value;
    }

    private static ref long IsTaken => ref s_lines[1].Value;

    /// <summary>The jobs so far, and the workers of the last one in the lowest bits: one word, so that a thread which comes late does not take a job for another.</summary>
    private static ref long Current => ref s_lines[2].Value;

    private static ref long Arrived => ref s_lines[3].Value;

    private static ref long Phase => ref s_lines[4].Value;

    private static ref long Finished => ref s_lines[5].Value;

    /// <summary>Takes the pool until <see cref="Return"/>.</summary>
    /// <param name="workers">The threads that are wanted, the caller's among them.</param>
    /// <returns>The threads that there are; 0 where the pool is taken or one is wanted, and then there is nothing to return.</returns>
    public static int TryTake(int workers)
    {
        if (workers <= 1 || Volatile.Read(ref IsTaken) != 0 || Interlocked.CompareExchange(ref IsTaken, 1, 0) != 0)
            return 0;
        if (s_threads < workers - 1)
            AddThreads(workers - 1);
        return Math.Min(workers, s_threads + 1);
    }

    /// <summary>Does a job with several threads, this one among them.</summary>
    /// <param name="job">The job.</param>
    /// <param name="workers">What <see cref="TryTake"/> returned.</param>
    /// <param name="scratch">Floats that each but the caller's needs for itself.</param>
    public static void Run(ParallelJob job, int workers, int scratch = 0)
    {
        if (scratch > 0)
            Reserve(workers, scratch);
        s_job = job;
        Volatile.Write(ref Finished, 0);
        Interlocked.Exchange(ref Current, (((Current >> WorkerBits) + 1) << WorkerBits) | (uint)workers);
        if (Volatile.Read(ref s_sleeping) > 0)
        {
            lock (s_gate)
                Monitor.PulseAll(s_gate);
        }

        Work(job, 0, workers);
        for (int spins = 0; Volatile.Read(ref Finished) != workers - 1; spins++)
            Wait(spins);
        Exception? failure = s_failure;
        (s_failure, s_job) = (null, null);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Gives the pool back.</summary>
    public static void Return() => Volatile.Write(ref IsTaken, 0);

    /// <summary>What a worker has for itself.</summary>
    /// <param name="worker">Its number, from 1 on.</param>
    public static ref float Scratch(int worker) => ref s_scratch[worker]!.Reference;

    // Whatever a stage throws, all meet behind it, or the others would wait for ever.
    private static void Work(ParallelJob job, int worker, int workers)
    {
        int stages = job.Stages;
        for (int stage = 0; stage < stages; stage++)
        {
            if (stage > 0)
                Meet(workers);
            if (Volatile.Read(ref s_failure) is not null)
                continue;
            try
            {
                job.Run(stage, worker, workers);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref s_failure, e, null);
            }
        }
    }

    private static void Meet(int workers)
    {
        long phase = Volatile.Read(ref Phase);
        if (Interlocked.Increment(ref Arrived) == workers)
        {
            Arrived = 0;
            Volatile.Write(ref Phase, phase + 1);
            return;
        }

        for (int spins = 0; Volatile.Read(ref Phase) == phase; spins++)
            Wait(spins);
    }

    // On a busy machine the other may have no processor.
    private static void Wait(int spins)
    {
        if (spins < Spins)
            Thread.SpinWait(1);
        else
            Thread.Yield();
    }

    private static void AddThreads(int count)
    {
        for (; s_threads < count; s_threads++)
        {
            int worker = s_threads + 1;
            long seen = Current;
            var thread = new Thread(() => Loop(worker, seen)) { IsBackground = true, Name = "NetGen worker" };
            try
            {
                thread.Start();
            }
            catch (OutOfMemoryException)
            {
                // The system gives no more threads: it goes on with those that there are.
                return;
            }
        }
    }

    private static void Reserve(int workers, int scratch)
    {
        if (s_scratch.Length < workers)
            Array.Resize(ref s_scratch, workers);
        for (int worker = 1; worker < workers; worker++)
        {
            if (s_scratch[worker] is not { } buffer || buffer.Length < scratch)
                s_scratch[worker] = new AlignedBuffer(scratch);
        }
    }

    private static void Loop(int worker, long seen)
    {
        while (true)
        {
            seen = Next(seen);
            int workers = (int)(seen & ((1 << WorkerBits) - 1));
            if (worker >= workers)
                continue;
            Work(s_job!, worker, workers);
            Interlocked.Increment(ref Finished);
        }
    }

    /// <summary>Waits for the next job.</summary>
    private static long Next(long seen)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < 64; i++)
            {
                if (Volatile.Read(ref Current) is var current && current != seen)
                    return current;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < s_patience);

        lock (s_gate)
        {
            // Whoever writes a job behind this line sees that there is a sleeper.
            Interlocked.Increment(ref s_sleeping);
            while (Volatile.Read(ref Current) == seen)
                Monitor.Wait(s_gate);
            Interlocked.Decrement(ref s_sleeping);
        }

        return Volatile.Read(ref Current);
    }
}
