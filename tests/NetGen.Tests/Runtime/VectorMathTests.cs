using System;
using System.Linq;
using System.Runtime.Intrinsics;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

public class VectorMathTests
{
    private static readonly float[] Inputs = VectorFunction.Sweep();

    public static TheoryData<string> Names => [.. VectorFunction.All.Select(function => function.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Error_is_within_what_is_documented(string name)
    {
        VectorFunction function = Find(name);
        float[] values = function.Values(Inputs);
        double worst = 0;
        float at = 0;
        for (int i = 0; i < Inputs.Length; i++)
        {
            if (!function.IsInDomain(Inputs[i]) || function.IsAccurate(Inputs[i], values[i]))
                continue;
            double error = Math.Abs((values[i] - function.Exact(Inputs[i])) / function.Exact(Inputs[i]));
            if (!(error <= worst))
                (worst, at) = (error, Inputs[i]);
        }

        Assert.True(worst == 0, $"{name}({at:R}) = {function.Values([.. Enumerable.Repeat(at, 16)])[0]:R}, exact {function.Exact(at):R}, relative error {worst:E2}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bits_do_not_depend_on_the_width(string name)
    {
        VectorFunction function = Find(name);
        float[] values = function.Values(Inputs);
        float[] at256 = function.ValuesAt256(Inputs);
        float[] at128 = function.ValuesAt128(Inputs);
        for (int i = 0; i < Inputs.Length; i++)
        {
            if (!IsSame(values[i], at256[i]))
                Assert.Fail($"{name}({Inputs[i]:R}): {values[i]:R} at 512 bits, {at256[i]:R} at 256");
            if (!IsSame(values[i], at128[i]))
                Assert.Fail($"{name}({Inputs[i]:R}): {values[i]:R} at 512 bits, {at128[i]:R} at 128");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NaN_gives_what_it_does_in_PyTorch_and_nothing_else_makes_one(string name)
    {
        VectorFunction function = Find(name);
        float[] special = [float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1f, -1f, 89f, -89f, 104f, -104f];
        foreach (float[] values in new[] { function.Values(special), function.ValuesAt256(special), function.ValuesAt128(special) })
        {
            for (int i = 0; i < special.Length; i++)
            {
                if (float.IsNaN(special[i]))
                    Assert.True(IsSame(function.AtNaN, values[i]), $"{name}(NaN) is {values[i]}");
                else if (function.IsInDomain(special[i]))
                    Assert.True(function.IsAccurate(special[i], values[i]), $"{name}({special[i]:R}) is {values[i]:R}");
            }
        }
    }

    [Fact]
    public void Log_is_defined_where_there_is_no_logarithm()
    {
        Assert.Equal(float.NegativeInfinity, VectorMath.Log(Vector512<float>.Zero)[0]);
        Assert.Equal(float.NegativeInfinity, VectorMath.Log(Vector512.Create(-0f))[0]);
        Assert.Equal(float.NaN, VectorMath.Log(Vector512.Create(-1f))[0]);
        Assert.Equal(float.PositiveInfinity, VectorMath.Log(Vector512.Create(float.PositiveInfinity))[0]);
        Assert.Equal(0f, VectorMath.Log(Vector512<float>.One)[0]);
    }

    [Fact]
    public void Sixteen_lanes_are_summed_in_one_tree()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 1000; trial++)
        {
            float[] x = [.. Enumerable.Range(0, 16).Select(_ => (random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(-20, 20)))];
            float[] tree = x;
            for (int half = 8; half > 0; half /= 2)
                tree = [.. tree[..half].Zip(tree[half..(2 * half)], (a, b) => a + b)];
            Assert.Equal(tree[0], VectorMath.Sum16(Vector512.Create(x)));
            Assert.Equal(tree[0], VectorMath.Sum16(Vector256.Create(x), Vector256.Create(x, 8)));
            Assert.Equal(tree[0], VectorMath.Sum16(Vector128.Create(x), Vector128.Create(x, 4), Vector128.Create(x, 8), Vector128.Create(x, 12)));
            Assert.Equal(x.Max(), VectorMath.Max16(Vector512.Create(x)));
            Assert.Equal(x.Max(), VectorMath.Max16(Vector256.Create(x), Vector256.Create(x, 8)));
            Assert.Equal(x.Max(), VectorMath.Max16(Vector128.Create(x), Vector128.Create(x, 4), Vector128.Create(x, 8), Vector128.Create(x, 12)));

            x[trial % 16] = float.NaN;
            Assert.True(float.IsNaN(VectorMath.Max16(Vector512.Create(x))));
            Assert.True(float.IsNaN(VectorMath.Max16(Vector256.Create(x), Vector256.Create(x, 8))));
            Assert.True(float.IsNaN(VectorMath.Max16(Vector128.Create(x), Vector128.Create(x, 4), Vector128.Create(x, 8), Vector128.Create(x, 12))));
        }
    }

    [Fact]
    public void Scalar_log_is_the_logarithm()
    {
        var random = new Random(2);
        for (int i = 0; i < 200_000; i++)
        {
            double x = BitConverter.Int64BitsToDouble(random.NextInt64(1, 0x7FF0000000000000));
            if (!(Math.Abs(VectorMath.ScalarLog(x) - Math.Log(x)) <= 3e-16 * Math.Abs(Math.Log(x))))
                Assert.Fail($"log({x:R})");
            double near = 1 + ((random.NextDouble() - 0.5) * Math.Pow(10, -random.Next(0, 12)));
            if (!(Math.Abs(VectorMath.ScalarLog(near) - Math.Log(near)) <= 3e-16 * Math.Abs(Math.Log(near))))
                Assert.Fail($"log({near:R})");
        }

        Assert.Equal(0, VectorMath.ScalarLog(1));
        Assert.Equal(double.NegativeInfinity, VectorMath.ScalarLog(0));
        Assert.Equal(double.PositiveInfinity, VectorMath.ScalarLog(double.PositiveInfinity));
        Assert.Equal(double.NaN, VectorMath.ScalarLog(-1));
        Assert.Equal(double.NaN, VectorMath.ScalarLog(double.NaN));
    }

    private static VectorFunction Find(string name) => VectorFunction.All.Single(function => function.Name == name);

    private static bool IsSame(float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));
}
