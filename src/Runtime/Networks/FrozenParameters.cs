using System;
using System.Globalization;
using System.Linq;

namespace NetGen.Runtime;

/// <summary>What an optimizer freezes of a network, and which steps of the backward half run nevertheless.</summary>
internal sealed class FrozenParameters
{
    private readonly bool[] _runs;
    private readonly ParameterView[] _gradients;

    private FrozenParameters(bool[] runs, ParameterView[] gradients) => (_runs, _gradients) = (runs, gradients);

    /// <summary>Whether the steps of each gate run.</summary>
    public bool[] Runs => _runs;

    /// <summary>Nothing.</summary>
    /// <param name="gates"><see cref="INetworkKernels.Gates"/>.</param>
    public static FrozenParameters None(string gates)
    {
        bool[] runs = new bool[gates.Split(';').Length];
        Array.Fill(runs, true);
        return new FrozenParameters(runs, []);
    }

    /// <summary>What an optimizer freezes.</summary>
    /// <param name="optimizer">It.</param>
    /// <param name="state">The network.</param>
    /// <param name="gates"><see cref="INetworkKernels.Gates"/>.</param>
    public static FrozenParameters Of(IOptimizer optimizer, NetworkState state, string gates)
    {
        bool[] isFrozen = [.. state.Parameters.Select(optimizer.IsFrozen)];
        return isFrozen.Contains(true)
            ? new FrozenParameters(
                [.. gates.Split(';').Select(gate => gate.Split(' ').Any(range => Parameters(range).Contains(false)))],
                [.. state.Gradients.Where((_, i) => isFrozen[i])])
            : None(gates);

        ReadOnlySpan<bool> Parameters(string range)
        {
            int[] ends = [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
            return isFrozen.AsSpan(ends[0]..(ends[^1] + 1));
        }
    }

    /// <summary>Zeroes the gradients that are no longer computed.</summary>
    public void Clear()
    {
        foreach (ParameterView gradient in _gradients)
            gradient.Clear();
    }
}
