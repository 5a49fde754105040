using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class AddLossFixTests
{
    [Theory]
    [InlineData("new int[] { 1 }", "CrossEntropyLoss")]
    [InlineData("new float[] { 1, 0, 0 }", "MSELoss")]
    [InlineData("new float[] { 1, 0, 0 }", "BCEWithLogitsLoss")]
    public Task The_loss_goes_behind_the_layers(string target, string loss) => FixCheck.Mends<AddLossFix>(
        ["[Network(4)]\n[Linear(3)] // The scores.\n[System.Serializable] partial class Net;", $"class Program {{ static void Main() => new Net(1).{{|NG2024:{{|CS1061:TrainStep|}}|}}(new float[4], {target}, new SGD(0.1)); }}"],
        [$"[Network(4)]\n[Linear(3), {loss}] // The scores.\n[System.Serializable] partial class Net;", $"class Program {{ static void Main() => new Net(1).TrainStep(new float[4], {target}, new SGD(0.1)); }}"],
        loss);

    [Fact]
    public Task One_loss_serves_all_uses() => FixCheck.Mends<AddLossFix>(
        "[Network(4), Linear(3)] partial class Net; class Program { static void F(Net? net) { net?{|CS1061:.{|NG2024:TrainStep|}|}([], new int[0], null!); net!.{|NG2024:{|CS1061:ComputeGradients|}|}([], new int[0]); } }",
        "[Network(4), Linear(3), CrossEntropyLoss] partial class Net; class Program { static void F(Net? net) { net?.TrainStep([], new int[0], null!); net!.ComputeGradients([], new int[0]); } }",
        "CrossEntropyLoss");
}
