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

/// <summary>A reduction longer than one chunk, in the forward and in the weight gradient.</summary>
[Network(2100)]
[Linear(3), Tanh, Linear(2)]
[BCEWithLogitsLoss]
internal sealed partial class Long;
