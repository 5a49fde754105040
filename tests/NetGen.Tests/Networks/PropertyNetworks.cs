namespace NetGen.Tests.Networks;

/// <summary>Odd widths, every kind of step; larger than what is unrolled.</summary>
[Network(37)]
[Linear(83, Name = "fc1"), GELU, Dropout(0.25)]
[Linear(50, Name = "fc2"), Tanh, Softmax]
[Linear(7, Name = "fc3")]
[CrossEntropyLoss]
internal sealed partial class OddClassifier;

/// <summary>A whole-unrolled size, with values as targets.</summary>
[Network(3)]
[Linear(5), ReLU, Linear(2)]
[MSELoss]
internal sealed partial class TinyRegression;

/// <summary>Padding of every kind around layers that multiply it.</summary>
[Network(21)]
[LeakyReLU(-0.2), Linear(48, Bias = false), ReLU, ReLU, Linear(8), Tanh, Dropout(0.4)]
[MSELoss]
internal sealed partial class PaddedDropout;

/// <summary>One dropout alone, so that its mask can be read off the gradient of the input.</summary>
[Network(70)]
[Dropout(0.3), ReLU, Dropout(0.3)]
[HalfSquaredErrorLoss]
internal sealed partial class DropoutOnly;
