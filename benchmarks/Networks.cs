namespace NetGen.Benchmarks;

/// <summary>Six linear layers with sigmoids between, so small that every overhead shows.</summary>
[Network(4)]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(4), Sigmoid]
[Linear(1)]
[HalfSquaredErrorLoss]
internal sealed partial class SigmoidMlp;

/// <summary>A scalar function as a sum of 64 sigmoids.</summary>
[Network(1)]
[Linear(64), Sigmoid]
[Linear(1)]
[MSELoss]
internal sealed partial class TwoLayerScalar;

/// <summary>A digit classifier with one hidden layer.</summary>
[Network(784)]
[Linear(128), ReLU]
[Linear(10)]
[CrossEntropyLoss]
internal sealed partial class MnistMlp;

/// <summary>A digit classifier with two hidden layers.</summary>
[Network(784)]
[Linear(256), ReLU]
[Linear(128), ReLU]
[Linear(10)]
[CrossEntropyLoss]
internal sealed partial class DeepMnistMlp;

/// <summary>One large matrix, for the kernels' share of the machine's peak.</summary>
[Network(1024)]
[Linear(1024)]
[MSELoss]
internal sealed partial class Linear1024;

/// <summary>Three convolutions of one channel along a line.</summary>
[Network(1, 128)]
[Conv1d(1, 5), Sigmoid]
[Conv1d(1, 5), Sigmoid]
[Conv1d(1, 5), Sigmoid]
[Flatten, Linear(1)]
[MSELoss]
internal sealed partial class Conv1dChain;

/// <summary>LeCun's digit classifier with today's activations and pools.</summary>
[Network(1, 28, 28)]
[Conv2d(6, 5), ReLU, MaxPool2d(2)]
[Conv2d(16, 5), ReLU, MaxPool2d(2)]
[Flatten, Linear(120), ReLU, Linear(84), ReLU, Linear(10)]
[CrossEntropyLoss]
internal sealed partial class LeNet5;

/// <summary>A 3x3 convolution between two of 1x1 that spare it half of the channels.</summary>
[Network(256, 32, 32)]
[Conv2d(128, 1), ReLU]
[Conv2d(128, 3, Padding = 1), ReLU]
[Conv2d(256, 1), ReLU]
[MSELoss]
internal sealed partial class Bottleneck;

[Block, Linear(64), Sigmoid]
internal sealed class SigmoidLayer;

[Block, Residual<SigmoidLayer>]
internal sealed class ResidualLayer;

/// <summary>Ten layers, eight of them residual.</summary>
[Network(64)]
[Linear(64), Sigmoid]
[Repeat<ResidualLayer>(8)]
[Linear(1)]
[MSELoss]
internal sealed partial class ResidualMlp;

[Block, Conv2d(4, 1), ReLU, Conv2d(4, 3, Padding = 1), ReLU, Conv2d(256, 1)]
internal sealed class NarrowPath;

/// <summary>Split, transform, merge: 32 narrow paths, summed.</summary>
[Network(256, 32, 32)]
[Parallel<NarrowPath>(32)]
[MSELoss]
internal sealed partial class SplitTransformMerge;

[Block, Conv2d(128, 1), ReLU]
internal sealed class Branch1x1;

[Block, Conv2d(192, 3, Padding = 1), ReLU]
internal sealed class Branch3x3;

[Block, Conv2d(96, 5, Padding = 2), ReLU]
internal sealed class Branch5x5;

/// <summary>The naive Inception module.</summary>
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

/// <summary>The Inception module with 1x1 convolutions before the larger ones, and a fourth branch.</summary>
[Network(256, 32, 32)]
[Concat<Branch1x1, Reduced3x3, Reduced5x5, Narrow1x1>]
[MSELoss]
internal sealed partial class BottleneckInception;

/// <summary>AlexNet, modified for digits.</summary>
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

/// <summary>AlexNet as torchvision has it; its adaptive pool to 6x6 does nothing at this size.</summary>
[Network(3, 224, 224)]
[Conv2d(64, 11, Stride = 4, Padding = 2), ReLU, MaxPool2d(3, Stride = 2)]
[Conv2d(192, 5, Padding = 2), ReLU, MaxPool2d(3, Stride = 2)]
[Conv2d(384, 3, Padding = 1), ReLU]
[Conv2d(256, 3, Padding = 1), ReLU]
[Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(3, Stride = 2)]
[Flatten, Dropout(0.5), Linear(4096), ReLU, Dropout(0.5), Linear(4096), ReLU, Linear(1000)]
[CrossEntropyLoss]
internal sealed partial class AlexNet;
