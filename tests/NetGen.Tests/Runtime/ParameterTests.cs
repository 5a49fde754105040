using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Runtime;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Runtime;

public class ParameterTests
{
    [Fact]
    public void What_is_copied_in_is_copied_out_and_the_rest_stays()
    {
        var network = TestNetwork.Create();
        foreach (ParameterCollection collection in new[] { network.Parameters, network.Gradients })
        {
            for (int i = 0; i < collection.Count; i++)
            {
                float[][] before = [.. collection.Select(view => view.ToArray())];
                float[] values = TestNetwork.Values(collection[i].Length, i);
                collection[i].CopyFrom(values);
                before[i] = values;
                Assert.Equal(before, collection.Select(view => view.ToArray()));
            }
        }
    }

    [Fact]
    public void Padding_stays_zero()
    {
        var network = TestNetwork.Create();
        foreach (ParameterView view in network.Parameters)
        {
            Assert.Equal(view.Length, view.ToArray().Count(value => value != 0));
            view.CopyFrom(TestNetwork.Values(view.Length, 1));
        }

        Assert.Equal(network.Parameters.Sum(view => view.Length), network.FlatParameters.ToArray().Count(value => value != 0));
        Assert.Equal(0, network.FlatGradients.ToArray().Count(value => value != 0));
    }

    [Fact]
    public void Elements_lie_where_the_packing_says()
    {
        TestNetwork network = TestNetwork.Create();
        ParameterView ragged = network.Parameters["ragged.weight"];
        ragged[17, 3] = 5;
        Assert.Equal(5, network.FlatParameters[160 + (16 * 7) + (3 * 16) + 1]);
        Assert.Equal(5, ragged[(17 * 7) + 3]);
        Assert.Equal(5, ragged.ToArray()[(17 * 7) + 3]);

        ParameterView narrow = network.Parameters["narrow.weight"];
        narrow[2, 18] = 6;
        Assert.Equal(6, network.FlatParameters[160 + 224 + (2 * 32) + 18]);

        ParameterView convolution = network.Parameters["convolution.weight"];
        convolution[17, 1, 2, 0] = 7;
        Assert.Equal(7, convolution[(17 * 18) + 9 + 6]);
        Assert.Equal(7, convolution.ToArray()[(17 * 18) + 9 + 6]);
    }

    [Fact]
    public void Wrong_indices_and_lengths_say_what_was_expected()
    {
        ParameterView weight = TestNetwork.Create().Parameters["ragged.weight"];
        Assert.Contains("0 to 146", Assert.Throws<ArgumentOutOfRangeException>(() => weight[147]).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => weight[-1]);
        Assert.Contains("0 to 20 in dimension 0 of ragged.weight [21, 7]", Assert.Throws<ArgumentOutOfRangeException>(() => weight[21, 0]).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => weight[0, 7]);
        Assert.Contains("Expected 2 indices into ragged.weight [21, 7], but got 3", Assert.Throws<ArgumentException>(() => weight[0, 0, 0]).Message);
        Assert.Contains("Expected 147 elements, but got 146", Assert.Throws<ArgumentException>(() => weight.CopyTo(new float[146])).Message);
        Assert.Contains("Expected 147 elements, but got 148", Assert.Throws<ArgumentException>(() => weight.CopyFrom(new float[148])).Message);
    }

    [Fact]
    public void Collections_find_by_name_and_enumerate_without_allocating()
    {
        ParameterCollection parameters = TestNetwork.Create().Parameters;
        Assert.Equal("bias", parameters["bias"].Name);
        Assert.False(parameters.TryGet("nothing", out _));
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => parameters["nothing"]);
        Assert.Contains("\"nothing\"", error.Message);
        Assert.Contains("narrow.weight [3, 19]", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => parameters[parameters.Count]);

        Allocations.None(() => Sum());

        int Sum()
        {
            int sum = 0;
            foreach (ParameterView view in parameters)
                sum += view.Length + view.Shape.Length;
            return sum;
        }
    }

    [Fact]
    public void Layers_have_their_weight_and_bias()
    {
        var network = TestNetwork.Create();
        var layer = new LayerParameters(network.State, 3, true);
        Assert.Equal("tiny.weight", layer.Weight.Name);
        Assert.Equal("bias", layer.Bias.Name);
        layer.BiasGradient.CopyFrom(TestNetwork.Values(10, 2));
        Assert.Equal(TestNetwork.Values(10, 2), network.Gradients["bias"].ToArray());
        Assert.Same(network.Gradients["tiny.weight"], layer.WeightGradient);

        var unbiased = new LayerParameters(network.State, 0, false);
        Assert.False(unbiased.HasBias);
        Assert.Contains("panels.weight", Assert.Throws<InvalidOperationException>(() => unbiased.Bias).Message);
    }

    [Theory]
    [InlineData(Init.Default, double.NaN, 0.05, true)]
    [InlineData(Init.KaimingUniform, double.NaN, 0.12247448713915891, true)]
    [InlineData(Init.KaimingUniform, 1.0, 0.08660254037844387, true)]
    [InlineData(Init.KaimingNormal, double.NaN, 0.07071067811865477, false)]
    [InlineData(Init.KaimingNormal, 2.0, 0.1, false)]
    [InlineData(Init.XavierUniform, double.NaN, 0.1, true)]
    [InlineData(Init.XavierUniform, 3.0, 0.3, true)]
    [InlineData(Init.XavierNormal, double.NaN, 0.05773502691896258, false)]
    [InlineData(Init.Normal, double.NaN, 1.0, false)]
    [InlineData(Init.Normal, 0.02, 0.02, false)]
    [InlineData(Init.Uniform, double.NaN, 1.0, true)]
    [InlineData(Init.Uniform, 0.5, 0.5, true)]
    public void Initialisers_have_their_bound_or_deviation(Init init, double scale, double width, bool isUniform)
    {
        // fan_in 400, fan_out 200.
        float[] values = Initialised([200, 400], init, scale, 5);
        double deviation = Math.Sqrt(values.Average(value => (double)value * value));
        Assert.InRange(values.Average(), -0.015 * width, 0.015 * width);
        if (isUniform)
        {
            Assert.InRange(values.Max(), width * 0.999, (float)width);
            Assert.InRange(values.Min(), -(float)width, -width * 0.999);
            Assert.InRange(deviation * Math.Sqrt(3), width * 0.99, width * 1.01);
        }
        else
        {
            Assert.InRange(deviation, width * 0.985, width * 1.015);
            Assert.InRange(values.Max(), 3.5 * width, 7 * width);
        }
    }

    [Fact]
    public void Constants_are_constant()
    {
        Assert.All(Initialised([3, 5], Init.Constant, double.NaN, 1), value => Assert.Equal(0f, value));
        Assert.All(Initialised([3, 5], Init.Constant, 0.25, 1), value => Assert.Equal(0.25f, value));
    }

    [Theory]
    [InlineData(Init.Uniform)]
    [InlineData(Init.Normal)]
    public void Initial_values_do_not_depend_on_the_packing(Init init)
    {
        var panels = new NetworkState(7, [new ParameterLayout("w", [21, 7], 0, 16, 16 * 7, 16, 1, init, double.NaN, 7, 21)], 256);
        var rows = new NetworkState(7, [new ParameterLayout("w", [21, 7], 0, 1, 16, 1, 1, init, double.NaN, 7, 21)], 21 * 16);
        float[] values = panels.Parameters[0].ToArray();
        Assert.Equal(values, rows.Parameters[0].ToArray());
        for (int i = 0; i < values.Length; i++)
        {
            double expected = init == Init.Normal ? Philox.Normal(7, 0, i) : (2.0 * Philox.Uniform(7, 0, i)) - 1;
            Assert.Equal((float)expected, values[i]);
        }
    }

    [Fact]
    public void Seeds_and_parameters_have_values_of_their_own()
    {
        Assert.Equal(Initialised([20, 20], Init.Default, double.NaN, 1), Initialised([20, 20], Init.Default, double.NaN, 1));
        Assert.NotEqual(Initialised([20, 20], Init.Default, double.NaN, 1), Initialised([20, 20], Init.Default, double.NaN, 2));
        var layout = new ParameterLayout("w", [16], 0, 16, 16, 0, 1, Init.Default, double.NaN, 16, 16);
        var second = new ParameterLayout("v", [16], 16, 16, 16, 0, 1, Init.Default, double.NaN, 16, 16);
        var state = new NetworkState(1, [layout, second], 32);
        Assert.NotEqual(state.Parameters[0].ToArray(), state.Parameters[1].ToArray());
    }

    private static float[] Initialised(int[] shape, Init init, double scale, ulong seed)
    {
        var layout = new ParameterLayout("w", shape, 0, 1, shape[1], 1, 1, init, scale, shape[1], shape[0]);
        return new NetworkState(seed, [layout], shape[0] * shape[1]).Parameters[0].ToArray();
    }
}
