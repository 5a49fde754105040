using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace NetGen.Runtime;

/// <summary>Keeps what was asked for of late: two generations, of which the old one goes, but for what was asked for again, when the young one is full.</summary>
/// <typeparam name="TKey">What is asked by.</typeparam>
/// <typeparam name="TValue">What is kept.</typeparam>
/// <param name="size">The most of a generation.</param>
internal sealed class RecentValues<TKey, TValue>(int size)
    where TKey : notnull
{
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];

    /// <summary>What was added, if it was and is still there.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
            return true;
        if (!_old.TryGetValue(key, out value))
            return false;
        Add(key, value);
        return true;
    }

    /// <summary>Adds what is not there.</summary>
    public void Add(TKey key, TValue value)
    {
        if (_young.Count == size)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young.Add(key, value);
    }
}
