namespace NetGen.Tests.Training.Checkpoints;

/// <summary>The network of the checkpoints that PyTorch made.</summary>
[Network(5)]
[Linear(7), BatchNorm1d, Tanh, Linear(3)]
[MSELoss]
internal sealed partial class Normalized;

/// <summary>All that a resumed training restores: parameters, running statistics and dropout masks.</summary>
[Network(4)]
[Linear(9, Name = "hidden"), BatchNorm1d(Name = "norm"), ReLU, Dropout(0.5), Linear(3, Name = "head")]
[MSELoss]
internal sealed partial class Dropping;

/// <summary>The parameters of <see cref="Dropping"/> behind another function.</summary>
[Network(4)]
[Linear(9, Name = "hidden"), BatchNorm1d(Name = "norm"), Tanh, Dropout(0.5), Linear(3, Name = "head")]
[MSELoss]
internal sealed partial class OtherFunction;

/// <summary>The smallest file.</summary>
[Network(2)]
[Linear(1, Name = "a")]
[MSELoss]
internal sealed partial class Tiny;

/// <summary>More than a few pages of memory.</summary>
[Network(64)]
[Linear(64, Name = "a")]
internal sealed partial class Large;
