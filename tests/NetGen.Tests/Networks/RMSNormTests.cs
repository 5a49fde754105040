using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>RMSNorm of any trailing shape, as its kernel and as the general ops that define it.</summary>
public class RMSNormTests
{
    private static readonly int[][] s_samples = [[1], [3], [16], [33], [5, 1], [3, 5], [4, 16], [3, 4, 5], [5, 1, 1], [3, 16, 17]];

    /// <summary>Single layers of every shape: outputs and all gradients are PyTorch's.</summary>
    [Fact]
    public void Layers_are_pytorchs() => LayerNormTests.CheckLayers("rms-norm", 57, (fixture, shape, eps) => new RMSNormOp(null, shape, eps, fixture.ParameterNames.Contains("weight")));

    /// <summary>The formula and its derivatives, written out in double.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(17)]
    public void Layers_are_their_formula(int batch)
    {
        (int[] Sample, int Last, bool HasWeight)[] cases = [.. from sample in s_samples from last in Enumerable.Range(1, sample.Length) from hasWeight in new[] { false, true } select (sample, last, hasWeight)];
        Assembly assembly = NetworkCompiler.Load(Print(cases.Select((c, i) => Network(string.Create(CultureInfo.InvariantCulture, $"Root{batch}x{i}"), c.Sample, null, RMSNorm(c.Sample[^c.Last..]) with { HasWeight = c.HasWeight }))));
        for (int number = 0; number < cases.Length; number++)
        {
            (int[] sample, int last, bool hasWeight) = cases[number];
            int length = sample[^last..].Aggregate((a, b) => a * b);
            var random = new RandomStream((ulong)(100 + number));
            int count = batch * sample.Aggregate((a, b) => a * b);
            float[] x = random.Floats(count, -2, 3), dy = random.Floats(count, -1, 1), weight = random.Floats(length, 0.5, 1.5);
            var network = (INetwork)Activator.CreateInstance(assembly.GetType(string.Create(CultureInfo.InvariantCulture, $"{Declarations.Namespace}.Root{batch}x{number}"), throwOnError: true)!, 0UL)!;
            Assert.Equal(hasWeight ? ["0.weight"] : [], network.Parameters.Select(parameter => parameter.Name));
            if (hasWeight)
                network.Parameters[0].CopyFrom(weight);
            float[] y = new float[count], dx = new float[count];
            network.Predict(x, y);
            network.VectorJacobianProduct(x, dy, dx);

            double[] dweight = new double[length];
            for (int first = 0; first < count; first += length)
            {
                double square = 0, product = 0;
                for (int i = first; i < first + length; i++)
                    square += (double)x[i] * x[i] / length;
                double inverse = 1 / Math.Sqrt(square + 1.1920928955078125e-07);
                for (int i = first; i < first + length; i++)
                    product += (double)dy[i] * Weight(i) * x[i] / length;
                for (int i = first; i < first + length; i++)
                {
                    Assert.Equal(x[i] * inverse * Weight(i), y[i], 1e-5);
                    Assert.Equal(inverse * ((dy[i] * Weight(i)) - (x[i] * product * inverse * inverse)), dx[i], 1e-5 * (1 + inverse));
                    dweight[i - first] += dy[i] * x[i] * inverse;
                }
            }

            if (hasWeight)
                Assert.All(network.Gradients[0].ToArray().Zip(dweight), pair => Assert.Equal(pair.Second, pair.First, 1e-5 * count / length));

            double Weight(int i) => hasWeight ? weight[i % length] : 1;
        }
    }

    [Fact]
    public void Networks_are_as_accurate_as_single_precision_allows() => Check([]);

    /// <summary>The definition itself: squares, means and roots, with the gradients that the graph derives from them.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void The_definition_of_general_ops_is_as_accurate() => Check([PassPipeline.UseKernels]);

    private static void Check(string[] disabled)
    {
        RandomNetwork[] networks = [.. NormalizedNetworks.OfRootMeanSquares().Select((declaration, i) => new RandomNetwork(declaration, new[] { 1, 5, 17 }[i % 3]))];
        Assert.All(networks, network => Assert.Equal(disabled.Length == 0, GeneratedNetworks.Text(network, disabled).Contains("NormKernels.RMSNorm", StringComparison.Ordinal)));
        NetworkComparison.Check(networks, GeneratedNetworks.Create(networks, disabled));
    }

    [Fact]
    public void A_checkpoint_has_the_weight_by_its_name()
    {
        Type type = NetworkCompiler.Load(Print([Network("Saved", [3, 4], null, RMSNorm(4) with { Name = "norm" })])).GetType(Declarations.Namespace + ".Saved", throwOnError: true)!;
        INetwork[] networks = [.. Enumerable.Range(0, 2).Select(_ => (INetwork)Activator.CreateInstance(type, 0UL)!)];
        ParameterView weight = Assert.Single(networks[0].Parameters);
        Assert.Equal("norm.weight", weight.Name);
        Assert.Equal([1f, 1, 1, 1], weight.ToArray());
        weight.CopyFrom([1f, 2, 3, 4]);
        using var stream = new MemoryStream();
        NetworkCheckpoint.Save(networks[0], stream);
        stream.Position = 0;
        NetworkCheckpoint.Load(networks[1], stream);
        Assert.Equal([1f, 2, 3, 4], networks[1].Parameters[0].ToArray());
    }

    [Fact]
    public void A_shape_that_is_not_the_inputs_last_is_refused()
    {
        var errors = new ErrorSink();
        Assert.Null(Unfolding.Build(Network("Net", [3, 4, 5], null, RMSNorm(4)), errors));
        Assert.Equal(Rules.OptionOutOfRange, Assert.Single(errors.Errors).Rule);
        Assert.Equal(["RMSNorm", "the normalized shape", "the last dimensions of the input, which is 3x4x5", "4"], errors.Errors[0].Arguments);
        Assert.Null(Unfolding.Build(Network("Net", [3, 4], null, RMSNorm(2, 3, 4)), new ErrorSink()));
        Assert.Null(Unfolding.Build(Network("Net", [3], null, RMSNorm(0)), new ErrorSink()));
        Assert.Null(Unfolding.Build(Network("Net", [3], null, RMSNorm() with { Eps = -1 }), new ErrorSink()));
        Assert.NotNull(Unfolding.Build(Network("Net", [3, 4, 5], null, RMSNorm(4, 5), RMSNorm(3, 4, 5), RMSNorm(), RMSNorm() with { Eps = 0 }), new ErrorSink()));
    }
}
