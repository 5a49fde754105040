namespace NetGen.Runtime;

/// <summary>What is done to packed floats, to any run of whole vectors by itself.</summary>
internal interface IPackedRule
{
    /// <summary>So many floats, from a multiple of the number on, only one part may have: those of the widest vector, or more.</summary>
    static virtual int Multiple => 16;

    /// <summary>Does it to some of them.</summary>
    /// <param name="first">The first float.</param>
    /// <param name="length">How many.</param>
    void Run(nuint first, nuint length);
}

/// <summary>A rule over packed floats, of which each part is a run.</summary>
/// <typeparam name="TRule">The rule.</typeparam>
internal sealed class PackedPass<TRule> : OneStageJob
    where TRule : struct, IPackedRule
{
    // One for all networks, since only who has the pool uses it.
    private static readonly PackedPass<TRule> s_pass = new();

    private TRule _rule;
    private nuint _length;

    private PackedPass()
    {
    }

    /// <summary>Applies a rule: with the threads of a network that so many floats are worth, or alone where it is none, or where they are busy.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="length">The number of floats.</param>
    /// <param name="network">Whose threads are taken; null: those of no network.</param>
    public static void Run(in TRule rule, int length, NetworkRunner? network)
    {
        if (network is null || !RunTogether(rule, length, network, network.ThreadsFor(length)))
            rule.Run(0, (nuint)length);
    }

    /// <inheritdoc/>
    public override void Run(int stage, int part, int worker)
    {
        nuint first = Bound(_length, (nuint)TRule.Multiple, part, Count);
        _rule.Run(first, Bound(_length, (nuint)TRule.Multiple, part + 1, Count) - first);
    }

    /// <returns>Whether there were several threads.</returns>
    private static bool RunTogether(in TRule rule, int length, NetworkRunner network, int threads)
    {
        if (threads <= 1)
            return false;
        using WorkerLease lease = WorkerPool.Enter(threads, network.IsEager);
        if (lease.Workers == 0)
            return false;
        (s_pass._rule, s_pass._length, s_pass.Count) = (rule, (nuint)length, lease.Workers);
        WorkerPool.Run(s_pass, lease.Workers);
        return true;
    }
}
