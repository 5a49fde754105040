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

/// <summary>A product with a Toeplitz matrix of 25 by 29 and its transpose.</summary>
[Network(1, 29)]
[Conv1d(1, 5)]
internal sealed partial class Toeplitz;

/// <summary>R11: differences to the pixel below and to the right, a colour at a time.</summary>
[Network(3, 9, 21)]
[Conv2d(6, 3, Padding = 1, Groups = 3, FixedWeight =
[
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0,
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0,
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0,
])]
internal sealed partial class ColourDifferences;

[Network(37), LogSumExp(1)]
internal sealed partial class LogSumExp1;

[Network(37), LogSumExp(4)]
internal sealed partial class LogSumExp4;

[Network(37), LogSumExp(1e4)]
internal sealed partial class LogSumExp10000;

/// <summary>R13: each of these pairs has its dropout in the same place, so under the same mask; a pool of single pixels does nothing.</summary>
[Network(3, 7, 9), Conv2d(20, 3), AvgPool2d(1), Dropout(0.3), ReLU, HalfSquaredErrorLoss]
internal sealed partial class DropoutBeforeReLU;

[Network(3, 7, 9), Conv2d(20, 3), ReLU, Dropout(0.3), AvgPool2d(1), HalfSquaredErrorLoss]
internal sealed partial class DropoutBehindReLU;

[Network(3, 7, 9), Conv2d(20, 3), AvgPool2d(1), Dropout(0.5), LeakyReLU(0.3), HalfSquaredErrorLoss]
internal sealed partial class DropoutBeforeLeakyReLU;

[Network(3, 7, 9), Conv2d(20, 3), LeakyReLU(0.3), Dropout(0.5), AvgPool2d(1), HalfSquaredErrorLoss]
internal sealed partial class DropoutBehindLeakyReLU;

[Network(300), Flatten, Dropout(0.3), LeakyReLU(0.3), HalfSquaredErrorLoss]
internal sealed partial class UnevenDropoutBeforeLeakyReLU;

[Network(300), LeakyReLU(0.3), Dropout(0.3), Flatten, HalfSquaredErrorLoss]
internal sealed partial class UnevenDropoutBehindLeakyReLU;

[Network(300), Flatten, Dropout(0.3), Sigmoid, HalfSquaredErrorLoss]
internal sealed partial class DropoutBeforeSigmoid;

[Network(300), Sigmoid, Dropout(0.3), Flatten, HalfSquaredErrorLoss]
internal sealed partial class DropoutBehindSigmoid;

/// <summary>Few channels at first, so planes, then vectors of channels; padding, strides, groups, pools of both kinds and dropout of a picture.</summary>
[Network(3, 13, 18)]
[Conv2d(6, 3, Padding = 1, Name = "conv1"), LeakyReLU(0.1), Dropout(0.2), MaxPool2d(2, Padding = 1)]
[Conv2d(20, 3, 2, Stride = 2, PaddingHW = [1, 0], Name = "conv2"), GELU, AvgPool2d(2, Stride = 1)]
[Conv2d(40, 3, SamePadding = true, Dilation = 2, Groups = 4, Name = "conv3"), ReLU]
[Flatten, Linear(7, Name = "head")]
[CrossEntropyLoss]
internal sealed partial class OddPictures;

[Network(1, 12, 12)]
[Conv2d(6, 3), ReLU, MaxPool2d(2)]
[Conv2d(16, 3), ReLU, Flatten, Linear(4)]
[CrossEntropyLoss]
internal sealed partial class Quarters;

[Network(16, 3, 4), Conv2d(16, 1), Flatten, Linear(5)]
internal sealed partial class PixelHead;

[Block, Conv2d(5, 1), ReLU]
internal sealed class OddPixels;

[Block, Conv2d(4, 1), Tanh, Dropout(0.2), Conv2d(17, 3, Padding = 1), GELU]
internal sealed class OddBottleneck;

/// <summary>The activation's input is read by the sum too.</summary>
[Block, ReLU, Conv2d(28, 3, Padding = 1, Groups = 2), LeakyReLU(0.1), Conv2d(28, 1)]
internal sealed class OddBody;

[Block, Conv2d(4, 1), ReLU, Conv2d(4, 3, Padding = 1), ReLU, Conv2d(12, 1)]
internal sealed class OddPath;

[Block, Linear(9), Sigmoid]
internal sealed class OddLayer;

/// <summary>Every composition: channels side by side that no vector divides, a residual, paths alike, layers one behind the other.</summary>
[Network(3, 7, 9)]
[Conv2d(6, 3, Padding = 1, Name = "stem"), ReLU]
[Concat<OddPixels, OddBottleneck, NetGen.Identity>(Name = "inception")]
[Residual<OddBody>, ReLU]
[Parallel<OddPath>(3), MaxPool2d(2)]
[Flatten, Linear(9), Repeat<OddLayer>(2)]
[Parallel<OddLayer>(2, Merge = Merge.Concat), Sum<OddLayer, OddLayer>, Linear(7)]
[CrossEntropyLoss]
internal sealed partial class OddGraph;

[Block, Linear(6), Sigmoid]
internal sealed class SixSigmoids;

[Block, Residual<SixSigmoids>]
internal sealed class SixSkipped;

/// <summary>R3, and the same layers without the skips.</summary>
[Network(5), Linear(6), Sigmoid, Repeat<SixSkipped>(4), Linear(1)]
internal sealed partial class SkippedSigmoids;

[Network(5), Linear(6), Sigmoid, Repeat<SixSigmoids>(4), Linear(1)]
internal sealed partial class PlainSigmoids;
