using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Runtime;

namespace NetGen.Tests.Runtime;

/// <summary>A network of parameters alone, as a generated one holds them.</summary>
internal sealed class TestNetwork(ulong seed, ParameterLayout[] layouts, int packedLength) : INetwork
{
    public NetworkState State { get; } = new(seed, layouts, packedLength);

    public ParameterCollection Parameters => State.Parameters;

    public ParameterCollection Gradients => State.Gradients;

    public Span<float> FlatParameters => State.FlatParameters;

    public Span<float> FlatGradients => State.FlatGradients;

    public void Predict(ReadOnlySpan<float> input, Span<float> output) => throw new NotSupportedException();

    public void VectorJacobianProduct(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient = default) => throw new NotSupportedException();

    /// <summary>One parameter of each layout: panels, a ragged panel, narrow rows, tiny panels, a bias, four dimensions.</summary>
    public static TestNetwork Create(ulong seed = 1)
    {
        var layouts = new List<ParameterLayout>();
        int offset = 0;
        Add("panels.weight", [32, 5], 16);
        Add("ragged.weight", [21, 7], 16);
        Add("narrow.weight", [3, 19], 1);
        Add("tiny.weight", [3, 4], 4);
        Add("bias", [10], 0);
        Add("convolution.weight", [18, 2, 3, 3], 16);
        return new TestNetwork(seed, [.. layouts], offset);

        void Add(string name, int[] shape, int panel)
        {
            int inner = shape.Aggregate(1, (product, size) => product * size) / shape[0];
            int length;
            if (panel == 0)
            {
                length = Pad(shape[0]);
                layouts.Add(new ParameterLayout(name, shape, offset, length, length, 0, 1, Init.Default, double.NaN, 10, shape[0]));
            }
            else if (panel == 1)
            {
                length = shape[0] * Pad(inner);
                layouts.Add(new ParameterLayout(name, shape, offset, 1, Pad(inner), 1, 1, Init.Default, double.NaN, inner, shape[0]));
            }
            else
            {
                length = Pad((shape[0] + panel - 1) / panel * panel * inner);
                layouts.Add(new ParameterLayout(name, shape, offset, panel, panel * inner, panel, 1, Init.Default, double.NaN, inner, shape[0]));
            }

            offset += length;
        }

        static int Pad(int length) => (length + 15) / 16 * 16;
    }

    public static float[] Values(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() + 1)];
    }
}
