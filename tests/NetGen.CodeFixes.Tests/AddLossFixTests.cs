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
        ["[Network(4)]\n[Linear(3)] // The scores.\n[System.Serializable] partial class Net;", $"class Program {{ static void Main() => new Net(1).{{|NG2024:TrainStep|}}(new float[4], {{|CS1503:{target}|}}, new SGD(0.1)); }}"],
        [$"[Network(4)]\n[Linear(3), {loss}] // The scores.\n[System.Serializable] partial class Net;", $"class Program {{ static void Main() => new Net(1).TrainStep(new float[4], {target}, new SGD(0.1)); }}"],
        loss);

    [Fact]
    public Task One_loss_serves_all_uses() => FixCheck.Mends<AddLossFix>(
        "[Network(4), Linear(3)] partial class Net; class Program { static void F(Net? net) { net?.{|NG2024:TrainStep|}([], {|CS1503:new int[0]|}, null!); net!.{|NG2024:ComputeGradients|}([], {|CS1503:new int[0]|}); } }",
        "[Network(4), Linear(3), CrossEntropyLoss] partial class Net; class Program { static void F(Net? net) { net?.TrainStep([], new int[0], null!); net!.ComputeGradients([], new int[0]); } }",
        "CrossEntropyLoss");

    [Theory]
    [InlineData("void F() => {|NG2024:TrainStep|}(new float[4], {|CS1503:new int[1]|}, null!);", "void F() => TrainStep(new float[4], new int[1], null!);")]
    [InlineData("void F() => this.{|NG2024:TrainStep|}(new float[4], {|CS1503:new int[1]|}, null!);", "void F() => this.TrainStep(new float[4], new int[1], null!);")]
    public Task A_call_in_the_networks_own_class_is_served(string before, string after) => FixCheck.Mends<AddLossFix>(
        $"[Network(4), Linear(3)] partial class Net {{ {before} }}", $"[Network(4), Linear(3), CrossEntropyLoss] partial class Net {{ {after} }}", "CrossEntropyLoss");

    /// <summary>The class and its uses are in files of their own, and a part of it has no attributes.</summary>
    [Fact]
    public Task The_loss_goes_to_the_file_of_the_layers() => FixCheck.Mends<AddLossFix>(
        [
            "[Network(4)]\n[Linear(3)]\npartial class Net;",
            "class First { static void F(Net net) => net.{|NG2024:TrainStep|}(new float[4], {|CS1503:new int[1]|}, null!); }",
            "partial class Net { void F() => {|NG2024:ComputeGradients|}(new float[4], {|CS1503:new int[1]|}); }",
            "[Network(4), Linear(1)] partial class Other { } class Second { static void F(Other net) => net.{|NG2024:TrainStep|}(new float[4], {|CS1503:new int[1]|}, null!); }",
        ],
        [
            "[Network(4)]\n[Linear(3), CrossEntropyLoss]\npartial class Net;",
            "class First { static void F(Net net) => net.TrainStep(new float[4], new int[1], null!); }",
            "partial class Net { void F() => ComputeGradients(new float[4], new int[1]); }",
            "[Network(4), Linear(1), CrossEntropyLoss] partial class Other { } class Second { static void F(Other net) => net.TrainStep(new float[4], new int[1], null!); }",
        ],
        "CrossEntropyLoss");
}
