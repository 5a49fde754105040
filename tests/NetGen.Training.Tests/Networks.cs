namespace NetGen.Tests.Training;

/// <summary>The network of the optimizers' fixtures.</summary>
[Network(5)]
[Linear(7), Tanh, Linear(3)]
[MSELoss]
internal sealed partial class SmallRegression;

/// <summary>f(x) = Σ u σ(a x + b): R2 of the reference.</summary>
[Network(1)]
[Linear(6, Name = "hidden"), Sigmoid, Linear(1, Name = "out")]
[MSELoss]
internal sealed partial class TwoLayer;

/// <summary>Parameters of all kinds.</summary>
[Network(2, 6, 6)]
[Conv2d(5, 3, Name = "conv"), BatchNorm2d(Name = "norm"), ReLU, LayerNorm(Name = "layerNorm"), Flatten, Linear(4, Name = "head")]
[MSELoss]
internal sealed partial class AllKinds;

[Block, Conv2d(16, 1, Name = "narrow"), ReLU, Conv2d(4, 3, Padding = 1)]
internal sealed class NarrowBranch;

[Block, Conv2d(32, 1, Name = "wide"), Tanh, Conv2d(4, 1)]
internal sealed class WideBranch;

/// <summary>Branches whose first convolutions are computed as one, so that their weights lie in one matrix.</summary>
[Network(3, 5, 5)]
[Concat<NarrowBranch, WideBranch>(Name = "module"), Flatten, Linear(3, Name = "head")]
[MSELoss]
internal sealed partial class Merged;
