namespace NetGen.Probe;

/// <summary>Widths that no vector divides; the losses and layers that share lanes.</summary>
[Network(3, 13)]
[ReLU, Dropout(0.1), Flatten]
[Linear(83, Init = Init.KaimingNormal), Tanh]
[Linear(50, Init = Init.XavierUniform), Sigmoid]
[Linear(33, Bias = false), ReLU, Dropout(0.4)]
[Linear(29, Init = Init.Normal, InitScale = 0.2), GELU, Softmax]
[Linear(11)]
[CrossEntropyLoss]
internal sealed partial class Classifier;

/// <summary>The other activations, a narrow end, and sizes small enough to be unrolled.</summary>
[Network(5)]
[Linear(19), GELU(Approximate = GELUApproximation.Tanh)]
[Linear(17), SiLU]
[Linear(6), Softplus(2)]
[Linear(4), ELU(0.5)]
[Linear(4), LeakyReLU(-0.1)]
[Linear(1)]
[HuberLoss]
internal sealed partial class Regression;

/// <summary>A narrow layer, read along its rows, with more inputs than one chunk of a sum.</summary>
[Network(2100)]
[Linear(3), Tanh, Linear(2)]
[BCEWithLogitsLoss]
internal sealed partial class Long;

/// <summary>Panels with more inputs than one chunk.</summary>
[Network(1100)]
[Linear(18), SiLU, Linear(6)]
[HalfSquaredErrorLoss]
internal sealed partial class Wide;

/// <summary>A stride of 1 KiB, which the weight gradient gathers.</summary>
[Network(256)]
[Linear(33), GELU, Linear(5)]
[L1Loss]
internal sealed partial class Gathered;

/// <summary>All unrolled.</summary>
[Network(3)]
[Linear(4), ELU(1), Linear(2)]
[MSELoss]
internal sealed partial class Tiny;
