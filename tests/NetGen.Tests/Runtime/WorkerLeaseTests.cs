using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>Who has the pool is given the fewer threads the more others compute. Nobody else may, as long as these tests run.</summary>
[Collection(nameof(SharingForecastTests))]
public class WorkerLeaseTests
{
    /// <summary>Neither when it begins nor when it ends: five that end would make up for one that computes.</summary>
    [Fact]
    public void What_is_too_little_is_not_counted_among_those_who_compute()
    {
        for (int i = 0; i < 5; i++)
        {
            using WorkerLease little = WorkerPool.Enter(0);
            Assert.Equal(0, little.Workers);
        }

        using WorkerLease uncounted = WorkerPool.Enter(0);
        using (WorkerLease all = WorkerPool.Enter(3))
            Assert.Equal(3, all.Workers);
        using WorkerLease counted = WorkerPool.Enter(1);
        using (WorkerLease fewer = WorkerPool.Enter(3))
            Assert.Equal(2, fewer.Workers);
    }
}
