namespace NetGen.Tests.Networks;

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

[Network(3, 19, 23)]
[Conv2d(10, 3, Stride = 2, Padding = 1), Tanh, AvgPool2d(2)]
[Conv2d(12, 5, Stride = 2, Padding = 2), Tanh, AdaptiveAvgPool2d(1)]
[Flatten, Linear(5)]
[CrossEntropyLoss]
internal sealed partial class StridedAverages;

[Network(2, 20)]
[Conv1d(6, 3), AdaptiveMaxPool1d(7), Tanh, Conv1d(17, 2), AdaptiveAvgPool1d(4), Conv1d(5, 2), GlobalMaxPool1d]
[Flatten, Linear(3)]
[MSELoss]
internal sealed partial class SequencePools;

[Block, Conv2d(6, 3), AdaptiveMaxPool2d(4, 5), Tanh]
internal sealed class PooledPicture;

/// <summary>In PyTorch <c>nn.Sequential(nn.Sequential(...), ...)</c>.</summary>
[Network(2, 9, 11)]
[Sequential<PooledPicture>, Conv2d(17, 2), GlobalMaxPool2d]
[Flatten, Linear(4)]
[CrossEntropyLoss]
internal sealed partial class PicturePools;
