using System;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Generated code of drawn convolutional networks against the interpreter.</summary>
public class ConvolutionalNetworkTests
{
    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 5).Select(group => group * RandomNetworkTests.GroupSize)];

    [Theory]
    [MemberData(nameof(Groups))]
    [Trait("Lane", "Slow")]
    public void Generated_code_is_as_accurate_as_single_precision_allows(int first) =>
        NetworkComparison.Check([.. Enumerable.Range(first, RandomNetworkTests.GroupSize).Select(number => new RandomNetwork(number, small: false, convolutional: true))]);

    /// <summary>Each of the ways to cut taps and channels, pixels and samples, and steps between pixels of both orders.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void Convolutions_in_chunks_are_as_accurate()
    {
        static LossOp Loss() => Declarations.Loss(ElementwiseLossKind.MSE);
        ActivationOp tanh = Declarations.Activation(ActivationKind.Tanh);
        NetworkComparison.Check(
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
        NetworkComparison.Check(
        [
            new(Declarations.Network("ManyTaps", [3, 14, 21], Loss(), tanh, Fixed(Declarations.Conv2d(3, 9, padding: 4, groups: 3), 243), tanh), 3),
            new(Declarations.Network("ManyPhases", [2, 17, 35], Loss(), tanh, Fixed(Declarations.Conv2d(4, 4, stride: 3, padding: 1, groups: 2), 64), tanh), 4),
        ]);
    }
}
