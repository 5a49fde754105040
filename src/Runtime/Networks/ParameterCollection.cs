using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using NetGen.Runtime;

namespace NetGen;

/// <summary>The parameters of a network, their gradients, or its buffers, in the order of declaration.</summary>
public sealed class ParameterCollection : IReadOnlyList<ParameterView>
{
    internal static readonly ParameterCollection Empty = new(new AlignedBuffer(0), []);

    private readonly ParameterView[] _views;

    internal ParameterCollection(IPackedMemory memory, ParameterLayout[] layouts, bool areBuffers = false)
    {
        _views = new ParameterView[layouts.Length];
        for (int i = 0; i < layouts.Length; i++)
            _views[i] = new ParameterView(memory, layouts[i], areBuffers);
    }

    /// <summary>The network whose parameters they are; null of other collections.</summary>
    internal NetworkState? Owner { get; init; }

    /// <summary>The number of parameters, weights and biases counted apart.</summary>
    public int Count => _views.Length;

    /// <summary>The parameter at a place in the order of declaration.</summary>
    /// <param name="index">At least 0 and less than <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ParameterView this[int index] => (uint)index < (uint)_views.Length
        ? _views[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, "Expected an index of at least 0 and less than Count.");

    /// <summary>The parameter of a name.</summary>
    /// <param name="name">The name, such as <c>fc1.weight</c>.</param>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public ParameterView this[string name] => TryGet(name, out ParameterView? view)
        ? view
        : throw new KeyNotFoundException($"There is no parameter \"{name}\". There are: {string.Join(", ", (IEnumerable<ParameterView>)_views)}.");

    /// <summary>Looks for the parameter of a name.</summary>
    /// <param name="name">The name, such as <c>fc1.weight</c>.</param>
    /// <param name="view">The parameter, or null.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out ParameterView? view)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (ParameterView candidate in _views)
        {
            if (candidate.Name == name)
            {
                view = candidate;
                return true;
            }
        }

        view = null;
        return false;
    }

    /// <summary>Enumerates without allocating.</summary>
    public Enumerator GetEnumerator() => new(_views);

    IEnumerator<ParameterView> IEnumerable<ParameterView>.GetEnumerator() => ((IEnumerable<ParameterView>)_views).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _views.GetEnumerator();

    /// <summary>Enumerates the parameters.</summary>
    public struct Enumerator
    {
        private readonly ParameterView[] _views;
        private int _index;

        internal Enumerator(ParameterView[] views)
        {
            _views = views;
            _index = -1;
        }

        /// <summary>The parameter at the current place.</summary>
        public readonly ParameterView Current => _views[_index];

        /// <summary>Goes to the next place.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext() => ++_index < _views.Length;
    }
}
