namespace NetGen;

/// <summary>
/// An update rule. A training step calls it behind the backward pass. <see cref="Optimizer"/> is the base of those that there are; a rule of one's own
/// works on <see cref="IParameterized.FlatParameters"/> and <see cref="IParameterized.FlatGradients"/>, element by element.
/// </summary>
public interface IOptimizer
{
    /// <summary>Updates the parameters in place from the gradients.</summary>
    /// <param name="model">Parameters, and the gradients of the last backward pass.</param>
    void Step(IParameterized model);
}
