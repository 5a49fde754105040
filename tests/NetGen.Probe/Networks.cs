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
[Linear(4), Exp]
[Linear(1)]
[HuberLoss]
internal sealed partial class Regression;

/// <summary>A narrow layer, read along its rows, with more inputs than one chunk of a sum.</summary>
[Network(2100)]
[Linear(3), Tanh, Linear(2)]
[BCEWithLogitsLoss]
internal sealed partial class Long;

/// <summary>Panels with more inputs than one chunk.</summary>
[Network(1100)]
[Linear(18), SiLU, Linear(6)]
[HalfSquaredErrorLoss]
internal sealed partial class Wide;

/// <summary>A stride of 1 KiB, which the weight gradient gathers.</summary>
[Network(256)]
[Linear(33), GELU, Linear(5)]
[L1Loss]
internal sealed partial class Gathered;

/// <summary>All unrolled.</summary>
[Network(3)]
[Linear(4), ELU(1), Linear(2)]
[MSELoss]
internal sealed partial class Tiny;

/// <summary>Planes: few channels, rows of pixels that no vector divides; padding, a stride, groups, a fixed filter, dropout of a picture.</summary>
[Network(3, 11, 21)]
[Conv2d(6, 3, Padding = 1, Groups = 3, FixedWeight =
[
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0,
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 0.3, 0, 0, 0,
    0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0.7, -1, 1, 0, 0, 0,
])]
[Conv2d(6, 5, Padding = 2), Tanh, Dropout(0.3), MaxPool2d(3, Stride = 2, Padding = 1)]
[Conv2d(4, 3, Stride = 2, Groups = 2, Padding = 1, Init = Init.KaimingNormal), GELU, AvgPool2d(2, Stride = 1, Padding = 1)]
[Flatten, Linear(5)]
[HuberLoss]
internal sealed partial class Planes;

/// <summary>Vectors of channels: depthwise, groups, strides and dilations, partial panels.</summary>
[Network(2, 12, 13)]
[Conv2d(36, 3, Padding = 1), SiLU, MaxPool2d(2)]
[Conv2d(36, 3, Padding = 1, Groups = 36), LeakyReLU(0.1), Dropout(0.4)]
[Conv2d(32, 2, 3, Stride = 2, Padding = 1), ReLU]
[Conv2d(48, 3, SamePadding = true, Dilation = 2, Groups = 2), Softmax, AdaptiveAvgPool2d(2)]
[Flatten, Linear(9), LogSumExp(3)]
[MSELoss]
internal sealed partial class Pixels;

/// <summary>A line with more terms than one chunk in the forward sums of both orders and in the weight gradients.</summary>
[Network(260, 30)]
[Conv1d(17, 9, Padding = 4), Sigmoid]
[Conv1d(3, 3), Sigmoid]
[MSELoss]
internal sealed partial class Line;

[Block, Conv2d(5, 1), ReLU]
internal sealed class OddPixels;

[Block, Conv2d(20, 3, Padding = 1), GELU, Dropout(0.2)]
internal sealed class WidePixels;

[Block, Tanh, Conv2d(28, 3, Padding = 1, Groups = 2), SiLU, Conv2d(28, 1)]
internal sealed class Body;

[Block, Conv2d(4, 1), ReLU, Conv2d(4, 3, Padding = 1), ReLU, Conv2d(16, 1)]
internal sealed class NarrowPath;

/// <summary>Pictures: branches side by side, of unlike widths, a residual, paths alike.</summary>
[Network(3, 7, 9)]
[Concat<OddPixels, WidePixels, Identity>, Residual<Body>, ReLU, Parallel<NarrowPath>(3), MaxPool2d(3, Stride = 2)]
[Flatten, Linear(5)]
[HuberLoss]
internal sealed partial class Branches;

[Block, Linear(19), Sigmoid]
internal sealed class Layer;

[Block, Residual<Layer>]
internal sealed class Skipped;

/// <summary>Flat values: residuals whose stores add, and branches of features.</summary>
[Network(11)]
[Linear(19), Repeat<Skipped>(3), Parallel<Layer>(2, Merge = Merge.Concat), Sum<Layer, Layer, Layer>, Concat<Identity, Layer>, Linear(3)]
[MSELoss]
internal sealed partial class Skips;

[Block, Conv2d(20, 3, Padding = 1, Bias = false), BatchNorm2d, SiLU, Conv2d(20, 1, Bias = false), BatchNorm2d]
internal sealed class Normal;

/// <summary>Normalisations over samples and pixels in planes, pixels and rows, apart and in the stores of convolutions, and over features of a sample.</summary>
[Network(3, 7, 9)]
[BatchNorm2d(Affine = false), Conv2d(6, 3, Bias = false), BatchNorm2d(Momentum = 0.3), Tanh]
[Conv2d(20, 1), Residual<Normal>, ReLU, LayerNorm(5, 7)]
[Flatten, Linear(21, Bias = false), BatchNorm1d(Momentum = double.NaN), GELU, LayerNorm, Linear(5)]
[HuberLoss]
internal sealed partial class Normalized;
