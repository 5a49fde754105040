using System;
using System.ComponentModel;
using NetGen.Runtime;

namespace NetGen;

/// <summary>The parameters of one named layer and their gradients.</summary>
public readonly struct LayerParameters
{
    private readonly NetworkState _state;
    private readonly int _first;

    /// <summary>Called by generated code.</summary>
    /// <param name="state">The network's state.</param>
    /// <param name="firstParameter">The place of the weight among the parameters; the bias follows.</param>
    /// <param name="hasBias">Whether there is one.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LayerParameters(NetworkState state, int firstParameter, bool hasBias)
    {
        _state = state;
        _first = firstParameter;
        HasBias = hasBias;
    }

    /// <summary>Whether the layer has a bias.</summary>
    public bool HasBias { get; }

    /// <summary>The weight.</summary>
    public ParameterView Weight => _state.Parameters[_first];

    /// <summary>The bias.</summary>
    /// <exception cref="InvalidOperationException">The layer has none.</exception>
    public ParameterView Bias => _state.Parameters[BiasIndex];

    /// <summary>The gradient of the weight.</summary>
    public ParameterView WeightGradient => _state.Gradients[_first];

    /// <summary>The gradient of the bias.</summary>
    /// <exception cref="InvalidOperationException">The layer has none.</exception>
    public ParameterView BiasGradient => _state.Gradients[BiasIndex];

    private int BiasIndex => HasBias
        ? _first + 1
        : throw new InvalidOperationException($"The layer of {Weight} has no bias.");
}
