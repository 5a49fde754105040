using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace NetGen;

/// <summary>A layer of a network, and what it costs in one sample's forward pass. The layers of blocks stand for themselves, one row for each copy.</summary>
public readonly record struct LayerInfo
{
    /// <summary>Called by generated code.</summary>
    /// <param name="key"><inheritdoc cref="Key" path="/summary/node()"/></param>
    /// <param name="layer"><inheritdoc cref="Layer" path="/summary/node()"/></param>
    /// <param name="parameters"><inheritdoc cref="Parameters" path="/summary/node()"/></param>
    /// <param name="multiplications"><inheritdoc cref="Multiplications" path="/summary/node()"/></param>
    /// <param name="additions"><inheritdoc cref="Additions" path="/summary/node()"/></param>
    /// <param name="activationEvaluations"><inheritdoc cref="ActivationEvaluations" path="/summary/node()"/></param>
    /// <param name="outputShape"><inheritdoc cref="OutputShape" path="/summary/node()"/></param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LayerInfo(string key, string layer, int parameters, long multiplications, long additions, long activationEvaluations, params int[] outputShape)
    {
        Key = key;
        Layer = layer;
        OutputShape = ImmutableCollectionsMarshal.AsImmutableArray(outputShape);
        Parameters = parameters;
        Multiplications = multiplications;
        Additions = additions;
        ActivationEvaluations = activationEvaluations;
    }

    /// <summary>The prefix of its parameters' names: its own name or its position, behind those of the compositions around it.</summary>
    public string Key { get; }

    /// <summary>The layer as it is declared: <c>Conv2d(96, 3, Padding = 1)</c>. A sum or concatenation of branches is a row with its composition: <c>Residual&lt;Body&gt;</c>.</summary>
    public string Layer { get; }

    /// <summary>The shape of a sample behind it.</summary>
    public ImmutableArray<int> OutputShape { get; }

    /// <summary>Trainable parameters.</summary>
    public int Parameters { get; }

    /// <summary>Multiplications of a convolution, a linear layer or a normalisation.</summary>
    public long Multiplications { get; }

    /// <summary>Additions of a convolution or a linear layer, one a product because a sum starts from the bias; of a sum of branches, or of a normalisation.</summary>
    public long Additions { get; }

    /// <summary>Evaluations of an activation function, or of softmax.</summary>
    public long ActivationEvaluations { get; }
}
