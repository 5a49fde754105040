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

    /// <summary>
    /// Whether it never updates a parameter. A training step does not compute the gradients of such parameters, nor what only they need, unless a kernel computes them together with others; it asks once
    /// for each optimizer, at its first step with a network.
    /// </summary>
    /// <param name="parameter">A parameter of the network.</param>
    bool IsFrozen(ParameterView parameter) => false;
}
