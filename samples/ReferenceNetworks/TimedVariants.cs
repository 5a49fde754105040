namespace NetGen.References;

[Block, Linear(64), Sigmoid]
internal sealed class WideSigmoidLayer;

[Block, Residual<WideSigmoidLayer>]
internal sealed class WideResidualLayer;

/// <summary>R3 with 64 features, for timing.</summary>
[Network(64)]
[Linear(64), Sigmoid]
[Repeat<WideResidualLayer>(8)]
[Linear(1)]
[MSELoss]
internal sealed partial class WideResidualMlp;

/// <summary>R4 with filters of one length, for timing.</summary>
[Network(1, 128)]
[Conv1d(1, 5), Sigmoid]
[Conv1d(1, 5), Sigmoid]
[Conv1d(1, 5), Sigmoid]
[Flatten, Linear(1)]
[MSELoss]
internal sealed partial class EvenConv1dChain;
