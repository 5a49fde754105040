using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Tests.Infrastructure;
using NetGen.Tests.Runtime;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>NaN, infinities, denormals and -0: what is NaN, infinite or finite stays that whatever is rewritten, and is what it is in PyTorch.</summary>
[Trait("Lane", "Slow")]
public class SpecialValueTests
{
    private const float NaN = float.NaN;
    private const float Infinity = float.PositiveInfinity;

    private static readonly RandomNetwork[] s_networks =
    [
        .. RewriteTests.Networks,
        .. Enumerable.Range(400, 40).Select(number => new RandomNetwork(number, small: true)),
        .. Enumerable.Range(400, 40).Select(number => new RandomNetwork(number, small: true, convolutional: true)),
    ];

    private enum Class { Finite, NaN, PositiveInfinity, NegativeInfinity }

    [Fact]
    public void Rewrites_keep_NaN_and_infinities_where_they_are()
    {
        // A dropped infinity is NaN before an activation and may be 0 behind it. Of general ops a batch normalisation multiplies the gradients of its
        // statistics by 0 where it does not train.
        foreach (IGrouping<(bool HasDropout, bool HasState), RandomNetwork> networks in s_networks.GroupBy(network => (network.Graph.Nodes.Any(node => node.Op is DropoutOp), network.Graph.HasState)))
        {
            string[] kept = [.. networks.Key.HasDropout ? [nameof(DropoutAfterActivation)] : (string[])[], .. networks.Key.HasState ? [PassPipeline.UseKernels] : (string[])[]];
            Check([.. networks], [.. RewriteTests.All.Except(kept)]);
        }
    }

    private static void Check(RandomNetwork[] networks, string[] disabled)
    {
        var misses = new List<string>();
        int specials = 0;
        foreach ((RandomNetwork network, INetwork rewritten, INetwork plain) in networks.Zip(GeneratedNetworks.Create(networks), GeneratedNetworks.Create(networks, disabled)))
        {
            network.Fill(rewritten);
            network.Fill(plain);
            var random = new RandomStream(network.Seed);
            for (int trial = 0; trial < 6; trial++)
            {
                Samples samples = Spoiled(network, random, trial);
                Dictionary<string, float[]> expected = Results(network, plain, samples);
                Dictionary<string, float[]> actual = Results(network, rewritten, samples);
                foreach ((string name, float[] values) in expected)
                {
                    specials += values.Count(value => !float.IsFinite(value));
                    int at = Enumerable.Range(0, values.Length).FirstOrDefault(i => Of(values[i]) != Of(actual[name][i]), -1);
                    if (at >= 0)
                        misses.Add($"{network}\n  trial {trial}, {name}[{at}]: {actual[name][at]}, without rewrites {values[at]}");
                }
            }
        }

        Assert.True(misses.Count == 0, $"{misses.Count} misses\n{string.Join('\n', misses.Take(10))}");
        Assert.True(specials > 100 * networks.Length, $"{specials} of {networks.Length} networks");
    }

    /// <summary>Inputs among which are few special ones, of one kind or of all.</summary>
    private static Samples Spoiled(RandomNetwork network, RandomStream random, int trial)
    {
        float[] kinds = trial switch { 0 => [NaN], 1 => [Infinity], 2 => [-Infinity], 3 => [-0f, 1e-40f, -1e-40f, float.Epsilon], _ => [NaN, Infinity, -Infinity, -0f, -0f, 1e-40f, -1e-40f] };
        float[] input = [.. network.Batches[0].Input];
        double share = trial == 3 ? 0.5 : Math.Max(0.02, 1.5 / input.Length);
        for (int i = 0; i < input.Length; i++)
        {
            if (random.Chance(share))
                input[i] = random.Pick(kinds);
        }

        return network.Batches[0] with { Input = input };
    }

    private static Dictionary<string, float[]> Results(RandomNetwork network, INetwork instance, Samples samples)
    {
        var results = new Dictionary<string, float[]>();
        var output = new float[samples.Vector.Length];
        var inputGradient = new float[samples.Input.Length];
        instance.Predict(samples.Input, output);
        results.Add("output", output);
        instance.VectorJacobianProduct(samples.Input, samples.Vector, inputGradient);
        AddGradients("");
        if (network.Graph.Loss is null)
            return results;
        inputGradient = new float[samples.Input.Length];
        float loss = network.Graph.Loss.TakesClassNumbers
            ? ((ITrainableNetwork<int>)instance).ComputeGradients(samples.Input, Array.ConvertAll(samples.Target, label => (int)label), inputGradient)
            : ((ITrainableNetwork<float>)instance).ComputeGradients(samples.Input, samples.Target, inputGradient);
        results.Add("loss", [loss]);
        AddGradients("loss, ");
        return results;

        void AddGradients(string of)
        {
            results.Add(of + "gradient of the input", inputGradient);
            foreach (ParameterView gradient in instance.Gradients)
                results.Add(of + "gradient of " + gradient.Name, gradient.ToArray());
        }
    }

    private static Class Of(float value) =>
        float.IsNaN(value) ? Class.NaN : float.IsPositiveInfinity(value) ? Class.PositiveInfinity : float.IsNegativeInfinity(value) ? Class.NegativeInfinity : Class.Finite;

    /// <summary>What PyTorch gives at NaN, infinity and -infinity, and its gradient; of GELU and SiLU, which it leaves at NaN for infinities, the limits.</summary>
    [Theory]
    [InlineData("ReLU", new[] { NaN, Infinity, 0 }, new[] { 1f, 1, 0 })]
    [InlineData("LeakyReLU", new[] { NaN, Infinity, -Infinity }, new[] { 0.01f, 1, 0.01f })]
    [InlineData("Sigmoid", new[] { NaN, 1, 0 }, new[] { NaN, 0, 0 })]
    [InlineData("Tanh", new[] { NaN, 1, -1 }, new[] { NaN, 0, 0 })]
    [InlineData("GELU", new[] { NaN, Infinity, 0 }, new[] { NaN, 1, 0 })]
    [InlineData("GELUTanh", new[] { NaN, Infinity, 0 }, new[] { NaN, 1, 0 })]
    [InlineData("SiLU", new[] { NaN, Infinity, 0 }, new[] { NaN, 1, 0 })]
    [InlineData("Softplus", new[] { NaN, Infinity, 0 }, new[] { NaN, 1, 0 })]
    [InlineData("Exp", new[] { NaN, Infinity, 0 }, new[] { NaN, Infinity, 0 })]
    [InlineData("ELU", new[] { NaN, Infinity, -1 }, new[] { NaN, 1, 0 })]
    public void Activations_give_what_they_do_in_PyTorch(string function, float[] values, float[] derivatives)
    {
        (float[] actual, float[] gradient) = ActivationAccuracy.Evaluate(ActivationAccuracy.Network(Enum.Parse<ActivationKind>(function)), [NaN, Infinity, -Infinity]);
        Assert.Equal(values, actual);
        Assert.Equal(derivatives, gradient);
    }

    /// <summary>The last NaN of a window is its maximum, and ReLU hands its gradient on. What ReLU left out gets 0, whatever comes back.</summary>
    [Fact]
    public void ReLU_and_a_pool_hand_a_gradient_to_NaN()
    {
        var network = new RandomNetwork(Network("SpecialPool", [1, 2, 4], null, Activation(ActivationKind.ReLU), Pool2d(PoolKind.Max, 2)), 1);
        foreach (string[] disabled in (string[][])[[], RewriteTests.All])
        {
            INetwork instance = GeneratedNetworks.Create([network], disabled)[0];
            var gradient = new float[8];
            instance.VectorJacobianProduct([NaN, NaN, -1, -2, NaN, NaN, -3, -4], [1, Infinity], gradient);
            Assert.Equal([0, 0, 0, 0, 0, 1, 0, 0], gradient);
        }
    }

    /// <summary>PyTorch gives NaN for infinite logits but the first and the last; these are the limits.</summary>
    [Theory]
    [InlineData(Infinity, 0, Infinity, 1)]
    [InlineData(Infinity, 1, 0, 0)]
    [InlineData(-Infinity, 0, 0, 0)]
    [InlineData(-Infinity, 1, Infinity, -1)]
    [InlineData(-Infinity, 0.5, Infinity, -0.5)]
    [InlineData(NaN, 0, NaN, NaN)]
    [InlineData(NaN, 1, NaN, NaN)]
    [InlineData(0, NaN, NaN, NaN)]
    [InlineData(Infinity, 0.5, Infinity, 0.5)]
    public void Binary_cross_entropy_takes_infinite_logits(float logit, float target, float loss, float gradient)
    {
        var network = new RandomNetwork(Network("SpecialLogits", [1], Loss(ElementwiseLossKind.BCEWithLogits), Activation(ActivationKind.LeakyReLU, 1)), 1);
        var inputGradient = new float[1];
        Assert.Equal(loss, ((ITrainableNetwork<float>)GeneratedNetworks.Create([network])[0]).ComputeGradients([logit], [target], inputGradient));
        Assert.Equal(gradient, inputGradient[0]);
    }
}
