using System;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Generated code of drawn networks against the interpreter.</summary>
public class RandomNetworkTests
{
    private const int GroupSize = 30;

    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 10).Select(group => group * GroupSize)];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Generated_code_is_as_accurate_as_single_precision_allows(int first) =>
        Compare([.. Enumerable.Range(first, GroupSize).Select(number => new RandomNetwork(number, small: false))]);

    public static TheoryData<int> ConvolutionalGroups => [.. Enumerable.Range(0, 5).Select(group => group * GroupSize)];

    [Theory]
    [MemberData(nameof(ConvolutionalGroups))]
    public void Convolutional_networks_are_as_accurate(int first) =>
        Compare([.. Enumerable.Range(first, GroupSize).Select(number => new RandomNetwork(number, small: false, convolutional: true))]);

    public static TheoryData<int> ComposedGroups => [.. Enumerable.Range(0, 4).Select(group => group * GroupSize)];

    [Theory]
    [MemberData(nameof(ComposedGroups))]
    public void Composed_networks_are_as_accurate(int first) =>
        Compare([.. Enumerable.Range(first, GroupSize).Select(number => new RandomNetwork(number, small: false, composed: true))]);

    /// <summary>What the drawn networks are too small for: sums in chunks, gathered inputs, narrow layers between long ones; every loss once.</summary>
    [Fact]
    public void Sums_in_chunks_and_gathered_inputs_are_as_accurate()
    {
        static ActivationOp Activation(ActivationKind function) => Declarations.Activation(function, function == ActivationKind.Softplus ? 1 : 0);
        static LinearOp Linear(int units) => Declarations.Linear(units);
        Compare(
        [
            new(Declarations.Network("Chunks", [1300], new CrossEntropyLossOp(), Linear(70), Linear(256), Linear(40)), 600),
            new(Declarations.Network("Gathered", [1024], Declarations.Loss(ElementwiseLossKind.L1), Linear(64), Activation(ActivationKind.ReLU), Linear(16)), 300),
            new(Declarations.Network("ShortRows", [256], Declarations.Loss(ElementwiseLossKind.BCEWithLogits), Linear(48), Activation(ActivationKind.GELU), Linear(3), Activation(ActivationKind.GELU), Linear(20)), 40),
            new(Declarations.Network("OneMoreThanAChunk", [512], Declarations.Loss(ElementwiseLossKind.Huber), Linear(33)), 257),
            new(Declarations.Network("Narrow", [5], Declarations.Loss(ElementwiseLossKind.HalfSquaredError), Linear(3), Activation(ActivationKind.GELU), Linear(20)), 19),
            new(Declarations.Network("Single", [1], Declarations.Loss(ElementwiseLossKind.MSE), Linear(7), Activation(ActivationKind.SiLU), Linear(1), Activation(ActivationKind.Softplus), Linear(9)), 33),
        ]);
    }

    /// <summary>The same of convolutions: each of the ways to cut taps and channels, pixels and samples, and steps between pixels of both orders.</summary>
    [Fact]
    public void Convolutions_in_chunks_are_as_accurate()
    {
        static LossOp Loss() => Declarations.Loss(ElementwiseLossKind.MSE);
        ActivationOp tanh = Declarations.Activation(ActivationKind.Tanh);
        Compare(
        [
            new(Declarations.Network("RowsOfTaps", [70, 5, 6], Loss(), Declarations.Conv2d(20, 5, padding: 2), tanh), 3),
            new(Declarations.Network("SingleTaps", [900, 3, 3], Loss(), Declarations.Conv2d(18, 3, padding: 1), tanh), 2),
            new(Declarations.Network("Channels", [2100, 3, 4], Loss(), Declarations.Conv2d(17, 2), tanh), 2),
            new(Declarations.Network("PlanesOfChannels", [260, 30], Loss(), Declarations.Conv1d(3, 9), tanh), 3),
            new(Declarations.Network("LinesOfPixels", [3, 40, 41], Loss(), Declarations.Conv2d(20, 3), tanh), 2),
            new(Declarations.Network("LinesOfPlanes", [1, 150, 150], Loss(), Declarations.Conv2d(2, 3), tanh), 2),
            new(Declarations.Network("SamplesOfPixels", [16, 3, 4], Loss(), Declarations.Conv2d(16, 2, padding: 1), tanh), 330),
            new(Declarations.Network("SamplesOfPlanes", [1, 6, 18], Loss(), Declarations.Conv2d(2, 3), tanh), 300),
            new(Declarations.Network("StridedDepthwise", [48, 7, 9], Loss(), tanh, Declarations.Conv2d(48, 3, stride: 2, padding: 1, groups: 48), tanh), 5),
            new(Declarations.Network("StridedGroups", [64, 7, 9], Loss(), tanh, Declarations.Conv2d(32, 3, stride: 2, padding: 1, groups: 2), tanh), 5),
            new(Declarations.Network("SpreadGroups", [12, 7, 19], Loss(), tanh, Declarations.Conv2d(6, 3, stride: 2, padding: 1, groups: 3), tanh), 5),
        ]);
    }

    /// <summary>Fixed filters of many taps, and of many phases of their gradient, are loops over tables.</summary>
    [Fact]
    public void Large_fixed_filters_are_tables()
    {
        static ConvOp Fixed(ConvOp conv, int weights) =>
            conv with { Bias = false, FixedWeight = Enumerable.Range(0, weights).Select(i => i % 4 == 1 ? 0 : Math.Sin(i) / 8).ToEquatableArray() };
        static LossOp Loss() => Declarations.Loss(ElementwiseLossKind.MSE);
        ActivationOp tanh = Declarations.Activation(ActivationKind.Tanh);
        Compare(
        [
            new(Declarations.Network("ManyTaps", [3, 14, 21], Loss(), tanh, Fixed(Declarations.Conv2d(3, 9, padding: 4, groups: 3), 243), tanh), 3),
            new(Declarations.Network("ManyPhases", [2, 17, 35], Loss(), tanh, Fixed(Declarations.Conv2d(4, 4, stride: 3, padding: 1, groups: 2), 64), tanh), 4),
        ]);
    }

    private static void Compare(RandomNetwork[] networks) => NetworkComparison.Check(networks, NetworkCompiler.Load(Declarations.Print(networks.Select(n => n.Graph.Declaration))));
}
