namespace NetGen.References;

#pragma warning disable NG2070 // Its vanishing gradient is what it shows.
/// <summary>R1: six linear layers with sigmoids between, small enough to differentiate by hand.</summary>
[Network(4)]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(1)]
[HalfSquaredErrorLoss]
internal sealed partial class SigmoidMlp;
#pragma warning restore NG2070

/// <summary>R2: a function of a scalar as a sum of sigmoids.</summary>
[Network(1)]
[Linear(64), Sigmoid]
[Linear(1)]
[MSELoss]
internal sealed partial class TwoLayerScalar;

/// <summary>σ(A y + b).</summary>
[Block, Linear(24), Sigmoid]
internal sealed class SigmoidLayer;

/// <summary>σ(A y + b) + y.</summary>
[Block, Residual<SigmoidLayer>]
internal sealed class ResidualLayer;

/// <summary>R3: ten layers, eight of them residual.</summary>
[Network(6)]
[Linear(24), Sigmoid]
[Repeat<ResidualLayer>(8)]
[Linear(1)]
[MSELoss]
internal sealed partial class ResidualMlp;

#pragma warning disable NG2070 // That the residual connections are missed is what it shows.
/// <summary>R3 without the residual connections.</summary>
[Network(6)]
[Linear(24), Sigmoid]
[Repeat<SigmoidLayer>(8)]
[Linear(1)]
[MSELoss]
internal sealed partial class PlainMlp;
#pragma warning restore NG2070

/// <summary>R4: convolutions of one channel along a line, without padding.</summary>
[Network(1, 128)]
[Conv1d(1, 5), Sigmoid]
[Conv1d(1, 5), Sigmoid]
[Conv1d(1, 3), Sigmoid]
[Flatten, Linear(1)]
[MSELoss]
internal sealed partial class Conv1dChain;

/// <summary>R4: one layer of the chain without its sigmoid, a product with a Toeplitz matrix of 25 by 29.</summary>
[Network(1, 29)]
[Conv1d(1, 5)]
internal sealed partial class Toeplitz;

/// <summary>R5: AlexNet, modified for digits.</summary>
[Network(1, 28, 28)]
[Conv2d(96, 4), ReLU]
[Conv2d(96, 3), ReLU]
[Conv2d(256, 5, Padding = 2), ReLU, MaxPool2d(3, Stride = 2)]
[Conv2d(384, 3, Padding = 1), ReLU]
[Conv2d(384, 3, Padding = 1), ReLU]
[Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(3, Stride = 2)]
[Flatten, Dropout(0.5), Linear(800), ReLU, Linear(10)]
[CrossEntropyLoss]
internal sealed partial class MnistAlexNet;

/// <summary>R6: AlexNet as torchvision has it; its adaptive pool to 6x6 does nothing at this size.</summary>
[Network(3, 224, 224)]
[Conv2d(64, 11, Stride = 4, Padding = 2), ReLU, MaxPool2d(3, Stride = 2)]
[Conv2d(192, 5, Padding = 2), ReLU, MaxPool2d(3, Stride = 2)]
[Conv2d(384, 3, Padding = 1), ReLU]
[Conv2d(256, 3, Padding = 1), ReLU]
[Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(3, Stride = 2)]
[Flatten, Dropout(0.5), Linear(4096), ReLU, Dropout(0.5), Linear(4096), ReLU, Linear(1000)]
[CrossEntropyLoss]
internal sealed partial class AlexNet;

[Block, Conv2d(128, 1), ReLU]
internal sealed class Branch1x1;

[Block, Conv2d(192, 3, Padding = 1), ReLU]
internal sealed class Branch3x3;

[Block, Conv2d(96, 5, Padding = 2), ReLU]
internal sealed class Branch5x5;

/// <summary>R7: the naive Inception module.</summary>
[Network(256, 32, 32)]
[Concat<Branch1x1, Branch3x3, Branch5x5>]
[MSELoss]
internal sealed partial class Inception;

[Block, Conv2d(64, 1), ReLU, Conv2d(192, 3, Padding = 1), ReLU]
internal sealed class Reduced3x3;

[Block, Conv2d(64, 1), ReLU, Conv2d(96, 5, Padding = 2), ReLU]
internal sealed class Reduced5x5;

[Block, Conv2d(64, 1), ReLU]
internal sealed class Narrow1x1;

/// <summary>R8: the Inception module with 1x1 convolutions before the larger ones, and a fourth branch.</summary>
[Network(256, 32, 32)]
[Concat<Branch1x1, Reduced3x3, Reduced5x5, Narrow1x1>]
[MSELoss]
internal sealed partial class BottleneckInception;

/// <summary>R9: a 3x3 convolution between two of 1x1 that spare it half of the channels.</summary>
[Network(256, 32, 32)]
[Conv2d(128, 1), ReLU]
[Conv2d(128, 3, Padding = 1), ReLU]
[Conv2d(256, 1), ReLU]
[MSELoss]
internal sealed partial class Bottleneck;

/// <summary>A path of R10.</summary>
[Block, Conv2d(4, 1), ReLU, Conv2d(4, 3, Padding = 1), ReLU, Conv2d(256, 1)]
internal sealed class NarrowPath;

/// <summary>R10: split, transform, merge.</summary>
[Network(256, 32, 32)]
[Parallel<NarrowPath>(32)]
[MSELoss]
internal sealed partial class SplitTransformMerge;

/// <summary>R11: differences to the pixel below and to the right, a colour at a time.</summary>
[Network(3, 9, 21)]
[Conv2d(6, 3, Padding = 1, Groups = 3, FixedWeight =
[
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0,
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0,
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0,
])]
internal sealed partial class ColourDifferences;

/// <summary>R12: log-sum-exp, a smooth maximum; no vector divides the number of its inputs.</summary>
[Network(37), LogSumExp]
internal sealed partial class SmoothMaximum;

/// <summary>R12: so large a β that the maximum is hardly smooth any more.</summary>
[Network(37), LogSumExp(1e4)]
internal sealed partial class SharpMaximum;

/// <summary>R12: softmax as a layer.</summary>
[Network(37), Softmax]
internal sealed partial class SoftmaxAlone;

/// <summary>R12: softmax inside cross-entropy, of which the input is the logits.</summary>
[Network(37), Flatten, CrossEntropyLoss]
internal sealed partial class CrossEntropyAlone;

#pragma warning disable NG2014 // They show what dropout does beside an activation, and nothing else.
/// <summary>R13: in each of the pairs dropout is layer 1, so under the same mask; Flatten does nothing.</summary>
[Network(300), Flatten, Dropout(0.3), ReLU, HalfSquaredErrorLoss]
internal sealed partial class DropoutBeforeReLU;

/// <inheritdoc cref="DropoutBeforeReLU"/>
[Network(300), ReLU, Dropout(0.3), Flatten, HalfSquaredErrorLoss]
internal sealed partial class DropoutBehindReLU;

/// <inheritdoc cref="DropoutBeforeReLU"/>
[Network(300), Flatten, Dropout(0.5), LeakyReLU(0.3), HalfSquaredErrorLoss]
internal sealed partial class DropoutBeforeLeakyReLU;

/// <inheritdoc cref="DropoutBeforeReLU"/>
[Network(300), LeakyReLU(0.3), Dropout(0.5), Flatten, HalfSquaredErrorLoss]
internal sealed partial class DropoutBehindLeakyReLU;

#pragma warning disable NG2045 // It shows what dropout does there.
/// <inheritdoc cref="DropoutBeforeReLU"/>
[Network(300), Flatten, Dropout(0.3), Sigmoid, HalfSquaredErrorLoss]
internal sealed partial class DropoutBeforeSigmoid;
#pragma warning restore NG2045

/// <inheritdoc cref="DropoutBeforeReLU"/>
[Network(300), Sigmoid, Dropout(0.3), Flatten, HalfSquaredErrorLoss]
internal sealed partial class DropoutBehindSigmoid;
#pragma warning restore NG2014

/// <summary>A digit classifier with one hidden layer.</summary>
[Network(784)]
[Linear(128), ReLU]
[Linear(10)]
[CrossEntropyLoss]
internal sealed partial class MnistMlp;

/// <summary>LeCun's digit classifier with today's activations and pools.</summary>
[Network(1, 28, 28)]
[Conv2d(6, 5), ReLU, MaxPool2d(2)]
[Conv2d(16, 5), ReLU, MaxPool2d(2)]
[Flatten, Linear(120), ReLU, Linear(84), ReLU, Linear(10)]
[CrossEntropyLoss]
internal sealed partial class LeNet5;
