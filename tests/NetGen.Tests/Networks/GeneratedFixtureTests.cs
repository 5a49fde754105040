using System;
using System.Globalization;
using System.Linq;
using NetGen.References;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Generated code against PyTorch in double.</summary>
public class GeneratedFixtureTests
{
    [Fact]
    public void Homework_is_pytorchs() => CheckValues<SigmoidMlp>("hw5-sigmoid-mlp");

    [Fact]
    public void Two_layer_scalar_is_pytorchs() => CheckValues<TwoLayerScalar>("two-layer-scalar");

    [Fact]
    public void Mnist_mlp_is_pytorchs() => CheckLabels<MnistMlp>("mnist-mlp");

    [Fact]
    public void Activations_are_pytorchs() => CheckValues<EveryActivation>("activations");

    [Fact]
    public void BCEWithLogitsLoss_is_pytorchs() => CheckValues<BinaryClassifier>("loss-bce-with-logits");

    [Fact]
    public void HuberLoss_is_pytorchs() => CheckValues<HuberRegression>("loss-huber");

    [Fact]
    public void L1Loss_is_pytorchs() => CheckValues<AbsoluteRegression>("loss-l1");

    [Fact]
    public void Chain_of_convolutions_is_pytorchs() => CheckValues<Conv1dChain>("conv1d-chain");

    [Fact]
    public void LeNet_is_pytorchs() => CheckLabels<LeNet5>("lenet5");

    [Fact]
    public void Strides_and_averages_are_pytorchs() => CheckLabels<StridedAverages>("avgpool-stride");

    [Fact]
    public void Bottleneck_is_pytorchs() => CheckValues<SmallBottleneck>("bottleneck");

    [Fact]
    public void Residual_mlp_is_pytorchs() => CheckValues<ResidualMlp>("residual-mlp");

    [Fact]
    public void Inception_is_pytorchs() => CheckValues<Inception>("inception-1");

    [Fact]
    public void Inception_with_narrow_filters_is_pytorchs() => CheckValues<BottleneckInception>("inception-2");

    [Fact]
    public void Split_transform_merge_is_pytorchs() => CheckValues<SmallSplitTransformMerge>("stm");

    [Fact]
    public void Smooth_maximum_is_pytorchs() => CheckValues<LinearSmoothMaximum>("log-sum-exp");

    [Fact]
    public void Pools_of_sequences_are_pytorchs() => CheckValues<SequencePools>("pools-1d");

    [Fact]
    public void Pools_of_pictures_are_pytorchs() => CheckLabels<PicturePools>("pools-2d");

    [Fact]
    public void LayerNorm_of_features_is_pytorchs() => CheckValues<LayerNormMlp>("layer-norm-mlp");

    [Fact]
    public void LayerNorm_of_pictures_is_pytorchs() => CheckLabels<LayerNormConv>("layer-norm-conv");

    [Fact]
    public void RMSNorm_of_features_is_pytorchs() => CheckValues<RMSNormMlp>("rms-norm-mlp");

    [Fact]
    public void AlexNet_of_digits_is_pytorchs() => CheckEvaluation<MnistAlexNet>("alexnet-mnist");

    [Fact]
    public void AlexNet_is_pytorchs() => CheckEvaluation<AlexNet>("alexnet");

    [Fact]
    public void First_layer_of_the_homework_is_the_printed_table()
    {
        Fixture fixture = Fixture.Load("hw5-sigmoid-mlp");
        SigmoidMlp network = Create<SigmoidMlp>(fixture);

        network.ComputeGradients(fixture.Input, fixture.Target);

        Assert.Equal("2.3943e-05 3.7064e-05 4.2687e-06 6.3700e-06", Text(network.Gradients["0.weight"].ToArray()[..4]));
        Assert.Equal("4.8247e-05 6.8722e-05 4.9245e-05 4.0678e-05", Text(network.Gradients["0.bias"].ToArray()));

        static string Text(float[] values) => string.Join(' ', values.Select(v => v.ToString("0.0000e+00", CultureInfo.InvariantCulture)));
    }

    private static void CheckValues<TNetwork>(string name)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<float>
    {
        Fixture fixture = Fixture.Load(name);
        Check<TNetwork, float>(fixture, fixture.Target);
    }

    private static void CheckLabels<TNetwork>(string name)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<int>
    {
        Fixture fixture = Fixture.Load(name);
        Check<TNetwork, int>(fixture, Array.ConvertAll(fixture.Target, label => (int)label));
    }

    /// <summary>A classifier whose gradients PyTorch took in evaluation mode: dropout does nothing, and the gradient of the cross-entropy is the caller's.</summary>
    private static void CheckEvaluation<TNetwork>(string name)
        where TNetwork : INetwork<TNetwork>
    {
        Fixture fixture = Fixture.Load(name);
        TNetwork network = Create<TNetwork>(fixture);
        float[] input = fixture.Input;
        int batch = input.Length / TNetwork.InputSize;
        int classes = TNetwork.OutputSize;
        var output = new float[batch * classes];
        var outputGradient = new float[output.Length];
        var inputGradient = new float[input.Length];

        network.Predict(input, output);
        double loss = 0;
        for (int sample = 0; sample < batch; sample++)
        {
            double[] logits = RandomNetwork.ToDouble(output[(sample * classes)..((sample + 1) * classes)]);
            int label = (int)fixture.Target[sample];
            double[] shares = Elementwise<double>.Softmax(logits);
            loss -= Math.Log(shares[label]) / batch;
            for (int i = 0; i < classes; i++)
                outputGradient[(sample * classes) + i] = (float)((shares[i] - (i == label ? 1 : 0)) / batch);
        }

        network.VectorJacobianProduct(input, outputGradient, inputGradient);

        Assert.InRange(Math.Abs(loss - fixture.Loss) / fixture.Loss, 0, 2e-6);
        AssertClose(fixture, network, output, inputGradient);
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

        Assert.InRange(Math.Abs(loss - fixture.Loss) / fixture.Loss, 0, 2e-6);
        AssertClose(fixture, network, output, inputGradient);
    }

    private static void AssertClose(Fixture fixture, INetwork network, float[] output, float[] inputGradient)
    {
        fixture.AssertClose("output", RandomNetwork.ToDouble(output), fixture.Tolerance("output"));
        if (fixture.Has("grad.input") || fixture.Has("grad.input@index"))
            fixture.AssertClose("grad.input", RandomNetwork.ToDouble(inputGradient), fixture.Tolerance("grad.input"));
        for (int i = 0; i < network.Gradients.Count; i++)
        {
            string key = "grad." + fixture.ParameterNames[i];
            ParameterView gradient = network.Gradients[i];
            fixture.AssertClose(key, gradient.Length, index => gradient[index], fixture.Tolerance(key));
        }
    }

    /// <summary>A network with the fixture's parameters, matched by order and shape.</summary>
    private static TNetwork Create<TNetwork>(Fixture fixture)
        where TNetwork : INetwork<TNetwork>
    {
        TNetwork network = TNetwork.Create(0);
        Assert.Equal(fixture.ParameterNames.Count, network.Parameters.Count);
        for (int i = 0; i < network.Parameters.Count; i++)
        {
            Assert.Equal(fixture.ParameterShape(fixture.ParameterNames[i]), network.Parameters[i].Shape.ToArray());
            network.Parameters[i].CopyFrom(fixture.Parameter(fixture.ParameterNames[i]));
        }

        return network;
    }
}
