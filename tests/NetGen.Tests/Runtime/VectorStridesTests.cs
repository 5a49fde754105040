using System.Linq;
using System.Runtime.Intrinsics;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

public class VectorStridesTests
{
    private static readonly float[] Numbers = [.. Enumerable.Range(0, 200).Select(i => i + 0.5f)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Load_takes_every_so_many(int stride)
    {
        float[] expected = [.. Enumerable.Range(0, 16).Select(i => Numbers[3 + (i * stride)])];
        Assert.Equal(Vector512.Create(expected), VectorStrides.Load512(ref Numbers[3], (nuint)stride));
        Assert.Equal(Vector256.Create(expected), VectorStrides.Load256(ref Numbers[3], (nuint)stride));
        Assert.Equal(Vector128.Create(expected), VectorStrides.Load128(ref Numbers[3], (nuint)stride));
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 5)]
    [InlineData(3, 4)]
    [InlineData(7, 1)]
    public void Store_leaves_what_lies_between(int stride, int count)
    {
        float[] to512 = [.. Numbers];
        float[] to256 = [.. Numbers];
        float[] to128 = [.. Numbers];
        VectorStrides.Store(-Vector512.Create(Numbers), ref to512[3], (nuint)stride, count);
        VectorStrides.Store(-Vector256.Create(Numbers), ref to256[3], (nuint)stride, count);
        VectorStrides.Store(-Vector128.Create(Numbers), ref to128[3], (nuint)stride, count);
        Assert.Equal(Expected(16), to512);
        Assert.Equal(Expected(8), to256);
        Assert.Equal(Expected(4), to128);

        float[] Expected(int lanes)
        {
            float[] expected = [.. Numbers];
            for (int i = 0; i < int.Min(lanes, count); i++)
                expected[3 + (i * stride)] = -Numbers[i];
            return expected;
        }
    }

    [Fact]
    public void Split_and_Join_are_inverse()
    {
        float[] evens = [.. Numbers.Where((_, i) => i % 2 == 0)];
        float[] odds = [.. Numbers.Where((_, i) => i % 2 == 1)];
        Assert.Equal((Vector512.Create(evens), Vector512.Create(odds)), VectorStrides.Split(Vector512.Create(Numbers), Vector512.Create(Numbers, 16)));
        Assert.Equal((Vector256.Create(evens), Vector256.Create(odds)), VectorStrides.Split(Vector256.Create(Numbers), Vector256.Create(Numbers, 8)));
        Assert.Equal((Vector128.Create(evens), Vector128.Create(odds)), VectorStrides.Split(Vector128.Create(Numbers), Vector128.Create(Numbers, 4)));
        Assert.Equal((Vector512.Create(Numbers), Vector512.Create(Numbers, 16)), VectorStrides.Join(Vector512.Create(evens), Vector512.Create(odds)));
        Assert.Equal((Vector256.Create(Numbers), Vector256.Create(Numbers, 8)), VectorStrides.Join(Vector256.Create(evens), Vector256.Create(odds)));
        Assert.Equal((Vector128.Create(Numbers), Vector128.Create(Numbers, 4)), VectorStrides.Join(Vector128.Create(evens), Vector128.Create(odds)));
    }
}
