using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>LayerNorm of any trailing shape, as its kernel and as the general ops that define it.</summary>
public class LayerNormTests
{
    /// <summary>Single layers of every shape: outputs and all gradients are PyTorch's.</summary>
    [Fact]
    public void Layers_are_pytorchs() => CheckLayers("layer-norm", 65, (fixture, shape, eps) => new LayerNormOp(
        null, shape, eps, fixture.ParameterNames.Contains("weight"), fixture.ParameterNames.Contains("bias")));

    /// <summary>The cases of a file, each a network of one layer: names, initial values, output and all gradients.</summary>
    internal static void CheckLayers(string name, int count, Func<Fixture, EquatableArray<int>, double, LayerOp> layer)
    {
        IReadOnlyDictionary<string, Fixture> cases = Fixture.Load(name).Cases;
        Assert.Equal(count, cases.Count);
        Fixture[] fixtures = [.. cases.Values];
        NetworkDeclaration[] declarations = [.. fixtures.Select((fixture, i) => Network("Norm" + i, Sizes(fixture), null, Layer(fixture)))];
        Assembly assembly = NetworkCompiler.Load(Print(declarations));
        for (int i = 0; i < fixtures.Length; i++)
        {
            Fixture fixture = fixtures[i];
            var network = (INetwork)Activator.CreateInstance(assembly.GetType($"{Declarations.Namespace}.Norm{i}", throwOnError: true)!, 0UL)!;
            Assert.Equal(fixture.ParameterNames.Select(name => "0." + name), network.Parameters.Select(parameter => parameter.Name));
            foreach (ParameterView parameter in network.Parameters)
            {
                Assert.All(parameter.ToArray(), value => Assert.Equal(parameter.Name == "0.weight" ? 1 : 0, value));
                parameter.CopyFrom(fixture.Parameter(parameter.Name[2..]));
            }

            float[] input = fixture.Input;
            float[] output = new float[input.Length], inputGradient = new float[input.Length];
            network.Predict(input, output);
            network.VectorJacobianProduct(input, fixture.OutputGradient, inputGradient);
            fixture.AssertClose("output", RandomNetwork.ToDouble(output), fixture.Tolerance("output"));
            fixture.AssertClose("grad.input", RandomNetwork.ToDouble(inputGradient), fixture.Tolerance("grad.input"));
            foreach (ParameterView gradient in network.Gradients)
                fixture.AssertClose("grad." + gradient.Name[2..], RandomNetwork.ToDouble(gradient.ToArray()), fixture.Tolerance("grad." + gradient.Name[2..]));
        }

        static int[] Sizes(Fixture fixture) => [.. fixture.Metadata("input")!.Value.GetProperty("shape").EnumerateArray().Skip(1).Select(size => size.GetInt32())];

        LayerOp Layer(Fixture fixture) =>
            layer(fixture, fixture.Metadata("normalized_shape")!.Value.EnumerateArray().Select(size => size.GetInt32()).ToEquatableArray(), fixture.Metadata("eps")!.Value.GetDouble());
    }

    [Fact]
    public void Networks_are_as_accurate_as_single_precision_allows() => Check([]);

    /// <summary>The definition itself: means, differences, squares and roots, with the gradients that the graph derives from them.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void The_definition_of_general_ops_is_as_accurate() => Check([PassPipeline.UseKernels]);

    private static void Check(string[] disabled)
    {
        RandomNetwork[] networks = [.. NormalizedNetworks.OfLayers().Select(declaration => new RandomNetwork(declaration, 3))];
        Assert.All(networks, network => Assert.Equal(disabled.Length == 0, GeneratedNetworks.Text(network, disabled).Contains("NormKernels.LayerNorm", StringComparison.Ordinal)));
        NetworkComparison.Check(networks, GeneratedNetworks.Create(networks, disabled));
    }

    [Fact]
    public void A_shape_that_is_not_the_inputs_last_is_refused()
    {
        var errors = new ErrorSink();
        Assert.Null(Unfolding.Build(Network("Net", [3, 4, 5], null, LayerNorm(4)), errors));
        Assert.Equal(Rules.OptionOutOfRange, Assert.Single(errors.Errors).Rule);
        Assert.Equal(["LayerNorm", "the normalized shape", "the last dimensions of the input, which is 3x4x5", "4"], errors.Errors[0].Arguments);
        Assert.Null(Unfolding.Build(Network("Net", [3, 4], null, LayerNorm(2, 3, 4)), new ErrorSink()));
        Assert.Null(Unfolding.Build(Network("Net", [3], null, LayerNorm(0)), new ErrorSink()));
        Assert.Null(Unfolding.Build(Network("Net", [3], null, LayerNorm() with { Eps = -1 }), new ErrorSink()));
        Assert.NotNull(Unfolding.Build(Network("Net", [3, 4, 5], null, LayerNorm(4, 5), LayerNorm(3, 4, 5), LayerNorm(), LayerNorm() with { Eps = 0 }), new ErrorSink()));
    }
}
