using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>The interpreter in double against PyTorch in double.</summary>
public class InterpreterFixtureTests
{
    private const double Tolerance = 1e-12;

    [Theory]
    [InlineData("hw5-sigmoid-mlp")]
    [InlineData("two-layer-scalar")]
    [InlineData("mnist-mlp")]
    [InlineData("activations")]
    [InlineData("loss-bce-with-logits")]
    [InlineData("loss-huber")]
    [InlineData("loss-l1")]
    [InlineData("conv1d-chain")]
    [InlineData("lenet5")]
    [InlineData("avgpool-stride")]
    [InlineData("bottleneck")]
    [InlineData("log-sum-exp")]
    public void Pass_is_pytorchs(string name)
    {
        Fixture fixture = Fixture.Load(name);
        Pass<double> pass = Run(name, fixture);

        Assert.Equal(fixture.Loss, pass.Loss, 13);
        fixture.AssertClose("output", pass.Output, Tolerance);
        if (fixture.Has("grad.input") || fixture.Has("grad.input@index"))
            fixture.AssertClose("grad.input", pass.InputGradient, Tolerance);
        for (int i = 0; i < fixture.ParameterNames.Count; i++)
            fixture.AssertClose("grad." + fixture.ParameterNames[i], pass.Gradients[i], Tolerance);
    }

    [Fact]
    public void First_layer_of_the_homework_is_the_printed_table()
    {
        Pass<double> pass = Run("hw5-sigmoid-mlp", Fixture.Load("hw5-sigmoid-mlp"));

        Assert.Equal("2.3943e-05 3.7064e-05 4.2687e-06 6.3700e-06", Text(pass.Gradients[0][..4]));
        Assert.Equal("4.8247e-05 6.8722e-05 4.9245e-05 4.0678e-05", Text(pass.Gradients[1]));
    }

    internal static string Text(double[] values) => string.Join(' ', values.Select(v => v.ToString("0.0000e+00", CultureInfo.InvariantCulture)));

    private static Pass<double> Run(string name, Fixture fixture)
    {
        double[][] parameters = [.. fixture.ParameterNames.Select(fixture.Parameter).Select(RandomNetwork.ToDouble)];
        return new Interpreter<double>(Build(Declaration(name)), parameters).ComputeGradients(RandomNetwork.ToDouble(fixture.Input), RandomNetwork.ToDouble(fixture.Target));
    }

    private static NetworkDeclaration Declaration(string name)
    {
        ActivationOp sigmoid = Activation(ActivationKind.Sigmoid);
        ActivationOp tanh = Activation(ActivationKind.Tanh);
        ActivationOp relu = Activation(ActivationKind.ReLU);
        var flatten = new FlattenOp(null);
        return name switch
        {
            "hw5-sigmoid-mlp" => Network("Homework", [4], Loss(ElementwiseLossKind.HalfSquaredError),
                Linear(4), sigmoid, Linear(4), sigmoid, Linear(4), sigmoid, Linear(4), sigmoid, Linear(4), sigmoid, Linear(1)),
            "two-layer-scalar" => Network("Scalar", [1], Loss(ElementwiseLossKind.MSE), Linear(64), sigmoid, Linear(1)),
            "mnist-mlp" => Network("Mnist", [784], new CrossEntropyLossOp(), Linear(128), relu, Linear(10)),
            "activations" => Network("Activations", [9], Loss(ElementwiseLossKind.MSE),
                Linear(33), Activation(ActivationKind.LeakyReLU, 0.01), Linear(31), tanh, Linear(17), sigmoid, Linear(19), Activation(ActivationKind.GELU),
                Linear(13), Activation(ActivationKind.SiLU), Linear(11), Activation(ActivationKind.Softplus, 1), Linear(7), Activation(ActivationKind.ELU, 1), Linear(3)),
            "loss-bce-with-logits" => Network("Losses", [6], Loss(ElementwiseLossKind.BCEWithLogits), Linear(10), tanh, Linear(4)),
            "loss-huber" => Network("Losses", [6], Loss(ElementwiseLossKind.Huber), Linear(10), tanh, Linear(4)),
            "conv1d-chain" => Network("Chain", [1, 128], Loss(ElementwiseLossKind.MSE),
                Conv1d(1, 5), sigmoid, Conv1d(1, 5), sigmoid, Conv1d(1, 3), sigmoid, flatten, Linear(1)),
            "lenet5" => Network("LeNet5", [1, 28, 28], new CrossEntropyLossOp(),
                Conv2d(6, 5), relu, Pool2d(PoolKind.Max, 2), Conv2d(16, 5), relu, Pool2d(PoolKind.Max, 2), flatten, Linear(120), relu, Linear(84), relu, Linear(10)),
            "avgpool-stride" => Network("Averages", [3, 19, 23], new CrossEntropyLossOp(),
                Conv2d(10, 3, stride: 2, padding: 1), tanh, Pool2d(PoolKind.Average, 2), Conv2d(12, 5, stride: 2, padding: 2), tanh,
                new AdaptiveAvgPoolOp(null, Size2.Of(1)), flatten, Linear(5)),
            "bottleneck" => Network("Bottleneck", [256, 14, 14], Loss(ElementwiseLossKind.MSE),
                Conv2d(128, 1), relu, Conv2d(128, 3, padding: 1), relu, Conv2d(256, 1), relu),
            "log-sum-exp" => Network("SmoothMaximum", [6], Loss(ElementwiseLossKind.MSE), Linear(12), new LogSumExpOp(null, 4)),
            _ => Network("Losses", [6], Loss(ElementwiseLossKind.L1), Linear(10), tanh, Linear(4)),
        };
    }
}
