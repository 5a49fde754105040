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
