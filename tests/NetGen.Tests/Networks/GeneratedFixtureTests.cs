using System;
using System.Globalization;
using System.Linq;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Generated code against PyTorch in double.</summary>
public class GeneratedFixtureTests
{
    [Fact]
    public void Homework_is_pytorchs() => CheckValues<HomeworkMlp>("hw5-sigmoid-mlp");

    [Fact]
    public void Two_layer_scalar_is_pytorchs() => CheckValues<TwoLayerScalar>("two-layer-scalar");

    [Fact]
    public void Mnist_mlp_is_pytorchs()
    {
        Fixture fixture = Fixture.Load("mnist-mlp");
        Check<MnistMlp, int>(fixture, Array.ConvertAll(fixture.Target, label => (int)label));
    }

    [Fact]
    public void Activations_are_pytorchs() => CheckValues<EveryActivation>("activations");

    [Fact]
    public void BCEWithLogitsLoss_is_pytorchs() => CheckValues<BinaryClassifier>("loss-bce-with-logits");

    [Fact]
    public void HuberLoss_is_pytorchs() => CheckValues<HuberRegression>("loss-huber");

    [Fact]
    public void L1Loss_is_pytorchs() => CheckValues<AbsoluteRegression>("loss-l1");

    [Fact]
    public void First_layer_of_the_homework_is_the_printed_table()
    {
        Fixture fixture = Fixture.Load("hw5-sigmoid-mlp");
        HomeworkMlp network = Create<HomeworkMlp>(fixture);

        network.ComputeGradients(fixture.Input, fixture.Target);

        Assert.Equal("2.3943e-05 3.7064e-05 4.2687e-06 6.3700e-06", Text(network.Gradients["0.weight"].ToArray()[..4]));
        Assert.Equal("4.8247e-05 6.8722e-05 4.9245e-05 4.0678e-05", Text(network.Gradients["0.bias"].ToArray()));

        static string Text(float[] values) => string.Join(' ', values.Select(v => v.ToString("0.0000e+00", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("sgd", 0)]
    [InlineData("sgd-weight-decay", 0.01)]
    public void Optimizer_is_pytorchs(string name, double weightDecay)
    {
        Fixture fixture = Fixture.Load("optimizers");
        SmallRegression network = Create<SmallRegression>(fixture);
        var optimizer = new SGD(0.1, weightDecay);
        for (int step = 1; step <= 100; step++)
        {
            float loss = network.TrainStep(fixture.Input, fixture.Target, optimizer);
            if (step is not (1 or 2 or 10 or 100))
                continue;
            double tolerance = step == 100 ? 1e-4 : 2e-6;
            fixture.AssertClose($"{name}/{step}/loss", [loss], tolerance);
            for (int i = 0; i < network.Parameters.Count; i++)
                fixture.AssertClose($"{name}/{step}/{fixture.ParameterNames[i]}", RandomNetwork.ToDouble(network.Parameters[i].ToArray()), tolerance);
        }
    }

    private static void CheckValues<TNetwork>(string name)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<float>
    {
        Fixture fixture = Fixture.Load(name);
        Check<TNetwork, float>(fixture, fixture.Target);
    }

    private static void Check<TNetwork, TTarget>(Fixture fixture, TTarget[] target)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<TTarget>
        where TTarget : unmanaged
    {
        TNetwork network = Create<TNetwork>(fixture);
        float[] input = fixture.Input;
        var output = new float[input.Length / TNetwork.InputSize * TNetwork.OutputSize];
        var inputGradient = new float[input.Length];

        network.Predict(input, output);
        float loss = network.ComputeGradients(input, target, inputGradient);

        fixture.AssertClose("output", RandomNetwork.ToDouble(output), fixture.Tolerance("output"));
        Assert.InRange(Math.Abs(loss - fixture.Loss) / fixture.Loss, 0, 2e-6);
        if (fixture.Has("grad.input"))
            fixture.AssertClose("grad.input", RandomNetwork.ToDouble(inputGradient), fixture.Tolerance("grad.input"));
        for (int i = 0; i < network.Gradients.Count; i++)
        {
            string key = "grad." + fixture.ParameterNames[i];
            fixture.AssertClose(key, RandomNetwork.ToDouble(network.Gradients[i].ToArray()), fixture.Tolerance(key));
        }
    }

    /// <summary>A network with the fixture's parameters, matched by order.</summary>
    private static TNetwork Create<TNetwork>(Fixture fixture)
        where TNetwork : INetwork<TNetwork>
    {
        TNetwork network = TNetwork.Create(0);
        Assert.Equal(fixture.ParameterNames.Count, network.Parameters.Count);
        for (int i = 0; i < network.Parameters.Count; i++)
            network.Parameters[i].CopyFrom(fixture.Parameter(fixture.ParameterNames[i]));
        return network;
    }
}
