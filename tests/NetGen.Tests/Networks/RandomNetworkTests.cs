using System.Linq;
using NetGen.Generator.Compiler.Ops;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Generated code of drawn networks against the interpreter.</summary>
public class RandomNetworkTests
{
    internal const int GroupSize = 30;

    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 10).Select(group => group * GroupSize)];

    [Theory]
    [MemberData(nameof(Groups))]
    [Trait("Lane", "Slow")]
    public void Generated_code_is_as_accurate_as_single_precision_allows(int first) =>
        NetworkComparison.Check([.. Enumerable.Range(first, GroupSize).Select(number => new RandomNetwork(number, small: false))]);

    /// <summary>What the drawn networks are too small for: sums in chunks, gathered inputs, narrow layers between long ones; every loss once.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void Sums_in_chunks_and_gathered_inputs_are_as_accurate()
    {
        static ActivationOp Activation(ActivationKind function) => Declarations.Activation(function, function == ActivationKind.Softplus ? 1 : 0);
        static LinearOp Linear(int units) => Declarations.Linear(units);
        NetworkComparison.Check(
        [
            new(Declarations.Network("Chunks", [1300], new CrossEntropyLossOp(), Linear(70), Linear(256), Linear(40)), 600),
            new(Declarations.Network("Gathered", [1024], Declarations.Loss(ElementwiseLossKind.L1), Linear(64), Activation(ActivationKind.ReLU), Linear(16)), 300),
            new(Declarations.Network("ShortRows", [256], Declarations.Loss(ElementwiseLossKind.BCEWithLogits), Linear(48), Activation(ActivationKind.GELU), Linear(3), Activation(ActivationKind.GELU), Linear(20)), 40),
            new(Declarations.Network("OneMoreThanAChunk", [512], Declarations.Loss(ElementwiseLossKind.Huber), Linear(33)), 257),
            new(Declarations.Network("Narrow", [5], Declarations.Loss(ElementwiseLossKind.HalfSquaredError), Linear(3), Activation(ActivationKind.GELU), Linear(20)), 19),
            new(Declarations.Network("Single", [1], Declarations.Loss(ElementwiseLossKind.MSE), Linear(7), Activation(ActivationKind.SiLU), Linear(1), Activation(ActivationKind.Softplus), Linear(9)), 33),
            new(Declarations.Network("Exponential", [21], Declarations.Loss(ElementwiseLossKind.MSE), Linear(37), Activation(ActivationKind.Exp), Linear(5), Activation(ActivationKind.Exp)), 12),
            new(Declarations.Network("Exponentials", [3, 7, 6], Declarations.Loss(ElementwiseLossKind.MSE), Declarations.Conv2d(5, 3, padding: 1), Activation(ActivationKind.Exp), Declarations.Conv2d(18, 3, padding: 1), Activation(ActivationKind.Exp), new FlattenOp(null), Linear(4)), 5),
        ]);
    }
}
