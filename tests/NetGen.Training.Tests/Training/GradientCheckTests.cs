using System;
using System.Linq;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

[Network(1, 8, 8)]
[Conv2d(4, 3, Name = "conv1"), BatchNorm2d, GELU, MaxPool2d(2), Flatten, Dropout(0.3), Linear(5, Name = "fc"), LayerNorm, SiLU, Linear(3)]
[CrossEntropyLoss]
internal sealed partial class SmallPictures;

[Network(4)]
[Linear(16, Name = "fc1"), ReLU, Linear(16, Name = "fc2"), ReLU, Linear(1, Name = "out")]
[MSELoss]
internal sealed partial class Kinked;

public class GradientCheckTests
{
    [Fact]
    public void Right_gradients_pass()
    {
        var random = new Random(1);
        for (ulong seed = 0; seed < 5; seed++)
        {
            AssertPassed(GradientCheck.Run(new SmallPictures(seed), Random(random, 6 * 64), Enumerable.Range(0, 6).Select(i => i % 3).ToArray()), kinks: 30);
            AssertPassed(GradientCheck.Run(new SmallPictures(seed), Random(random, 6 * 64), Random(random, 18)), kinks: 30);
            AssertPassed(GradientCheck.Run(new Merged(seed), Random(random, 4 * 75), Random(random, 12)), kinks: 40);
            AssertPassed(GradientCheck.Run(new AllKinds(seed), Random(random, 5 * 72), Random(random, 20)), kinks: 60);
            AssertPassed(GradientCheck.Run(new Kinked(seed), Random(random, 32), Random(random, 8)), kinks: 80);
            AssertPassed(GradientCheck.Run(new SmallRegression(seed), Random(random, 40), Random(random, 24)), kinks: 0);
        }
    }

    [Fact]
    public void Nothing_is_changed()
    {
        var network = new SmallPictures(seed: 1);
        float[] before = network.FlatParameters.ToArray();
        (float[] buffers, RandomState state) = (network.Buffers[0].ToArray(), network.RandomState);
        GradientCheck.Run(network, Random(new Random(1), 128), [0, 1]);
        Assert.Equal(before, network.FlatParameters);
        Assert.Equal(buffers, network.Buffers[0].ToArray());
        Assert.Equal(state, network.RandomState);
    }

    [Theory]
    [InlineData(1.1f)]
    [InlineData(-1f)]
    [InlineData(0f)]
    [InlineData(float.NaN)]
    public void A_wrong_gradient_is_found(float factor)
    {
        var random = new Random(2);
        for (ulong seed = 0; seed < 5; seed++)
        {
            GradientCheckReport report = GradientCheck.Run(new Wrong(new Kinked(seed), "fc2.weight", factor), Random(random, 4 * 16), Random(random, 16));
            Assert.False(report.IsPassed, report.ToString());
            Assert.All(report.Entries.Where(entry => entry.Verdict == GradientVerdict.Differs), entry => Assert.Equal("fc2.weight", entry.Name));
            Assert.StartsWith("FAILED", report.ToString(), StringComparison.Ordinal);
            Assert.Contains("fc2.weight[", report.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_kink_is_no_mistake()
    {
        var network = new Kinked(seed: 1);
        float[] input = [1, 0, 0, 0, -0.5f, 0.25f, 0.75f, -1];

        // The first sample meets the first unit exactly where it bends.
        for (int unit = 0; unit < 1; unit++)
            network.Parameters["fc1.bias"][unit] = -network.Parameters["fc1.weight"][unit, 0];
        GradientCheckReport report = GradientCheck.Run(network, input, [1f, 2f]);
        AssertPassed(report, kinks: 100);
        Assert.Contains(report.Entries, entry => entry.Verdict == GradientVerdict.Kink);
    }

    private static void AssertPassed(GradientCheckReport report, int kinks)
    {
        Assert.True(report.IsPassed, report.ToString());
        Assert.InRange(report.Entries.Count(entry => entry.Verdict == GradientVerdict.Kink), 0, kinks);
        Assert.StartsWith("passed", report.ToString(), StringComparison.Ordinal);
    }

    private static float[] Random(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];

    /// <summary>A network whose gradient of one parameter is multiplied by a factor.</summary>
    private sealed class Wrong(ITrainableNetwork<float> inner, string parameter, float factor) : ITrainableNetwork<float>
    {
        public ParameterCollection Parameters => inner.Parameters;

        public ParameterCollection Gradients => inner.Gradients;

        public Span<float> FlatParameters => inner.FlatParameters;

        public Span<float> FlatGradients => inner.FlatGradients;

        public void Predict(ReadOnlySpan<float> input, Span<float> output) => inner.Predict(input, output);

        public void VectorJacobianProduct(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient = default) => inner.VectorJacobianProduct(input, outputGradient, inputGradient);

        public float TrainStep(ReadOnlySpan<float> input, ReadOnlySpan<float> target, IOptimizer optimizer) => inner.TrainStep(input, target, optimizer);

        public float ComputeGradients(ReadOnlySpan<float> input, ReadOnlySpan<float> target, Span<float> inputGradient = default)
        {
            float loss = inner.ComputeGradients(input, target, inputGradient);
            ParameterView gradient = inner.Gradients[parameter];
            gradient.CopyFrom([.. gradient.ToArray().Select(value => value * factor)]);
            return loss;
        }
    }
}
