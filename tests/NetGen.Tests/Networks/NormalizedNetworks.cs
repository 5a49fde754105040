using System.Collections.Generic;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>Networks with normalisations.</summary>
internal static class NormalizedNetworks
{
    /// <summary>Where it stands among others: behind rows and pictures of both orders, in branches, in front of what reads borders.</summary>
    public static IEnumerable<NetworkDeclaration> OfLayers()
    {
        LossOp loss = Loss(ElementwiseLossKind.MSE);
        ActivationOp relu = Activation(ActivationKind.ReLU);
        foreach (int width in new[] { 3, 16, 21 })
        {
            yield return Network($"Rows{width}", [7], loss, Linear(width), LayerNorm(), Activation(ActivationKind.GELU), Linear(5), LayerNorm() with { HasBias = false });
            yield return Network($"Pictures{width}", [2, 6, 5], loss, Conv2d(width, 3, padding: 1), LayerNorm(width, 6, 5), relu, Conv2d(width, 3, padding: 1), LayerNorm(6, 5), Conv2d(4, 3), LayerNorm(3) with { HasWeight = false, HasBias = false });
            yield return Network($"Residual{width}", [width], loss, Residual(Block("Body", LayerNorm(), Linear(width), relu, Linear(width))), Residual(Block("Last", LayerNorm(), Activation(ActivationKind.Tanh))));
            yield return Network($"Branches{width}", [width, 3, 4], loss, Concat(Block("Normal", LayerNorm(), Conv2d(16, 1)), Block("Other", Conv2d(width, 1), LayerNorm(3, 4))), new FlattenOp(null), LayerNorm() with { Eps = 0.1 });
            yield return Network($"First{width}", [width, 5], loss, LayerNorm(5), Conv1d(3, 2), new FlattenOp(null), LayerNorm());
        }
    }

    /// <summary>The same places for RMSNorm, and beside the other normalisations.</summary>
    public static IEnumerable<NetworkDeclaration> OfRootMeanSquares()
    {
        LossOp loss = Loss(ElementwiseLossKind.MSE);
        ActivationOp relu = Activation(ActivationKind.ReLU);
        foreach (int width in new[] { 3, 16, 21 })
        {
            yield return Network($"RootRows{width}", [7], loss, Linear(width), RMSNorm(), Activation(ActivationKind.GELU), Linear(5), RMSNorm(5) with { HasWeight = false });
            yield return Network($"RootPictures{width}", [2, 6, 5], loss, Conv2d(width, 3, padding: 1), RMSNorm(width, 6, 5), relu, Conv2d(width, 3, padding: 1), RMSNorm(6, 5), Conv2d(4, 3), RMSNorm(3) with { HasWeight = false });
            yield return Network($"RootResidual{width}", [width], loss, Residual(Block("Body", RMSNorm(), Linear(width), relu, Linear(width))), Residual(Block("Last", RMSNorm(), Activation(ActivationKind.Tanh))));
            yield return Network($"RootBranches{width}", [width, 3, 4], loss, Concat(Block("Normal", RMSNorm(), Conv2d(16, 1)), Block("Other", Conv2d(width, 1), RMSNorm(3, 4))), new FlattenOp(null), RMSNorm() with { Eps = 0.1 });
            yield return Network($"RootFirst{width}", [width, 5], loss, RMSNorm(5), Conv1d(3, 2), LayerNorm(), new FlattenOp(null), RMSNorm());
        }
    }

    /// <summary>Where it stands among others: behind rows and pictures of every order and width, first, last, in branches, twice, in front of what reads borders.</summary>
    public static IEnumerable<(NetworkDeclaration Declaration, int Batch)> OfBatches()
    {
        LossOp loss = Loss(ElementwiseLossKind.MSE);
        ActivationOp relu = Activation(ActivationKind.ReLU);
        ActivationOp gelu = Activation(ActivationKind.GELU), tanh = Activation(ActivationKind.Tanh);
        foreach ((int width, int batch) in new[] { (1, 4), (3, 7), (16, 65), (21, 2), (40, 5) })
        {
            yield return Of(batch, $"Rows{width}", [7], loss, Linear(width, bias: false), BatchNorm1d(), gelu, Linear(5, bias: false), BatchNorm1d() with { Affine = false });
            yield return Of(batch, $"Pictures{width}", [2, 6, 5], loss,
                Conv2d(width, 3, padding: 1, bias: false), BatchNorm2d(), relu, Conv2d(width, 3, padding: 1, groups: width, bias: false), BatchNorm2d() with { Eps = 0.01 }, tanh, Conv2d(4, 3, bias: false), BatchNorm2d());
            yield return Of(batch, $"Residual{width}", [width, 4, 4], loss,
                Residual(Block("Body", Conv2d(width, 3, padding: 1, bias: false), BatchNorm2d(), relu, Conv2d(width, 1, bias: false), BatchNorm2d())), relu,
                Residual(Block("Before", BatchNorm2d(), gelu, Conv2d(width, 3, padding: 1))), Residual(Block("Only", BatchNorm2d())));
            yield return Of(batch, $"Branches{width}", [width, 3, 4], loss,
                Concat(Block("Normal", BatchNorm2d(), Conv2d(16, 1)), Block("Other", Conv2d(width, 1, bias: false), BatchNorm2d(), relu), Block("Third", BatchNorm2d())),
                new FlattenOp(null), BatchNorm1d() with { Momentum = 0.3 });
            yield return Of(batch, $"First{width}", [width, 5], new CrossEntropyLossOp(),
                BatchNorm1d() with { Momentum = double.NaN }, Conv1d(3, 2, bias: false), BatchNorm1d(), new FlattenOp(null), BatchNorm1d(), BatchNorm1d(), Activation(ActivationKind.Sigmoid), Linear(3));
            yield return Of(batch, $"AfterRows{width}", [width, 3, 4], loss, LayerNorm(), BatchNorm2d(), Conv2d(5, 3, padding: 1), LayerNorm(3, 4), BatchNorm2d(), relu);
        }
    }

    private static (NetworkDeclaration Declaration, int Batch) Of(int batch, string name, int[] input, LossOp loss, params LayerOp[] layers) => (Network(name, input, loss, layers), batch);
}
