using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Tests.Analyses;

/// <summary>A network whose values are measured.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Input">The sizes of its input.</param>
/// <param name="Layers">Its layers.</param>
/// <param name="Cuts">The layers after which it is measured, counted from 1.</param>
internal sealed record SignalNetwork(string Name, int[] Input, string[] Layers, int[] Cuts)
{
    public string Blocks { get; init; } = "";

    public double Mean { get; init; }

    public double Variance { get; init; } = 1;

    public int Seeds { get; init; } = 100;

    public int Batch { get; init; } = 6;

    /// <summary>Pools see neighbours, which are not quite as independent as the theory has them.</summary>
    public bool HasPools => Layers.Any(layer => layer.Contains("Pool", System.StringComparison.Ordinal));

    public string Declaration(string name) => $"{Blocks}\n[InputDistribution(Mean = {Text(Mean)}, Variance = {Text(Variance)})]\n[Network({string.Join(", ", Input)})]\n[{string.Join(", ", Layers)}]\ninternal sealed partial class {name};";

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The networks of the table in docs/analyses.md.</summary>
internal static class SignalNetworks
{
    private const string He = "Init = Init.KaimingNormal, BiasInit = Init.Constant";
    private const string HeUniform = "Init = Init.KaimingUniform";
    private const string Xavier = "Init = Init.XavierNormal, BiasInit = Init.Constant";

    public static IReadOnlyList<SignalNetwork> All { get; } =
    [
        Mlp("MLP, 20 ReLU, He", 20, He, "ReLU", 64) with { Seeds = 400 },
        Mlp("MLP, 20 tanh, Xavier", 20, Xavier, "Tanh", 64),
        Mlp("MLP, 12 tanh, Xavier, biases N(0, 0.3)", 12, "Init = Init.XavierNormal, BiasInit = Init.Normal, BiasInitScale = 0.3", "Tanh", 64),
        Mlp("MLP, 10 tanh, three times Xavier, biases N(0, 1)", 10, "Init = Init.XavierNormal, InitScale = 3, BiasInit = Init.Normal", "Tanh", 64),
        Mlp("MLP, 10 tanh, He", 10, He, "Tanh", 96),
        Mlp("MLP, 8 tanh, weights N(0, 1)", 8, "Init = Init.Normal", "Tanh", 64) with { Seeds = 300 },
        Mlp("MLP, 12 sigmoid, He", 12, He, "Sigmoid", 96),
        Mlp("MLP, 8 sigmoid, default", 8, "", "Sigmoid", 64),
        Mlp("MLP, 8 ReLU, default", 8, "", "ReLU", 96) with { Seeds = 400 },
        Mlp("MLP, 8 ReLU, weights U(-0.05, 0.05)", 8, "Init = Init.Uniform, InitScale = 0.05, BiasInit = Init.Constant", "ReLU", 64),
        Mlp("MLP, 10 leaky ReLU, He", 10, HeUniform, "LeakyReLU(0.2)", 64) with { Seeds = 200 },
        Mlp("MLP, 6 GELU, He", 6, He, "GELU", 192),
        Mlp("MLP, 10 GELU(tanh), default", 10, "", "GELU(Approximate = GELUApproximation.Tanh)", 64),
        Mlp("MLP, 6 SiLU, He", 6, He, "SiLU", 192),
        Mlp("MLP, 10 GELU, He", 10, He, "GELU", 96) with { Seeds = 400 },
        Mlp("MLP, 20 GELU, He", 20, He, "GELU", 128) with { Seeds = 200 },
        Mlp("MLP, 6 softplus, Xavier", 6, Xavier, "Softplus(2)", 64),
        Mlp("MLP, 10 ELU, He", 10, He, "ELU", 96),
        Mlp("MLP, inputs of mean 2 and variance 9, biases 0.5", 6, Xavier + ", BiasInitScale = 0.5", "ReLU", 64) with { Mean = 2, Variance = 9 },
        new("MLP, one hidden layer of equal weights", [64], ["Linear(96, Init = Init.Constant, InitScale = 0.05)", "Tanh", $"Linear(64, {Xavier})", "Tanh", "Linear(8)"], [1, 2, 3, 4]),
        new("Residual MLP, 10 pre-activation blocks", [64], ["Linear(64)", "Repeat<Inner>(10)", "Linear(8)"], [1, 2])
        {
            Blocks = $"[Block, ReLU, Linear(64, {He}), ReLU, Linear(64, {He})] sealed class Branch; [Block, Residual<Branch>] sealed class Inner;", Seeds = 300,
        },
        new("Residual MLP, 10 blocks of sigmoid", [64], ["Linear(64)", "Repeat<Inner>(10)", "Linear(8)"], [1, 2])
        {
            Blocks = "[Block, Linear(64), Sigmoid] sealed class Branch; [Block, Residual<Branch>] sealed class Inner;",
        },
        new("Sum and concatenation of branches without weights", [64], ["Linear(64)", "Sum<Identity, Bent, Bent>", $"Linear(64, {He})", "Concat<Identity, Bent>", $"Linear(64, {He})", "ReLU", "Linear(8)"], [1, 2, 3, 4, 5])
        {
            Blocks = "[Block, Tanh] sealed class Bent;",
        },
        new("MLP with layer normalisation", [64], [.. Repeat(6, $"Linear(96, {HeUniform})", "LayerNorm", "ReLU"), "Linear(8)"], [1, 2, 3, 9, 16]),
        new("MLP with root-mean-square normalisation", [64], [.. Repeat(6, $"Linear(96, {HeUniform})", "RMSNorm", "GELU"), "Linear(8)"], [1, 2, 3, 9, 16]),
        new("MLP with dropout", [64], [.. Repeat(6, $"Linear(128, {He})", "ReLU", "Dropout(0.3)"), "Linear(8)"], [1, 2, 3, 9, 16]) { Seeds = 200 },
        new("MLP with a hidden softmax", [64], ["Linear(64)", "Softmax", "Linear(64, Init = Init.Normal)", "Tanh", "Linear(8)"], [1, 2, 3]),
        new("MLP that ends in a log-sum-exp", [64], ["Linear(64)", "Tanh", "Linear(64)", "LogSumExp"], [1, 2, 3]),
        new("MLP with two exponentials", [64], ["Linear(64, Init = Init.Normal, InitScale = 0.05)", "Exp", "Linear(64, Init = Init.Normal, InitScale = 0.05)", "Exp", "Linear(8)"], [1, 2, 3, 4]),
        new("ConvNet, 5 layers padded, He", [8, 12, 12], [.. Repeat(5, $"Conv2d(64, 3, Padding = 1, {He})", "ReLU"), "Flatten", "Linear(10)"], [1, 2, 5, 6, 10]) { Seeds = 50, Batch = 2 },
        new("ConvNet, strides and groups, default", [16, 20, 20], ["Conv2d(64, 5, Stride = 2)", "Tanh", "Conv2d(64, 3, Padding = 1, Groups = 64)", "Tanh", "Conv2d(96, 1)", "Tanh", "Flatten", "Linear(10)"], [1, 2, 3, 4, 5]) { Seeds = 50, Batch = 2 },
        new("Inception block", [64, 8, 8], ["Conv2d(64, 1)", "Concat<One, Three, Identity>", $"Conv2d(64, 3, {He})", "ReLU", "Flatten", "Linear(10)"], [1, 2, 3, 4])
        {
            Blocks = $"[Block, Conv2d(64, 1, {He}), ReLU] sealed class One; [Block, Conv2d(96, 3, Padding = 1, {He}), Tanh] sealed class Three;", Seeds = 50, Batch = 2,
        },
        new("ConvNet with batch normalisation", [8, 10, 10], [.. Repeat(4, $"Conv2d(64, 3, Padding = 1, {HeUniform})", "BatchNorm2d", "ReLU"), "Flatten", "Linear(10)"], [1, 2, 3, 8, 11]) { Seeds = 30, Batch = 16 },
        new("ResNet of 3 blocks with batch normalisation", [8, 8, 8], ["Conv2d(64, 3, Padding = 1)", "BatchNorm2d", "ReLU", "Repeat<Inner>(3)", "Flatten", "Linear(10)"], [1, 3, 4])
        {
            Blocks = $"[Block, Conv2d(64, 3, Padding = 1, {He}), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, {He}), BatchNorm2d] sealed class Branch; [Block, Residual<Branch>, ReLU] sealed class Inner;", Seeds = 30, Batch = 16,
        },
        new("ConvNet with maximum pools", [8, 16, 16], [.. Repeat(3, $"Conv2d(64, 3, Padding = 1, {He})", "ReLU", "MaxPool2d(2)"), "Flatten", "Linear(10)"], [1, 2, 3, 6, 9]) { Seeds = 50, Batch = 2 },
        new("ConvNet with overlapping maximum pools before sigmoid, default", [8, 20, 20], [.. Repeat(2, "Conv2d(64, 3)", "MaxPool2d(3, Stride = 2)", "Sigmoid"), "Flatten", "Linear(10)"], [1, 2, 3, 4, 5, 6]) { Seeds = 50, Batch = 2 },
        new("ConvNet with average pools", [8, 16, 16], [.. Repeat(2, $"Conv2d(64, 3, Padding = 1, {He})", "ReLU", "AvgPool2d(2, Padding = 1)"), "GlobalAvgPool2d", "Flatten", "Linear(10)"], [1, 2, 3, 6, 7]) { Seeds = 50, Batch = 2 },
    ];

    private static SignalNetwork Mlp(string name, int depth, string init, string activation, int width)
    {
        string linear = init.Length == 0 ? $"Linear({width})" : $"Linear({width}, {init})";
        int[] cuts = [2, depth - (depth % 2), (2 * depth) - 1, 2 * depth];
        return new SignalNetwork(name, [64], [.. Repeat(depth, linear, activation), "Linear(8)"], [.. cuts.Distinct().Order()]);
    }

    private static IEnumerable<string> Repeat(int times, params string[] layers) => Enumerable.Repeat(layers, times).SelectMany(each => each);
}
