using System;
using System.IO.Enumeration;
using System.Linq;

namespace NetGen;

/// <summary>What a parameter is in its layer.</summary>
[Flags]
public enum ParameterKinds
{
    /// <summary>The weight of a linear layer or a convolution.</summary>
    Weight = 1,

    /// <summary>A bias, of a normalisation too.</summary>
    Bias = 2,

    /// <summary>The weight of a normalisation, one number a channel or feature.</summary>
    NormWeight = 4,
}

/// <summary>
/// Parameters that an optimizer treats in their own way, as a parameter group of <c>torch.optim</c>. They are chosen by name or by kind; a parameter belongs to the first group
/// of <see cref="Optimizer.Groups"/> that has it, and one of no group has the optimizer's own settings.
/// </summary>
public sealed class ParameterGroup
{
    private readonly string[] _patterns = [];
    private readonly ParameterKinds _kinds;

    /// <summary>Parameters by name.</summary>
    /// <param name="patterns">Names, in which <c>*</c> stands for any letters and <c>?</c> for one: <c>features.*</c>, <c>*.bias</c>.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public ParameterGroup(params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        if (patterns.Length == 0)
            throw new ArgumentException("Expected at least one name or pattern, such as \"features.*\".", nameof(patterns));
        _patterns = [.. patterns];
    }

    /// <summary>Parameters by what they are.</summary>
    /// <param name="kinds">The kinds.</param>
    public ParameterGroup(ParameterKinds kinds) => _kinds = kinds;

    /// <summary>The weight decay; null for the optimizer's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not finite.</exception>
    public double? WeightDecay
    {
        get;
        init => field = value is { } decay ? Optimizer.NonNegative(decay, nameof(value)) : null;
    }

    /// <summary>What the optimizer's learning rate, which a schedule may change, is multiplied by.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not finite.</exception>
    public double LearningRateFactor
    {
        get;
        init => field = Optimizer.NonNegative(value, nameof(value));
    } = 1;

    /// <summary>
    /// Whether the parameters stay as they are: no update, no state, no share of a clipped norm. Training steps do not compute their gradients, which are 0 (<c>requires_grad = False</c>);
    /// only a kernel that computes them together with others, a normalisation's weight and bias or merged layers, does so as long as one of them is not frozen.
    /// </summary>
    public bool IsFrozen { get; init; }

    /// <summary>Whether a parameter is in it.</summary>
    /// <param name="parameter">The parameter.</param>
    public bool Contains(ParameterView parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return (_kinds & KindOf(parameter)) != 0 || _patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, parameter.Name, ignoreCase: false));
    }

    /// <summary>As messages name it.</summary>
    public override string ToString() => _patterns.Length > 0 ? string.Join(", ", _patterns.Select(pattern => $"\"{pattern}\"")) : _kinds.ToString();

    private static ParameterKinds KindOf(ParameterView parameter) => parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? ParameterKinds.Bias
        : parameter.Layout.IsNormWeight ? ParameterKinds.NormWeight
        : ParameterKinds.Weight;
}
