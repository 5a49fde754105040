namespace NetGen.Tests.Networks;

[Network(9)]
[Linear(33), LayerNorm(33), GELU, Linear(5)]
[MSELoss]
internal sealed partial class LayerNormMlp;

[Network(9)]
[Linear(33), RMSNorm(33), GELU, Linear(5)]
[MSELoss]
internal sealed partial class RMSNormMlp;

[Network(2, 5, 7)]
[Conv2d(6, 3, Padding = 1), LayerNorm(Name = "norm"), ReLU]
[Flatten, Linear(4)]
[CrossEntropyLoss]
internal sealed partial class LayerNormConv;
