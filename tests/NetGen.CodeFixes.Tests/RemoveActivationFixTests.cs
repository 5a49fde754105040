using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class RemoveActivationFixTests
{
    [Theory]
    [InlineData("[Network(4), Linear(3), {|NG2012:Softmax|}, CrossEntropyLoss] partial class Net;", "[Network(4), Linear(3), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(4), Linear(1)] [{|NG2012:Sigmoid|}, BCEWithLogitsLoss] partial class Net;", "[Network(4), Linear(1)] [BCEWithLogitsLoss] partial class Net;")]
    [InlineData("[Network(4), Linear(3)]\n[{|NG2013:ReLU|}]\n[CrossEntropyLoss]\npartial class Net;", "[Network(4), Linear(3)]\n[CrossEntropyLoss]\npartial class Net;")]
    [InlineData("[Network(4), Linear(3), ReLU, {|NG2023:Tanh|}, Linear(1), MSELoss] partial class Net;", "[Network(4), Linear(3), ReLU, Linear(1), MSELoss] partial class Net;")]
    [InlineData("[Network(4), Linear(1), {|NG2010:Softmax|}, MSELoss] partial class Net;", "[Network(4), Linear(1), MSELoss] partial class Net;")]
    public Task The_activation_goes(string before, string after) => FixCheck.Mends<RemoveActivationFix>(before, after);

    [Theory]
    [InlineData("[Network(4), Linear(3), // The scores.\n {|NG2012:Softmax|}, // Why not?\n CrossEntropyLoss]\npartial class Net;", "[Network(4), Linear(3) // The scores.\n , // Why not?\n CrossEntropyLoss]\npartial class Net;")]
    [InlineData("[Network(4), Linear(3)]\n[{|NG2012:Softmax|}] // Why not?\n[CrossEntropyLoss] partial class Net;", "[Network(4), Linear(3)]\n// Why not?\n[CrossEntropyLoss] partial class Net;")]
    public Task Comments_stay(string before, string after) => FixCheck.Mends<RemoveActivationFix>(before, after);

    /// <summary>A block without layers is a mistake too.</summary>
    [Fact]
    public Task A_block_keeps_its_only_layer() => FixCheck.OffersNothing<RemoveActivationFix>("[Block, {|NG2012:Softmax|}] class Last; [Network(4), Linear(3), Sequential<Last>, CrossEntropyLoss] partial class Net;");

    /// <summary>What bounds the numbers is another layer, which has work.</summary>
    [Fact]
    public Task Other_layers_stay() => FixCheck.OffersNothing<RemoveActivationFix>("[Block, Linear(1), ReLU] class A; [Network(8), {|NG2013:Sum<A, A>|}, BCEWithLogitsLoss] partial class Net;");

    [Fact]
    public Task A_rectifier_of_a_sum_that_is_not_negative_goes() => FixCheck.Mends<RemoveActivationFix>(
        "[Block, Linear(8), ReLU] class Body; [Network(8), ReLU, Residual<Body>, {|NG2023:ReLU|}, Linear(1), MSELoss] partial class Net;",
        "[Block, Linear(8), ReLU] class Body; [Network(8), ReLU, Residual<Body>, Linear(1), MSELoss] partial class Net;");
}
