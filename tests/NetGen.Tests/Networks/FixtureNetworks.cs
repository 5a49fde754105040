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

/// <summary>R4: convolutions of one channel along a line, without padding.</summary>
[Network(1, 128)]
[Conv1d(1, 5), Sigmoid]
[Conv1d(1, 5), Sigmoid]
[Conv1d(1, 3), Sigmoid]
[Flatten, Linear(1)]
[MSELoss]
internal sealed partial class Conv1dChain;

[Network(1, 28, 28)]
[Conv2d(6, 5), ReLU, MaxPool2d(2)]
[Conv2d(16, 5), ReLU, MaxPool2d(2)]
[Flatten, Linear(120), ReLU, Linear(84), ReLU, Linear(10)]
[CrossEntropyLoss]
internal sealed partial class LeNet5;

[Network(3, 19, 23)]
[Conv2d(10, 3, Stride = 2, Padding = 1), Tanh, AvgPool2d(2)]
[Conv2d(12, 5, Stride = 2, Padding = 2), Tanh, AdaptiveAvgPool2d(1)]
[Flatten, Linear(5)]
[CrossEntropyLoss]
internal sealed partial class StridedAverages;

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

/// <summary>R9: a 3x3 convolution between two of 1x1.</summary>
[Network(256, 14, 14)]
[Conv2d(128, 1), ReLU]
[Conv2d(128, 3, Padding = 1), ReLU]
[Conv2d(256, 1), ReLU]
[MSELoss]
internal sealed partial class Bottleneck;

[Block, Linear(24), Sigmoid]
internal sealed class SigmoidLayer;

[Block, Residual<SigmoidLayer>]
internal sealed class ResidualLayer;

/// <summary>R3: layers with a skip around each.</summary>
[Network(6)]
[Linear(24), Sigmoid, Repeat<ResidualLayer>(8), Linear(1)]
[MSELoss]
internal sealed partial class ResidualMlp;

[Block, Conv2d(128, 1), ReLU]
internal sealed class Pointwise128;

[Block, Conv2d(64, 1), ReLU]
internal sealed class Pointwise64;

[Block, Conv2d(192, 3, Padding = 1), ReLU]
internal sealed class Wide3x3;

[Block, Conv2d(96, 5, Padding = 2), ReLU]
internal sealed class Wide5x5;

[Block, Repeat<Pointwise64>(1), Repeat<Wide3x3>(1)]
internal sealed class Narrowed3x3;

[Block, Repeat<Pointwise64>(1), Repeat<Wide5x5>(1)]
internal sealed class Narrowed5x5;

/// <summary>R7: three filters side by side.</summary>
[Network(256, 32, 32), Concat<Pointwise128, Wide3x3, Wide5x5>, MSELoss]
internal sealed partial class Inception;

/// <summary>R8: the larger filters behind narrow ones of 1x1, and a fourth branch.</summary>
[Network(256, 32, 32), Concat<Pointwise128, Narrowed3x3, Narrowed5x5, Pointwise64>, MSELoss]
internal sealed partial class NarrowInception;

[Block, Conv2d(4, 1), ReLU, Conv2d(4, 3, Padding = 1), ReLU, Conv2d(256, 1)]
internal sealed class NarrowPath;

/// <summary>R10: split, transform, merge.</summary>
[Network(256, 14, 14), Parallel<NarrowPath>(32), MSELoss]
internal sealed partial class SplitTransformMerge;

/// <summary>R12: a smooth maximum.</summary>
[Network(6)]
[Linear(12), LogSumExp(4)]
[MSELoss]
internal sealed partial class SmoothMaximum;
