namespace NetGen.References;

#pragma warning disable NG2014, NG2070 // They are small pieces, which nobody trains.

[Block, Linear(6), Sigmoid]
internal sealed class SmallSigmoidLayer;

[Block, Residual<SmallSigmoidLayer>]
internal sealed class SmallResidualLayer;

/// <summary>R3, small: a layer of zeros or a saturated one is put at each depth.</summary>
[Network(5), Linear(6), Sigmoid, Repeat<SmallResidualLayer>(4), Linear(1)]
internal sealed partial class SmallResidualMlp;

/// <summary>The same without the residual connections.</summary>
[Network(5), Linear(6), Sigmoid, Repeat<SmallSigmoidLayer>(4), Linear(1)]
internal sealed partial class SmallPlainMlp;

/// <summary>R9 on smaller pictures.</summary>
[Network(256, 14, 14)]
[Conv2d(128, 1), ReLU]
[Conv2d(128, 3, Padding = 1), ReLU]
[Conv2d(256, 1), ReLU]
[MSELoss]
internal sealed partial class SmallBottleneck;

/// <summary>R10 on smaller pictures.</summary>
[Network(256, 14, 14)]
[Parallel<NarrowPath>(32)]
[MSELoss]
internal sealed partial class SmallSplitTransformMerge;

/// <summary>R12: a β between.</summary>
[Network(37), LogSumExp(4)]
internal sealed partial class SharperMaximum;

/// <summary>R12 behind a linear layer.</summary>
[Network(6)]
[Linear(12), LogSumExp(4)]
[MSELoss]
internal sealed partial class LinearSmoothMaximum;

/// <summary>R13 behind a convolution: a pool of single pixels does nothing.</summary>
[Network(3, 7, 9), Conv2d(20, 3), AvgPool2d(1), Dropout(0.3), ReLU, HalfSquaredErrorLoss]
internal sealed partial class PictureDropoutBeforeReLU;

/// <inheritdoc cref="PictureDropoutBeforeReLU"/>
[Network(3, 7, 9), Conv2d(20, 3), ReLU, Dropout(0.3), AvgPool2d(1), HalfSquaredErrorLoss]
internal sealed partial class PictureDropoutBehindReLU;

/// <inheritdoc cref="PictureDropoutBeforeReLU"/>
[Network(3, 7, 9), Conv2d(20, 3), AvgPool2d(1), Dropout(0.5), LeakyReLU(0.3), HalfSquaredErrorLoss]
internal sealed partial class PictureDropoutBeforeLeakyReLU;

/// <inheritdoc cref="PictureDropoutBeforeReLU"/>
[Network(3, 7, 9), Conv2d(20, 3), LeakyReLU(0.3), Dropout(0.5), AvgPool2d(1), HalfSquaredErrorLoss]
internal sealed partial class PictureDropoutBehindLeakyReLU;

/// <summary>R13 where 1/(1-p) is no power of two.</summary>
[Network(300), Flatten, Dropout(0.3), LeakyReLU(0.3), HalfSquaredErrorLoss]
internal sealed partial class UnevenDropoutBeforeLeakyReLU;

/// <inheritdoc cref="UnevenDropoutBeforeLeakyReLU"/>
[Network(300), LeakyReLU(0.3), Dropout(0.3), Flatten, HalfSquaredErrorLoss]
internal sealed partial class UnevenDropoutBehindLeakyReLU;
