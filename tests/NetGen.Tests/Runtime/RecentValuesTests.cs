using System.Linq;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

public class RecentValuesTests
{
    [Fact]
    public void A_generation_stays_however_often_it_is_gone_through()
    {
        var values = new RecentValues<int, string>(4);
        foreach (int key in Enumerable.Range(0, 4))
            values.Add(key, $"{key}");
        for (int i = 0; i < 100; i++)
        {
            Assert.True(values.TryGet(i % 4, out string? value));
            Assert.Equal($"{i % 4}", value);
        }
    }

    [Fact]
    public void What_is_asked_for_stays_and_what_is_not_goes()
    {
        var values = new RecentValues<int, int>(4);
        values.Add(0, 7);
        for (int key = 1; key < 100; key++)
        {
            Assert.False(values.TryGet(key, out _));
            values.Add(key, key);
            Assert.True(values.TryGet(0, out int value));
            Assert.Equal(7, value);
        }

        Assert.InRange(Enumerable.Range(0, 100).Count(key => values.TryGet(key, out _)), 2, 8);
    }
}
