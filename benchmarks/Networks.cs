namespace NetGen.Benchmarks;

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

/// <summary>A policy of reinforcement learning, from eight observations to four actions.</summary>
[Network(8)]
[Linear(64), Tanh]
[Linear(64), Tanh]
[Linear(4)]
[CrossEntropyLoss]
internal sealed partial class Actor;

/// <summary>The value of eight observations.</summary>
[Network(8)]
[Linear(64), Tanh]
[Linear(64), Tanh]
[Linear(1)]
[MSELoss]
internal sealed partial class Critic;
