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
