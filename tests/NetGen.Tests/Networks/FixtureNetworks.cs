namespace NetGen.Tests.Networks;

/// <summary>R1: six layers, sigmoids between them.</summary>
[Network(4)]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(1)]
[HalfSquaredErrorLoss]
internal sealed partial class HomeworkMlp;

/// <summary>R2: a sum of sigmoids of a scalar.</summary>
[Network(1)]
[Linear(64), Sigmoid, Linear(1)]
[MSELoss]
internal sealed partial class TwoLayerScalar;

[Network(784)]
[Linear(128), ReLU, Linear(10)]
[CrossEntropyLoss]
internal sealed partial class MnistMlp;

[Network(9)]
[Linear(33), LeakyReLU]
[Linear(31), Tanh]
[Linear(17), Sigmoid]
[Linear(19), GELU]
[Linear(13), SiLU]
[Linear(11), Softplus]
[Linear(7), ELU]
[Linear(3)]
[MSELoss]
internal sealed partial class EveryActivation;

[Network(6)]
[Linear(10), Tanh, Linear(4)]
[BCEWithLogitsLoss]
internal sealed partial class BinaryClassifier;

[Network(6)]
[Linear(10), Tanh, Linear(4)]
[HuberLoss]
internal sealed partial class HuberRegression;

[Network(6)]
[Linear(10), Tanh, Linear(4)]
[L1Loss]
internal sealed partial class AbsoluteRegression;

/// <summary>The network of the optimizers' fixture.</summary>
[Network(5)]
[Linear(7), Tanh, Linear(3)]
[MSELoss]
internal sealed partial class SmallRegression;
