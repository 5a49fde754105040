using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>Rules about signals and gradients at initialisation.</summary>
public partial class RuleTests
{
    /// <summary>Behind weights of 0 a ReLU stands where its slope is 0, and so for ever; where something random is added it does not.</summary>
    [Theory]
    [InlineData("[Network(8), Linear(16, Init = Init.Constant, BiasInit = Init.Constant), {|NG2075:ReLU|}, Linear(4)] [CrossEntropyLoss] partial class Net;")]
    [InlineData("[Block, Linear(8, Init = Init.Constant, BiasInit = Init.Constant), {|NG2075:ReLU|}] class Body; [Network(8), Residual<Body>, Linear(1), MSELoss] partial class Net;")]
    public Task NG2075_tells_weights_of_0(string source) => RuleCheck.Fires(source, "what it reads is never above 0, whatever the input");

    [Theory]
    [InlineData("[Network(8), Linear(16, Init = Init.Constant), ReLU, Linear(4)] [CrossEntropyLoss] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU, Linear(8, Init = Init.Constant, BiasInit = Init.Constant)] class Body; [Network(8), Residual<Body>, ReLU, Linear(1), MSELoss] partial class Net;")]
    [InlineData("[Network(8), Linear(16, Init = Init.Constant, BiasInit = Init.Constant), Tanh, Linear(4)] [CrossEntropyLoss] partial class Net;")]
    public async Task NG2075_is_silent_beside_weights_of_0(string source) =>
        Assert.DoesNotContain(await Code.Analyze(Code.Compile(source)), diagnostic => diagnostic.Id is "NG2075" or "NG2071");

    /// <summary>What stands beside the way of the gradient is not why it is lost: ReLUs that are off in another branch, and squashing activations of branches that it need not go through.</summary>
    [Theory]
    [InlineData(
        "[Block, Linear(64, BiasInit = Init.Constant, BiasInitScale = -5), {|NG2075:ReLU|}, Linear(8)] class Off; [Block, Linear(64), Repeat<Layer>(8), Linear(8)] class Main; [Block, Linear(64), Sigmoid] class Layer;"
        + " [Network(64), {|NG2070:Linear(64)|}, Sigmoid, Sum<Main, Off>, Linear(4)] [CrossEntropyLoss] partial class Net;",
        "Sigmoid multiply it by")]
    [InlineData(
        "[Block, {|NG2070:Linear(64)|}, Sigmoid] class Bent; [Block, Residual<Bent>] class Step;"
        + " [Network(64), Linear(64, Init = Init.Normal, InitScale = 1e-2), Repeat<Step>(3), Linear(64, Init = Init.Normal, InitScale = 1e-5), Linear(4)] [CrossEntropyLoss] partial class Net;",
        "its weights are small")]
    public Task NG2070_looks_at_the_way_of_the_gradient(string source, string message) => RuleCheck.Fires(source, message);

    [Fact]
    public async Task NG2070_Fires()
    {
        await RuleCheck.Fires(
            $"[Network(64), {{|NG2070:Linear(64, Name = \"fc1\")|}}, Sigmoid, {Times(7, "Linear(64), Sigmoid")}, Linear(10, Name = \"fc9\")] [CrossEntropyLoss] partial class Net;",
            "Network 'Net': at initialisation the gradient shrinks to 1.5e-7 of its length on its way from Linear(10) 'fc9' to Linear(64) 'fc1', so that layer hardly learns: 8 Sigmoid multiply it by 1.2e-5: use ReLU");

        // In a block it is told once, with the place of the copy; weights that are too small, of whatever activation.
        await RuleCheck.Fires(
            "[Block, {|NG2070:Linear(32, Init = Init.Uniform, InitScale = 0.05)|}, ReLU] class Layer; [Network(32), Repeat<Layer>(8), Linear(1), MSELoss] partial class Net;",
            "its weights are small: Init.KaimingNormal keeps the scale behind ReLU, Init.XavierNormal behind tanh, a normalisation whatever they are (at 0.0.0 of network 'Net')");
    }

    [Fact]
    public async Task NG2070_IsSilent()
    {
        await RuleCheck.IsSilent($"[Network(64), {Times(20, "Linear(64, Init = Init.KaimingNormal), ReLU")}, Linear(10)] [CrossEntropyLoss] partial class Relu;");
        await RuleCheck.IsSilent($"[Network(2), {Times(17, "Linear(5, Init = Init.KaimingUniform, BiasInit = Init.Constant), Tanh")}, Linear(1), Sigmoid] partial class Tanhs;");
        await RuleCheck.IsSilent("[Network(16), Linear(64), Sigmoid, Linear(64), Sigmoid, Linear(10)] [CrossEntropyLoss] partial class Shallow;");

        // Identities carry the gradient past sigmoids, normalisations past small weights; zeros at the end of a branch and of the network hold nothing up for long.
        await RuleCheck.IsSilent("[Block, Linear(64), Sigmoid] class Body; [Block, Residual<Body>] class Step; [Network(64), Repeat<Step>(20), Linear(10)] [CrossEntropyLoss] partial class Res;");
        await RuleCheck.IsSilent($"[Network(64), {Times(12, "Linear(64, Init = Init.Normal, InitScale = 0.001), BatchNorm1d, ReLU")}, Linear(10)] [CrossEntropyLoss] partial class Norm;");
        await RuleCheck.IsSilent("[Block, Linear(64), ReLU, Linear(64, Init = Init.Constant)] class Body; [Block, Residual<Body>] class Step; [Network(64), Linear(64), Repeat<Step>(8), Linear(10, Init = Init.Constant)] [CrossEntropyLoss] partial class Zero;");
    }

    [Fact]
    public async Task NG2071_Fires()
    {
        await RuleCheck.Fires(
            $"[Network(64), {{|NG2071:Linear(64, Init = Init.Normal)|}}, Tanh, {Times(14, "Linear(64, Init = Init.Normal), Tanh")}, Linear(10)] [CrossEntropyLoss] partial class Net;",
            "so no learning rate suits both: its weights are large");
        await RuleCheck.Fires(
            $"[Block, Linear(64, Init = Init.KaimingNormal, InitScale = 3), ReLU, Linear(64, Init = Init.KaimingNormal, InitScale = 3)] class Body; [Block, Residual<Body>] class Step; [Network(64), {{|NG2071:Linear(64)|}}, Repeat<Step>(6), Linear(10)] [CrossEntropyLoss] partial class Net;",
            "Network 'Net': at initialisation the gradient grows to");
    }

    [Fact]
    public async Task NG2071_IsSilent()
    {
        await RuleCheck.IsSilent($"[Network(64), {Times(20, "Linear(64, Init = Init.KaimingNormal), ReLU")}, Linear(10)] [CrossEntropyLoss] partial class Relu;");
        await RuleCheck.IsSilent("[Block, Linear(64, Init = Init.KaimingNormal), ReLU, Linear(64, Init = Init.KaimingNormal)] class Body; [Block, Residual<Body>] class Step; [Network(64), Linear(64), Repeat<Step>(8), Linear(10)] [CrossEntropyLoss] partial class Res;");
    }

    [Fact]
    public async Task NG2072_Fires()
    {
        await RuleCheck.Fires(
            "[Network(64), Linear(64, Init = Init.KaimingNormal), Exp, Linear(64, Init = Init.KaimingNormal), {|NG2072:Exp|}, Linear(10)] [CrossEntropyLoss] partial class Net;",
            "Network 'Net': at initialisation the values behind Exp '3' are more than a float holds: exponentials of sums grow without bounds");
        await RuleCheck.Fires(
            $"[Network(64), {Times(4, "Linear(256, Init = Init.Normal), ReLU")}, {{|NG2072:Linear(1, Init = Init.Normal, Name = \"out\")|}}] [MSELoss] partial class Net;",
            "the values behind Linear(1) 'out' are 1.3e5 times as large as the input");
    }

    [Fact]
    public async Task NG2072_IsSilent()
    {
        await RuleCheck.IsSilent("[Network(64), Linear(64), Softplus, Linear(4), Exp] [MSELoss] partial class Poisson;");
        await RuleCheck.IsSilent("[InputDistribution(Mean = 128, Variance = 5000), Network(64), Linear(64, Init = Init.KaimingNormal), ReLU, Linear(4)] [MSELoss] partial class Pixels;");
        await RuleCheck.IsSilent($"[Network(64), {Times(4, "Linear(256, Init = Init.Normal), LayerNorm, ReLU")}, Linear(1)] [MSELoss] partial class Norm;");
    }

    [Fact]
    public Task NG2073_Fires() => RuleCheck.Fires(
        "[Network(64), Linear(64, Init = Init.Normal, InitScale = 1e-5), Tanh, {|NG2073:Linear(10, Name = \"out\")|}] [CrossEntropyLoss] partial class Net;",
        "Network 'Net': at initialisation two inputs look alike to Linear(10) 'out', what they differ by being 8e-5 of what it was");

    [Fact]
    public async Task NG2073_IsSilent()
    {
        await RuleCheck.IsSilent("[Network(64), Linear(64), Tanh, Linear(64), Tanh, Linear(10, Init = Init.Constant)] [CrossEntropyLoss] partial class Plain;");
        await RuleCheck.IsSilent($"[Network(64), {Times(20, "Linear(64, Init = Init.KaimingNormal), ReLU")}, Linear(10)] [CrossEntropyLoss] partial class Deep;");
    }

    [Fact]
    public async Task NG2074_Fires()
    {
        await RuleCheck.Fires(
            "[Network(784), Linear(100, Init = Init.Normal), {|NG2074:Sigmoid|}, Linear(10)] [CrossEntropyLoss] partial class Net;",
            "Sigmoid '1': at initialisation 83 % of its inputs, which have the standard deviation 28, are where it is flat");

        // The same weights do for inputs of variance 1, and saturate for pixels that are not normalised.
        await RuleCheck.Fires(
            "[InputDistribution(Mean = 128, Variance = 5000), Network(784), Linear(100), {|NG2074:Tanh|}, Linear(10)] [CrossEntropyLoss] partial class Net;", "are where it is flat");
    }

    [Fact]
    public Task NG2074_IsSilent() => RuleCheck.IsSilent("[Network(784), Linear(100), Sigmoid, Linear(100, Init = Init.KaimingNormal), Tanh, Linear(10)] [CrossEntropyLoss] partial class Net;");

    [Fact]
    public async Task NG2075_Fires()
    {
        await RuleCheck.Fires(
            $"[Network(2), {Times(15, "Linear(5, Init = Init.KaimingUniform), ReLU")}, Linear(5, Init = Init.KaimingUniform), {{|NG2075:ReLU|}}, Linear(1)] [BCEWithLogitsLoss] partial class Net;",
            "% all units of a layer as narrow as this, of 5, are off and the output no longer depends on the input: make the layers wider, use fewer, or LeakyReLU");
        await RuleCheck.Fires(
            "[Network(64), Linear(64, BiasInit = Init.Constant, BiasInitScale = -5), {|NG2075:ReLU|}, Linear(10)] [CrossEntropyLoss] partial class Net;",
            "ReLU '1': at initialisation 100 % of its units are off for nearly every input, and no gradient passes them: start from biases that are not negative");
    }

    [Fact]
    public async Task NG2075_IsSilent()
    {
        // Off for two inputs, or at a place of a picture, is not off for all.
        await RuleCheck.IsSilent("[Network(1, 64), Conv1d(1, 5), ReLU, MaxPool1d(2), Flatten, Linear(2)] [CrossEntropyLoss] partial class OneFilter;");
        await RuleCheck.IsSilent("[Network(1, 28, 28), Conv2d(2, 3), ReLU, MaxPool2d(2), Flatten, Linear(10)] [CrossEntropyLoss] partial class TwoFilters;");
        await RuleCheck.IsSilent("[Network(10), Linear(1), ReLU, Linear(2)] [CrossEntropyLoss] partial class OneUnit;");
        await RuleCheck.IsSilent("[Network(8), Linear(2), ReLU, Linear(2), ReLU, Linear(1)] [MSELoss] partial class TwoUnits;");

        await RuleCheck.IsSilent("[Network(2), Linear(4), ReLU, Linear(4), ReLU, Linear(1)] [BCEWithLogitsLoss] partial class Small;");
        await RuleCheck.IsSilent($"[Network(64), {Times(20, "Linear(64, Init = Init.KaimingNormal), ReLU")}, Linear(10)] [CrossEntropyLoss] partial class Deep;");
        await RuleCheck.IsSilent("[Block, Linear(4), ReLU] class Body; [Block, Residual<Body>] class Step; [Network(4), Repeat<Step>(16), Linear(1)] [MSELoss] partial class Res;");
        await RuleCheck.IsSilent($"[Network(2), {Times(16, "Linear(5, Init = Init.KaimingUniform), LeakyReLU")}, Linear(1)] [MSELoss] partial class Leaky;");
    }

    [Fact]
    public async Task NG2076_Fires()
    {
        await RuleCheck.Fires(
            "[InputDistribution(Variance = 0.05)] [Network(64), {|NG2076:Linear(64, Init = Init.KaimingUniform, BiasInit = Init.Constant)|}, Tanh, Linear(10)] [CrossEntropyLoss] partial class Net;",
            "Init.XavierUniform suits it, which does so by 0.9");
        await RuleCheck.Fires(
            $"[Network(64), {Times(4, "{|NG2076:Linear(64, Init = Init.XavierNormal)|}, ReLU")}, Linear(10)] [CrossEntropyLoss] partial class Net;", "Init.KaimingNormal suits it");
        await RuleCheck.Fires(
            "[Network(1, 16, 16), {|NG2076:Conv2d(8, 3, Init = Init.Uniform, InitScale = 0.05)|}, MaxPool2d(2), GELU, Flatten, Linear(10)] [CrossEntropyLoss] partial class Net;",
            "Init.Uniform before GELU multiplies the variance of the gradient by");
    }

    [Fact]
    public async Task NG2076_IsSilent()
    {
        // Xavier's factor is lower still.
        await RuleCheck.IsSilent("[Network(64), Linear(64, Init = Init.KaimingUniform), Tanh, Linear(10)] [CrossEntropyLoss] partial class Kaiming;");
        await RuleCheck.IsSilent("[Network(64), Linear(64, Init = Init.XavierUniform), Tanh, Linear(64, Init = Init.KaimingNormal), ReLU, Linear(64), Sigmoid, Linear(10, Init = Init.KaimingNormal), Sigmoid] partial class Suited;");
        await RuleCheck.IsSilent("[Network(64), Linear(64, Init = Init.XavierUniform), ReLU, Linear(64, Init = Init.Normal, InitScale = 0.1), ReLU, Linear(64, Init = Init.Normal), LayerNorm, ReLU, Linear(10, Init = Init.Normal)] [CrossEntropyLoss] partial class Near;");
    }

    [Fact]
    public async Task NG2077_Fires()
    {
        await RuleCheck.Fires(
            "[Network(8), {|NG2077:Linear(16, Init = Init.Constant, InitScale = 0.1, BiasInit = Init.Constant)|}, Tanh, Linear(1, Init = Init.Constant, InitScale = 0.1)] [MSELoss] partial class Net;",
            "Linear(16) '0': its 16 units start equal and see equal weights behind them in Linear(1) '2', so they stay equal for ever and count for one");
        await RuleCheck.Fires(
            "[Network(1, 8, 8), {|NG2077:Conv2d(4, 3, Init = Init.Constant, Bias = false)|}, BatchNorm2d, ReLU, MaxPool2d(2), Flatten, Linear(10, Init = Init.Constant)] [CrossEntropyLoss] partial class Net;",
            "its 4 units start equal");
    }

    /// <summary>Where chance parts the units later on they start as one all the same: with random weights behind, dropout, random biases, beside other branches.</summary>
    [Theory]
    [InlineData("[Network(8), {|NG2077:Linear(8, Init = Init.Constant, InitScale = 0.1, BiasInit = Init.Constant)|}, Tanh, Linear(1)] [MSELoss] partial class RandomBehind;", "its 8 units start with equal weights, so all of them see one number")]
    [InlineData("[Network(8), {|NG2077:Linear(8, Init = Init.Constant, InitScale = 0.1, BiasInit = Init.Constant)|}, Dropout, Linear(1, Init = Init.Constant)] [MSELoss] partial class Dropped;", "until training has parted them")]
    [InlineData("[Network(8), {|NG2077:Linear(8, Init = Init.Constant, InitScale = -1)|}, Tanh, Linear(1, Init = Init.Constant)] [MSELoss] partial class RandomBiases;", "the sum of what they read")]
    [InlineData("[Network(1), {|NG2077:Linear(8, Init = Init.Constant, InitScale = 1, BiasInit = Init.Constant)|}, Tanh, Linear(1)] [MSELoss] partial class OneInput;", "its 8 units start with equal weights")]
    [InlineData("[Network(8), {|NG2077:Linear(8, Init = Init.KaimingNormal, InitScale = 0, BiasInit = Init.Constant)|}, Tanh, Linear(1, Init = Init.Constant)] [MSELoss] partial class NoDeviation;", "stay equal for ever")]
    [InlineData("[Network(4, 8, 8), {|NG2077:Conv2d(8, 3, Groups = 2, Init = Init.Constant, InitScale = 1)|}, BatchNorm2d, ReLU, MaxPool2d(2), Dropout, Flatten, Linear(10)] [CrossEntropyLoss] partial class Groups;", "its 4 units of each group start with equal weights")]
    [InlineData("[Block, {|NG2077:Conv2d(8, 1, Init = Init.Constant, InitScale = 1)|}, ReLU] class Part; [Network(3, 8, 8), Concat<Identity, Part>, Flatten, Linear(2)] [CrossEntropyLoss] partial class Beside;", "until training has parted them")]
    public Task NG2077_tells_units_that_start_as_one(string source, string message) => RuleCheck.Fires(source, message);

    [Fact]
    public async Task NG2077_IsSilent()
    {
        await RuleCheck.IsSilent("[Network(3, 8, 8), Conv2d(3, 3, Groups = 3, Bias = false, Init = Init.Constant, InitScale = 0.1f), ReLU, Conv2d(4, 1), Flatten, Linear(2)] [CrossEntropyLoss] partial class Grouped;");
        const string Equal = "Linear(8, Init = Init.Constant, InitScale = 0.1, BiasInit = Init.Constant)";
        await RuleCheck.IsSilent($"[Network(8), Linear(8), Tanh, {Equal}] [MSELoss] partial class Last;");
        await RuleCheck.IsSilent("[Network(8), Linear(8), Tanh, Linear(8, Init = Init.Constant, InitScale = 0.1), Exp] [MSELoss] partial class LastOfWeights;");
        await RuleCheck.IsSilent("[Network(1), Linear(64, Init = Init.Constant, InitScale = 1), ReLU, Linear(1)] [MSELoss] partial class KinksOfOneInput;");
        await RuleCheck.IsSilent($"[Network(8), Linear(8), Tanh, Linear(1, Init = Init.Constant, BiasInit = Init.Constant), Tanh, Linear(1, Init = Init.Constant)] [MSELoss] partial class OneUnit;");
        await RuleCheck.IsSilent("[Block, Linear(8, Init = Init.Constant), Tanh, Linear(8)] class Body; [Network(8), Residual<Body>, Linear(1)] [MSELoss] partial class Zeros;");
        await RuleCheck.IsSilent($"[Block, Linear(8), ReLU, {Equal}] class Body; [Network(8), Residual<Body>, Linear(1, Init = Init.Constant)] [MSELoss] partial class Branch;");
    }

    [Fact]
    public async Task NG2078_Fires()
    {
        await RuleCheck.Fires(
            $"[Network(64), {{|NG2078:Linear(64)|}}, ReLU, {Times(5, "Linear(64), ReLU")}, Linear(10)] [CrossEntropyLoss] partial class Net;", "Network 'Net': at initialisation the gradient shrinks to 4.6e-3 of its length");
        await RuleCheck.Fires(
            "[Block, Linear(64, Init = Init.KaimingNormal), ReLU, Linear(64, Init = Init.KaimingNormal)] class Body; [Block, Residual<Body>] class Step; [Network(64), {|NG2078:Linear(64)|}, Repeat<Step>(12), Linear(10)] [CrossEntropyLoss] partial class Net;",
            "the gradient grows to");
    }

    [Fact]
    public async Task NG2078_IsSilent()
    {
        await RuleCheck.IsSilent($"[Network(64), {Times(4, "Linear(64), ReLU")}, Linear(10)] [CrossEntropyLoss] partial class Shallow;");
        await RuleCheck.IsSilent("[Network(3, 32, 32), Conv2d(64, 3), ReLU, MaxPool2d(2), Conv2d(64, 3), ReLU, MaxPool2d(2), Flatten, Linear(64), ReLU, Linear(10)] [CrossEntropyLoss] partial class Pictures;");
    }

    [Fact]
    public async Task AnImpossibleInputIsAMistake()
    {
        Diagnostic found = Assert.Single(await Code.Analyze(Code.Compile("[Network(4), Linear(3)] [InputDistribution(Variance = -1)] partial class Net;")), each => each.Severity == DiagnosticSeverity.Error);
        Assert.Equal("InputDistribution(Variance = -1)", Code.Text(found));
        Assert.Equal("InputDistribution: Mean and Variance takes finite numbers, the variance not negative, but got 0 and -1", RuleCheck.Message(found));
    }

    [Fact]
    public async Task SignalRulesAreConfigurable()
    {
        var found = (await Code.Analyze(Code.Compile($"#pragma warning disable NG2070\n[Network(64), {Times(8, "Linear(64), Sigmoid")}, Linear(10)] [CrossEntropyLoss] partial class Net;"))).Where(each => each.Id == "NG2070");
        Assert.All(found, diagnostic => Assert.True(diagnostic.IsSuppressed));
    }

    /// <summary>What is said of a signal that is lost is true of the network.</summary>
    [Fact]
    public async Task SignalRulesNameTheCause()
    {
        await RuleCheck.Fires(
            "[Network(8), Linear(64, BiasInit = Init.Constant, BiasInitScale = -5), {|NG2075:ReLU|}, Linear(64), ReLU, Linear(2)] [CrossEntropyLoss] partial class Dead;", "are off for nearly every input");
        await RuleCheck.Fires(
            "[Network(8), Linear(16), Tanh, Linear(16, Init = Init.Constant), Tanh, {|NG2073:Linear(2)|}] [CrossEntropyLoss] partial class Zeros;", "weights of 0 pass nothing");
    }

    /// <summary>The time that the analysis takes grows with the layers, not with their square.</summary>
    [Theory]
    [InlineData("[Block, BatchNorm1d, ReLU, Linear(8)] class Q; [Block, Concat<Identity, Q>] class B; [Network(8), Linear(8), Repeat<B>(700), Linear(2)] [CrossEntropyLoss] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU, Linear(8)] class Q; [Block, Residual<Q>] class B; [Network(8), Linear(8), Repeat<B>(900), Linear(2)] [CrossEntropyLoss] partial class Net;")]
    public void DeepNetworksAreAnalyzed(string source)
    {
        AnalyzedNetwork network = CostNetworks.Of(source);
        Assert.All(network.Graph.Nodes, node => Assert.False(double.IsNaN(network.Signal[node.Result].GradientVariance)));
        Assert.All(network.Graph.Nodes, node => Assert.InRange(network.Signal.Distribution(node.Result)?.Parts.Count ?? 0, 0, 16));
        Assert.All(network.Graph.Nodes, node => Assert.All(network.Signal.Distribution(node.Result)?.Parts ?? [], part => Assert.InRange(part.Summands.Count, 1, 16)));
    }

    [Fact]
    public void BehindAnOverflowTheGradientIsFinite()
    {
        AnalyzedNetwork network = CostNetworks.Of("[Network(4), Linear(64, Init = Init.Normal), Exp, Exp, Flatten, Linear(2)] [CrossEntropyLoss] partial class Net;");
        double[] gradients = [.. network.Graph.Nodes.Select(node => network.Signal[node.Result].GradientVariance)];
        Assert.Equal(1, gradients[^1]);
        Assert.InRange(gradients[^2], 0.005, 0.02);
        Assert.Equal(double.PositiveInfinity, gradients[0]);
    }

    private static string Times(int count, string layers) => string.Join(", ", Enumerable.Repeat(layers, count));
}
