namespace NetGen.Training;

/// <summary>How far a layer's outputs spread when a training begins.</summary>
/// <param name="Layer">The layer's key; of layers that are computed as one <c>first to last</c>.</param>
/// <param name="Predicted">The standard deviation that the build predicts for inputs of mean 0 and deviation 1; not a number where it predicts none.</param>
/// <param name="Measured">The standard deviation over all outputs of the first batch.</param>
public readonly record struct LayerSignal(string Layer, double Predicted, double Measured);
