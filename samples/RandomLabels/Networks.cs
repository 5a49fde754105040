namespace NetGen.Samples.RandomLabels;

/// <summary>AlexNet, modified for digits: 8,925,738 parameters.</summary>
[Network(1, 28, 28)]
[Conv2d(96, 4), ReLU]
[Conv2d(96, 3), ReLU]
[Conv2d(256, 5, Padding = 2), ReLU, MaxPool2d(3, Stride = 2)]
[Conv2d(384, 3, Padding = 1), ReLU]
[Conv2d(384, 3, Padding = 1), ReLU]
[Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(3, Stride = 2)]
[Flatten, Dropout(0.5), Linear(800), ReLU, Linear(10)]
[CrossEntropyLoss]
internal sealed partial class DigitAlexNet;

/// <summary>The same with a twelfth to a sixteenth of the channels, and with weights that keep the signal: at PyTorch's initialisation this depth needs hundreds of steps before its loss moves.</summary>
[Network(1, 28, 28)]
[Conv2d(8, 4, Init = Init.KaimingNormal), ReLU]
[Conv2d(8, 3, Init = Init.KaimingNormal), ReLU]
[Conv2d(16, 5, Padding = 2, Init = Init.KaimingNormal), ReLU, MaxPool2d(3, Stride = 2)]
[Conv2d(32, 3, Padding = 1, Init = Init.KaimingNormal), ReLU]
[Conv2d(32, 3, Padding = 1, Init = Init.KaimingNormal), ReLU]
[Conv2d(16, 3, Padding = 1, Init = Init.KaimingNormal), ReLU, MaxPool2d(3, Stride = 2)]
[Flatten, Dropout(0.5), Linear(100, Init = Init.KaimingNormal), ReLU, Linear(10)]
[CrossEntropyLoss]
internal sealed partial class NarrowDigitAlexNet;
