using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>Every part of every stage is done once, stage after stage, whoever comes late, throws, or wants the pool as well.</summary>
public class WorkerPoolTests
{
    [Fact]
    public void Every_part_is_done_once_and_stages_follow_each_other()
    {
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
        {
            int workers = random.Next(2, 9);
            var job = new Counting([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1, workers + 1))], random.Next(0, 40));
            Run(job, workers);
            job.AssertDone();
            if (i % 500 == 499)
                Thread.Sleep(20); // Longer than the threads look for the next job, so that they sleep.
        }
    }

    [Fact]
    public void There_may_be_several_parts_for_the_most_workers()
    {
        var job = new Counting([WorkerPool.MostParts], 0);
        Run(job, 3);
        job.AssertDone();
    }

    [Fact]
    public void An_exception_is_the_callers_and_the_pool_is_sound()
    {
        for (int i = 0; i < 200; i++)
        {
            int failing = i % 4;
            var job = new Counting([4, 4, 1, 4], 10) { Fails = (failing, failing == 2 ? 0 : i % 3) };
            var told = Assert.Throws<InvalidOperationException>(() => Run(job, 4));
            Assert.Equal("part", told.Message);
            Assert.Equal(0, job.DoneIn(failing + 1));
            var next = new Counting([4, 4], 10);
            Run(next, 4);
            next.AssertDone();
        }
    }

    [Fact]
    public void Who_finds_the_pool_taken_gets_nothing()
    {
        using (WorkerLease lease = WorkerPool.Enter(2, waits: true))
        {
            Assert.Equal(2, lease.Workers);
            Assert.Equal(0, Offered(2));
            var nested = new Counting([2], 0);
            nested.Within = () => Assert.Equal(0, Offered(2));
            WorkerPool.Run(nested, 2);
            nested.AssertDone();
        }

        Assert.Equal(0, Offered(1));
    }

    private static int Offered(int workers)
    {
        using WorkerLease lease = WorkerPool.Enter(workers);
        return lease.Workers;
    }

    /// <summary>A job that is run again with other stages, as a pass is with another batch: who comes late from the run before must not be led astray.</summary>
    [Fact]
    public void A_job_may_have_other_stages_in_its_next_run()
    {
        var random = new Random(2);
        var job = new Changing();
        for (int i = 0; i < 20000; i++)
        {
            job.Next([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(1, 5))]);
            Run(job, 4);
            Assert.Equal(job.Parts.Sum(), job.Count);
        }
    }

    private sealed class Changing : ParallelJob
    {
        private int[] _parts = [];
        private int _count;

        public int Count => _count;

        public override int[] Parts => _parts;

        public void Next(int[] parts) => (_parts, _count) = (parts, 0);

        public override void Run(int stage, int part, int worker)
        {
            if (part >= _parts[stage])
                throw new InvalidOperationException("There is no such part.");
            Interlocked.Increment(ref _count);
        }
    }

    [Fact]
    public void Who_is_interrupted_finishes_first()
    {
        Exception? told = null;
        var thread = new Thread(() =>
        {
            try
            {
                Thread.CurrentThread.Interrupt();
                for (int i = 0; i < 100; i++)
                {
                    var job = new Counting([4, 4], 5);
                    Run(job, 4);
                    job.AssertDone();
                }

                Assert.Throws<ThreadInterruptedException>(() => Thread.Sleep(0));
            }
            catch (Exception e)
            {
                told = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(told);
    }

    [Fact]
    public void Many_threads_take_turns() => Parallel.For(0, 8, thread =>
    {
        for (int i = 0; i < 300; i++)
        {
            var job = new Counting([3, 1, 5], 5);
            Run(job, 3 + (thread % 3));
            job.AssertDone();
        }
    });

    private static void Run(ParallelJob job, int workers)
    {
        using WorkerLease lease = WorkerPool.Enter(workers, waits: true);
        WorkerPool.Run(job, lease.Workers, scratch: 64);
    }

    /// <summary>Counts what is done, and that all of the stage before was.</summary>
    private sealed class Counting(int[] parts, int spins) : ParallelJob
    {
        private readonly int[][] _done = Array.ConvertAll(parts, count => new int[count]);
        private int _isOutOfOrder;

        public (int Stage, int Part) Fails { get; init; } = (-1, -1);

        public Action Within { get; set; } = () => { };

        public override int[] Parts => parts;

        public override void Run(int stage, int part, int worker)
        {
            if (stage > 0 && _done[stage - 1].Sum() != parts[stage - 1])
                _isOutOfOrder = 1;
            if (worker > 0)
                WorkerPool.Scratch(worker) = part;
            Within();
            Thread.SpinWait(spins * (1 + part));
            if ((stage, part) == Fails)
                throw new InvalidOperationException("part");
            Interlocked.Increment(ref _done[stage][part]);
        }

        public int DoneIn(int stage) => stage < parts.Length ? _done[stage].Sum() : 0;

        public void AssertDone()
        {
            Assert.All(_done.SelectMany(stage => stage), count => Assert.Equal(1, count));
            Assert.Equal(0, _isOutOfOrder);
        }
    }
}
