using System.Globalization;
using System.Linq;
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
    [InlineData("residual-mlp")]
    [InlineData("stm")]
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
        return new Interpreter<double>(Build(ReferenceDeclarations.Of(name)), parameters).ComputeGradients(RandomNetwork.ToDouble(fixture.Input), RandomNetwork.ToDouble(fixture.Target));
    }
}
