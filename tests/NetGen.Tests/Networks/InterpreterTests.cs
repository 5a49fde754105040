using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>What PyTorch's definitions leave to be got wrong, on examples small enough to be computed by hand.</summary>
public class InterpreterTests
{
    private const double NaN = double.NaN;

    public static TheoryData<string, int, double[]> Averages => new()
    {
        // The last window starts at the third value and ends with the padding, not behind it.
        { "padding counted", 4, [1, 3, 2] },
        { "padding not counted", 4, [1.5, 3, 4] },

        // The windows of a last place would start in the padding behind: it is left out.
        { "padding counted", 3, [1, 5.0 / 3] },
        { "adaptive", 5, [1.5, 3, 4.5] },
        { "adaptive", 2, [1, 1.5, 2] },
    };

    [Theory]
    [MemberData(nameof(Averages))]
    public void Means_divide_as_in_pytorch(string pool, int length, double[] expected)
    {
        double[] input = [.. Enumerable.Range(1, length).Select(i => (double)i)];
        Graph graph = pool == "adaptive"
            ? Build(Network("Means", [1, 1, length], null, new AdaptivePoolOp(null, 2, PoolKind.Average, new Size2(1, 3))))
            : Build(Network("Means", [1, length], null, Pool1d(PoolKind.Average, 3, 2, padding: 1, ceil: true, countsPadding: pool == "padding counted")));

        Assert.Equal(expected, new Interpreter<double>(graph, []).Predict(input), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Ceil_mode_takes_a_window_that_is_larger_than_the_input() =>
        Assert.Equal([4], Predict(Pool1d(PoolKind.Max, 5, 3, ceil: true), [2, 4, 1]));

    [Theory]
    [InlineData(new[] { 1.0, 3, 3, 2 }, new[] { 0.0, 1, 0, 0 })]
    [InlineData(new[] { 0.0, 0, -0.0, 0 }, new[] { 1.0, 0, 0, 0 })]
    [InlineData(new[] { NaN, 5, NaN, 7 }, new[] { 0.0, 0, 1, 0 })]
    [InlineData(new[] { double.NegativeInfinity, double.NegativeInfinity, -3, double.NegativeInfinity }, new[] { 0.0, 0, 1, 0 })]
    public void Gradients_of_ties_go_to_the_first_largest_value_and_of_nan_to_the_last(double[] input, double[] gradient) =>
        Assert.Equal(gradient, Interpreter([1, 2, 2], Pool2d(PoolKind.Max, 2)).VectorJacobianProduct(input, [1]).InputGradient);

    [Fact]
    public void Overlapping_windows_share_their_largest_value() =>
        Assert.Equal([0, 3, 0, 0], Interpreter([1, 4], Pool1d(PoolKind.Max, 2, 1)).VectorJacobianProduct([1, 9, 2, -1], [1, 2, 0]).InputGradient);

    /// <summary>Of an odd padding the larger half stands behind.</summary>
    [Fact]
    public void Same_padding_is_pytorchs() =>
        Assert.Equal([21, 32, 3], Predict(Conv1d(1, 2) with { IsSame = true, Padding = default, Bias = false, FixedWeight = EquatableArray.Of(1.0, 10) }, [1, 2, 3]));

    /// <summary>Y[2c, i, j] = X[c, i+1, j] − X[c, i, j], Y[2c+1, i, j] = X[c, i, j+1] − X[c, i, j], zero outside.</summary>
    [Fact]
    public void Fixed_filters_take_colour_wise_differences()
    {
        const int Side = 5;
        double[] down = [0, 0, 0, 0, -1, 0, 0, 1, 0];
        double[] right = [0, 0, 0, 0, -1, 1, 0, 0, 0];
        ConvOp conv = Conv2d(6, 3, padding: 1, groups: 3, bias: false) with { FixedWeight = Enumerable.Repeat(down.Concat(right), 3).SelectMany(f => f).ToEquatableArray() };
        double[] x = [.. Enumerable.Range(0, 3 * Side * Side).Select(i => (double)(i * i % 31))];

        double[] y = new Interpreter<double>(Build(Network("Differences", [3, Side, Side], null, conv)), []).Predict(x);

        for (int o = 0; o < y.Length; o++)
        {
            (int channel, int i, int j) = (o / (Side * Side), o / Side % Side, o % Side);
            double X(int row, int column) => row < Side && column < Side ? x[(((channel / 2 * Side) + row) * Side) + column] : 0;
            Assert.Equal((channel % 2 == 0 ? X(i + 1, j) : X(i, j + 1)) - X(i, j), y[o]);
        }
    }

    [Fact]
    public void Softmax_of_a_picture_is_over_its_channels()
    {
        double[] y = new Interpreter<double>(Build(Network("Pixels", [2, 1, 3], null, new SoftmaxOp(null))), []).Predict([0, 1, 2, 0, 1, Math.Log(3) + 2]);

        Assert.Equal([0.5, 0.5, 0.25, 0.5, 0.5, 0.75], y, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Theory]
    [InlineData(1e4, 1e30f)]
    [InlineData(1e4, float.MaxValue)]
    [InlineData(1, 1e30f)]
    public void A_smooth_maximum_does_not_overflow(double beta, float largest)
    {
        Graph graph = Build(Network("Smooth", [3], null, new LogSumExpOp(null, beta)));
        Pass<float> pass = new Interpreter<float>(graph, []).VectorJacobianProduct([-largest, largest, 1], [1]);

        Assert.Equal([largest], pass.Output);
        Assert.Equal([0, 1, 0], pass.InputGradient);
    }

    private static Interpreter<double> Interpreter(int[] input, LayerOp layer) => new(Build(Network("Single", input, null, layer)), []);

    private static IEnumerable<double> Predict(LayerOp layer, double[] input) => Interpreter([1, input.Length], layer).Predict(input);
}
