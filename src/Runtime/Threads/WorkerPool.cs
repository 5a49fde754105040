using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace NetGen.Runtime;

/// <summary>Something that several threads do together, stage after stage; a stage has parts, which are done in any order and at once.</summary>
internal abstract class ParallelJob
{
    /// <summary>The parts of each stage; of 1 the caller's thread does it. What was given for one run does not change any more.</summary>
    public abstract int[] Parts { get; }

    /// <summary>Does a part.</summary>
    /// <param name="stage">The stage; those before it are done.</param>
    /// <param name="part">The part.</param>
    /// <param name="worker">Whose thread it is; that of the caller is 0.</param>
    public abstract void Run(int stage, int part, int worker);

    /// <summary>Where a part of a length starts: at a multiple of what only one part may have.</summary>
    protected internal static nuint Bound(nuint length, nuint multiple, int part, int parts) =>
        Math.Min(length, (length + multiple - 1) / multiple * (nuint)part / (nuint)parts * multiple);
}

/// <summary>A job of one stage.</summary>
internal abstract class OneStageJob : ParallelJob
{
    // An array for each count, so that counts that change allocate nothing.
    private static readonly int[]?[] s_counts = new int[]?[WorkerPool.MostParts + 1];

    private int[] _parts = [0];

    /// <inheritdoc/>
    public sealed override int[] Parts => _parts;

    /// <summary>In how many parts it is done.</summary>
    protected int Count
    {
        get => _parts[0];
        set => _parts = s_counts[value] ??= [value];
    }
}

/// <summary>The pool's threads for something that they may share.</summary>
/// <param name="workers">The threads that there are, the caller's among them; 0 where the pool is taken, or one or none was wanted, and then the caller computes alone.</param>
internal readonly ref struct WorkerLease(int workers)
{
    // The default one was not counted.
    private readonly bool _isCounted = true;

    public int Workers { get; } = workers;

    /// <summary>Gives them back.</summary>
    public void Dispose()
    {
        if (_isCounted)
            WorkerPool.Leave(Workers);
    }
}

/// <summary>
/// The threads that help the callers' threads, one pool for the process. It does one job at a time: who finds it taken computes alone, and who has it takes the fewer helpers the more others compute.
/// Nobody waits for a thread that has not come: parts of its are done by those that are there. Between jobs the threads look for the next one for a moment, which a training's next step is, then sleep.
/// </summary>
internal static class WorkerPool
{
    /// <summary>A stage has at most so many parts for each worker.</summary>
    public const int PartsPerWorker = 4;

    /// <summary>The most parts of a stage.</summary>
    public const int MostParts = PartsPerWorker * WorkerThreads.Most;

    /// <summary>Looks at what others do before the processor is offered to them.</summary>
    private const int Spins = 1000;

    /// <summary>Claims lie a cache line apart.</summary>
    private const int ClaimStride = 8;

    /// <summary>How long a thread looks for the next job before it sleeps.</summary>
    private static readonly long s_patience = Stopwatch.Frequency / 10_000;

    private static readonly Line[] s_lines = new Line[6];

    /// <summary>For each part the last stage of which it was claimed. All parts of a stage are claimed before it ends, so a thread that comes too late claims nothing.</summary>
    private static readonly long[] s_claims = new long[(MostParts + 1) * ClaimStride];

    private static AlignedBuffer?[] s_scratch = [];
    private static Helper[] s_helpers = [];

    // The job, its parts, and the number of its first stage: written before its first stage is open.
    private static ParallelJob? s_job;
    private static int[] s_parts = [];
    private static int s_workers;
    private static long s_first;
    private static Exception? s_failure;

    /// <summary>A cache line, and the one that is fetched with it.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Line
    {
        public long Value;
    }

    /// <summary>A thread of the pool.</summary>
    private sealed class Helper(int worker)
    {
        private readonly object _gate = new();
        private bool _isAsleep;

        /// <summary>Its number.</summary>
        public int Worker { get; } = worker;

        /// <summary>Sleeps until there is a job for it.</summary>
        public void Sleep()
        {
            lock (_gate)
            {
                // Whoever opens a stage behind this line sees that it sleeps.
                Volatile.Write(ref _isAsleep, true);
                Interlocked.MemoryBarrier();
                while ((Volatile.Read(ref Current) & 1) == 0 || Worker >= Volatile.Read(ref s_workers))
                    Monitor.Wait(_gate);
                Volatile.Write(ref _isAsleep, false);
            }
        }

        /// <summary>Wakes it where it sleeps.</summary>
        public void Wake()
        {
            if (!Volatile.Read(ref _isAsleep))
                return;
            lock (_gate)
                Monitor.Pulse(_gate);
        }
    }

    private static ref long IsTaken => ref s_lines[1].Value;

    /// <summary>Twice the stages that have ended since the process began, and one more while there is another.</summary>
    private static ref long Current => ref s_lines[2].Value;

    /// <summary>Parts of the stage that are done.</summary>
    private static ref long Done => ref s_lines[3].Value;

    /// <summary>Threads that compute at the moment, with the pool or alone, but for what is too little to be counted.</summary>
    private static ref long Callers => ref s_lines[4].Value;

    /// <summary>Begins to compute something that several threads may share, and takes the pool where it is free; both until the lease is disposed of.</summary>
    /// <param name="workers">The threads that are wanted, the caller's among them; 0: it is too little, and is not counted.</param>
    /// <param name="waits">Whether it waits until the pool is free.</param>
    public static WorkerLease Enter(int workers, bool waits = false)
    {
        if (workers == 0)
            return default;
        Interlocked.Increment(ref Callers);
        return new WorkerLease(Take(workers, waits));
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    /// <param name="workers">The threads that there were.</param>
    public static void Leave(int workers)
    {
        if (workers > 0)
            Volatile.Write(ref IsTaken, 0);
        Interlocked.Decrement(ref Callers);
    }

    private static int Take(int workers, bool waits)
    {
        if (!waits)
            workers = (int)Math.Min(workers, workers - Volatile.Read(ref Callers) + 1);
        if (workers <= 1)
            return 0;
        while (Volatile.Read(ref IsTaken) != 0 || Interlocked.CompareExchange(ref IsTaken, 1, 0) != 0)
        {
            if (!waits)
                return 0;
            Thread.Yield();
        }

        if (s_helpers.Length < workers - 1)
            AddHelpers(workers - 1);
        return Math.Min(workers, s_helpers.Length + 1);
    }

    /// <summary>Does a job with several threads, this one among them.</summary>
    /// <param name="job">The job.</param>
    /// <param name="workers">Those of the lease.</param>
    /// <param name="scratch">Floats that each but the caller's needs for itself.</param>
    public static void Run(ParallelJob job, int workers, int scratch = 0)
    {
        int[] parts = job.Parts;
        if (parts.Length == 0)
            return;
        if (scratch > 0)
            Reserve(workers, scratch);
        (s_job, s_parts, s_workers, s_first) = (job, parts, workers, Current >> 1);
        Interlocked.Increment(ref Current);
        bool isInterrupted = Wake(workers);
        for (int spins = 0; Volatile.Read(ref Current) is var current && (current & 1) != 0; spins++)
        {
            if (TryWork(current, 0))
                spins = 0;
            else
                Wait(spins);
        }

        Exception? failure = s_failure;
        (s_failure, s_job) = (null, null);
        if (isInterrupted)
            Thread.CurrentThread.Interrupt();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Wakes the helpers of a job that is open. The caller's memory is in use from here on, so nothing may end this early.</summary>
    /// <returns>Whether the thread was interrupted meanwhile.</returns>
    private static bool Wake(int workers)
    {
        bool isInterrupted = false;
        for (int i = 0; i < workers - 1; i++)
        {
            try
            {
                s_helpers[i].Wake();
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = true;
            }
        }

        return isInterrupted;
    }

    /// <summary>What a worker has for itself.</summary>
    /// <param name="worker">Its number, from 1 on.</param>
    public static ref float Scratch(int worker) => ref s_scratch[worker]!.Reference;

    /// <summary>Does a part of the stage, if one is left.</summary>
    private static bool TryWork(long current, int worker)
    {
        ParallelJob? job = s_job;
        int[] all = s_parts;
        int workers = s_workers;
        long stages = (current >> 1) - s_first;

        // What was read belongs together where the stage has not ended since. If it ends from here on, nothing of it can be claimed.
        Volatile.ReadBarrier();
        if (Volatile.Read(ref Current) != current || job is null || worker >= workers)
            return false;
        int stage = (int)stages;
        int parts = all[stage];
        int own = (int)((long)parts * worker / workers);
        for (int i = 0; i < (parts == 1 && worker > 0 ? 0 : parts); i++)
        {
            int part = own + i < parts ? own + i : own + i - parts;
            ref long claim = ref s_claims[part * ClaimStride];
            long last = Volatile.Read(ref claim);
            if (last >= current || Interlocked.CompareExchange(ref claim, current, last) != last)
                continue;
            try
            {
                if (Volatile.Read(ref s_failure) is null)
                    job.Run(stage, part, worker);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref s_failure, e, null);
            }

            if (Interlocked.Increment(ref Done) == parts)
            {
                Done = 0;
                Volatile.Write(ref Current, current + (stage + 1 == all.Length ? 1 : 2));
            }

            return true;
        }

        return false;
    }

    private static void Wait(int spins)
    {
        if (spins < Spins)
            Thread.SpinWait(1);
        else
            Thread.Yield();
    }

    private static void AddHelpers(int count)
    {
        try
        {
            while (s_helpers.Length < count)
            {
                var helper = new Helper(s_helpers.Length + 1);
                new Thread(() => Loop(helper)) { IsBackground = true, Name = "NetGen worker" }.UnsafeStart();
                s_helpers = [.. s_helpers, helper];
            }
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException or PlatformNotSupportedException)
        {
            // The system gives no more threads: it goes on with those that there are.
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

    private static void Loop(Helper helper)
    {
        long start = Stopwatch.GetTimestamp();
        for (int spins = 0; ; spins++)
        {
            long current = Volatile.Read(ref Current);
            bool isWanted = (current & 1) != 0 && helper.Worker < Volatile.Read(ref s_workers);
            if (isWanted && TryWork(current, helper.Worker))
            {
                (spins, start) = (0, Stopwatch.GetTimestamp());
            }
            else if (isWanted)
            {
                Wait(spins);
            }
            else if ((spins & 63) != 63 || Stopwatch.GetTimestamp() - start < s_patience)
            {
                Thread.SpinWait(1);
            }
            else
            {
                helper.Sleep();
                (spins, start) = (0, Stopwatch.GetTimestamp());
            }
        }
    }
}
