using System;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Emission;
using NetGen.References;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>Figures and properties of the reference networks that no fixture holds.</summary>
public class ReferenceTests
{
    [Fact]
    public void Counts_are_those_of_the_reference()
    {
        Assert.Equal(8_925_738, MnistAlexNet.ParameterCount);
        Assert.Equal(61_100_840, AlexNet.ParameterCount);
        Assert.Equal(213_504, Bottleneck.ParameterCount);
        Assert.Equal(655_566_528 + 58_621_952, AlexNet.MultiplyAccumulates);
        Assert.Equal(1_089_952, Inception.ParameterCount);
        Assert.Equal(1_115_684_864, Inception.MultiplyAccumulates);
        Assert.Equal(346_720, BottleneckInception.ParameterCount);
        Assert.Equal(354_418_688, BottleneckInception.MultiplyAccumulates);
        Assert.Equal(78_592, SplitTransformMerge.ParameterCount);
        Assert.Equal(425_984, Inception.ActivationEvaluations);
        Assert.Equal(622_592, BottleneckInception.ActivationEvaluations);

        // An addition a product, the first to the bias.
        Assert.Equal(2 * AlexNet.MultiplyAccumulates, AlexNet.FloatingPointOperations);
        Assert.Equal(64 * 55 * 55 + 192 * 27 * 27 + (384 + 256 + 256) * 13 * 13 + 4096 + 4096, AlexNet.ActivationEvaluations);

        // A linear layer's are its weights.
        Assert.Equal(58_621_952, 9216 * 4096 + 4096 * 4096 + 4096 * 1000);
        Assert.Contains("655,566,528", Macs("Conv2d"), StringComparison.Ordinal);
        Assert.Contains("58,621,952", Macs("Linear"), StringComparison.Ordinal);

        static string Macs(string kind)
        {
            Graph graph = Build(Network("Net", [3, 224, 224], null, Conv2d(64, 11, stride: 4, padding: 2), Pool2d(PoolKind.Max, 3, stride: 2), Conv2d(192, 5, padding: 2), Pool2d(PoolKind.Max, 3, stride: 2), Conv2d(384, 3, padding: 1), Conv2d(256, 3, padding: 1), Conv2d(256, 3, padding: 1), Pool2d(PoolKind.Max, 3, stride: 2), new FlattenOp(null), Linear(4096), Linear(4096), Linear(1000)));
            return graph.Nodes.Where(node => node.Op.Kind == kind).Sum(node => node.Op.MultiplyAccumulates(node.Input, node.Output)).ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>R3: what comes behind a layer hides it from the loss, but for a way around.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_pass_a_zero_or_saturated_layer_through_the_skip_alone(bool isSaturated)
    {
        for (int hidden = 0; hidden < 4; hidden++)
        {
            float[][] skipped = Gradients(new SmallResidualMlp(1), $"2.{hidden}.0.body.0");
            float[][] plain = Gradients(new SmallPlainMlp(1), $"2.{hidden}.0");

            // Weight and bias of the first layer, then of each before the hidden one.
            for (int i = 0; i < 2 * (hidden + 1); i++)
            {
                Assert.All(skipped[i], gradient => Assert.True(gradient != 0 && float.IsFinite(gradient)));
                Assert.All(plain[i], gradient => Assert.Equal(0, gradient));
            }

            // The layers behind it do not vanish either way.
            for (int i = 2 * (hidden + 2); i < plain.Length; i++)
                Assert.All(plain[i], gradient => Assert.NotEqual(0, gradient));
        }

        float[][] Gradients(INetwork network, string layer)
        {
            if (isSaturated)
                network.Parameters[layer + ".bias"].CopyFrom([.. Enumerable.Repeat(1e4f, 6)]);
            else
                network.Parameters[layer + ".weight"].CopyFrom(new float[36]);
            network.VectorJacobianProduct([0.3f, -1, 0.7f, 2, -0.5f], [1f]);
            return [.. network.Gradients.Select(gradient => gradient.ToArray())];
        }
    }

    /// <summary>R4: parameters and code do not grow with the line, the workspace as the line does; a Toeplitz matrix would grow as its square.</summary>
    [Fact]
    public void Convolutions_along_a_line_form_no_matrix()
    {
        (int parameters, int training, int inference, int code) = Sizes(500);
        (int twiceParameters, int twiceTraining, int twiceInference, int twiceCode) = Sizes(1000);

        Assert.Equal(parameters, twiceParameters);
        Assert.InRange(twiceTraining, training, (2 * training) + 64);
        Assert.InRange(twiceInference, inference, (2 * inference) + 64);
        Assert.InRange(training, 500, 12 * 500);

        // Other tiles may fit, that is all.
        Assert.InRange(twiceCode, code * 3 / 4, code * 5 / 4);

        static (int Parameters, int Training, int Inference, int Code) Sizes(int length)
        {
            ActivationOp sigmoid = Activation(ActivationKind.Sigmoid);
            CompiledNetwork network = CompiledNetwork.Compile(Build(Network("Chain", [1, length], null, Conv1d(1, 5), sigmoid, Conv1d(1, 5), sigmoid, Conv1d(1, 3), sigmoid)));
            return (network.Program.PackedParameterCount, network.Training.Fixed + network.Training.PerSample, network.Inference.Fixed + network.Inference.PerSample, NetworkEmitter.Emit(network).Length);
        }
    }

    /// <summary>R4: whole numbers, so that the products are exact.</summary>
    [Fact]
    public void A_convolution_is_the_product_with_its_Toeplitz_matrix_and_its_gradient_that_with_the_transpose()
    {
        var network = new Toeplitz(1);
        float[] w = [3, -1, 4, -1, -5];
        network.Parameters["0.weight"].CopyFrom(w);
        network.Parameters["0.bias"].CopyFrom([2]);
        var random = new RandomStream(1);
        float[] x = [.. Enumerable.Range(0, 29).Select(_ => (float)random.Between(-9, 9))];
        float[] v = [.. Enumerable.Range(0, 25).Select(_ => (float)random.Between(-9, 9))];
        var y = new float[25];
        var inputGradient = new float[29];

        network.Predict(x, y);
        network.VectorJacobianProduct(x, v, inputGradient);

        Assert.Equal(Enumerable.Range(0, 25).Select(row => Enumerable.Range(0, 29).Sum(column => A(row, column) * x[column]) + 2), y);
        Assert.Equal(Enumerable.Range(0, 29).Select(column => Enumerable.Range(0, 25).Sum(row => A(row, column) * v[row])), inputGradient);
        Assert.Equal(Enumerable.Range(0, 5).Select(tap => Enumerable.Range(0, 25).Sum(row => v[row] * x[row + tap])), network.Gradients["0.weight"].ToArray());
        Assert.Equal([v.Sum()], network.Gradients["0.bias"].ToArray());

        float A(int row, int column) => column - row is >= 0 and < 5 ? w[column - row] : 0;
    }

    [Fact]
    public void Colour_differences_are_exact()
    {
        const int Height = 9;
        const int Width = 21;
        const int Batch = 3;
        Assert.Equal(0, ColourDifferences.ParameterCount);
        var network = new ColourDifferences();
        var random = new RandomStream(1);
        float[] x = random.Floats(Batch * ColourDifferences.InputSize, -2, 2);
        var y = new float[Batch * ColourDifferences.OutputSize];

        // Sixteenths, whose sums are exact in any order.
        float[] v = [.. Enumerable.Range(0, y.Length).Select(_ => random.Between(-99, 99) / 16f)];
        var inputGradient = new float[x.Length];

        network.Predict(x, y);
        network.VectorJacobianProduct(x, v, inputGradient);

        for (int plane = 0; plane < Batch * 3; plane++)
        {
            for (int i = 0; i < Height; i++)
            {
                for (int j = 0; j < Width; j++)
                {
                    Assert.Equal(X(plane, i + 1, j) - X(plane, i, j), Y(y, 2 * plane, i, j));
                    Assert.Equal(X(plane, i, j + 1) - X(plane, i, j), Y(y, (2 * plane) + 1, i, j));
                    Assert.Equal(
                        Y(v, 2 * plane, i - 1, j) - Y(v, 2 * plane, i, j) + Y(v, (2 * plane) + 1, i, j - 1) - Y(v, (2 * plane) + 1, i, j),
                        inputGradient[(((plane * Height) + i) * Width) + j]);
                }
            }
        }

        float X(int plane, int i, int j) => Y(x, plane, i, j);
        static float Y(float[] values, int plane, int i, int j) => i is >= 0 and < Height && j is >= 0 and < Width ? values[(((plane * Height) + i) * Width) + j] : 0;
    }

    /// <summary>The maximum is one value, so that the gradient is one-hot; the others may be infinitely far below.</summary>
    [Theory]
    [InlineData(1f, 0f)]
    [InlineData(1e30f, -1e30f)]
    [InlineData(float.MaxValue, float.MinValue)]
    [InlineData(-1e30f, float.MinValue)]
    [InlineData(float.MaxValue, 1e38f)]
    [InlineData(3f, 2.9f)]
    public void Log_sum_exp_of_a_large_beta_is_the_maximum(float largest, float others)
    {
        float[] x = [.. Enumerable.Repeat(others, 37)];
        x[23] = largest;
        (float y, float[] gradient) = LogSumExp(new SharpMaximum(), x);

        Assert.Equal(largest, y);
        Assert.Equal(Enumerable.Range(0, 37).Select(i => i == 23 ? 1f : 0f), gradient);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(4.0)]
    [InlineData(1e4)]
    public void Gradient_of_log_sum_exp_is_softmax_whatever_the_input(double beta)
    {
        foreach (double scale in new[] { 1e-30, 1e-4, 1, 100, 1e30, float.MaxValue })
        {
            foreach (double offset in new[] { 0, scale, -scale })
            {
                float[] x = [.. new RandomStream(5).Floats(37, -1, 1).Select(u => (float)Math.Clamp((u * scale) + offset, float.MinValue, float.MaxValue))];
                (float y, float[] gradient) = LogSumExp(beta switch { 1 => new SmoothMaximum(), 4 => new SharperMaximum(), _ => new SharpMaximum() }, x);

                double max = x.Max();
                double[] terms = [.. x.Select(value => Math.Exp(beta * (value - max)))];
                double sum = terms.Sum();
                Assert.Equal(1, (max + (Math.Log(sum) / beta)) / y, 2e-6);
                for (int i = 0; i < x.Length; i++)
                {
                    // An argument b of the exponential is rounded by b times half a unit.
                    double argument = Math.Min(100, beta * (max - x[i]));
                    Assert.InRange(gradient[i], terms[i] / sum * (1 - (1e-6 * (1 + argument))) - 1e-30, (terms[i] / sum * (1 + (1e-6 * (1 + argument)))) + 1e-30);
                }
            }
        }
    }

    private static (float Value, float[] Gradient) LogSumExp(INetwork network, float[] x)
    {
        var y = new float[1];
        var gradient = new float[x.Length];
        network.Predict(x, y);
        network.VectorJacobianProduct(x, [1f], gradient);
        return (y[0], gradient);
    }

    [Fact]
    public void Dropout_before_an_activation_is_dropout_behind_it()
    {
        AssertSame(new PictureDropoutBeforeReLU(3), new PictureDropoutBehindReLU(3), PictureDropoutBeforeReLU.InputSize);
        AssertSame(new PictureDropoutBeforeLeakyReLU(3), new PictureDropoutBehindLeakyReLU(3), PictureDropoutBeforeLeakyReLU.InputSize);

        // 1/0.7 is no power of two: a rounding of each product, twice on the way forward and twice back.
        foreach ((float before, float behind) in Gradients(new UnevenDropoutBeforeLeakyReLU(3)).Zip(Gradients(new UnevenDropoutBehindLeakyReLU(3))))
            Assert.InRange(Math.Abs(before - behind), 0, Math.Abs(before) * 8 / 16777216);
        Assert.Contains(Gradients(new DropoutBeforeSigmoid(3)).Zip(Gradients(new DropoutBehindSigmoid(3))), pair => Math.Abs(pair.First - pair.Second) > 0.01f);

        static float[] Gradients(ITrainableNetwork<float> network)
        {
            var gradient = new float[300];
            network.ComputeGradients(new RandomStream(1).Floats(300, -2, 2), new float[300], gradient);
            Assert.Contains(gradient, value => value != 0);
            return gradient;
        }

        static void AssertSame(ITrainableNetwork<float> before, ITrainableNetwork<float> behind, int size)
        {
            const int Batch = 3;
            var random = new RandomStream(1);
            float[] input = random.Floats(Batch * size, -2, 2);
            float[] target = random.Floats(Batch * 20 * 5 * 7, -1, 1);
            float[] inputGradient = new float[input.Length];
            float[] other = new float[input.Length];

            Assert.Equal(before.ComputeGradients(input, target, inputGradient), behind.ComputeGradients(input, target, other));

            Assert.Equal(inputGradient, other);
            Assert.Equal(before.FlatGradients, behind.FlatGradients);
            Assert.Contains(other, value => value != 0);
        }
    }
}
