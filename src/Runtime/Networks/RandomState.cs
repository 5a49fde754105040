namespace NetGen;

/// <summary>The key of a network's dropout masks: equal keys, parameters and batches give equal masks and so equal gradients.</summary>
/// <param name="Seed">The seed that the network was created with, or another one.</param>
/// <param name="Step">The training step; the first is 0.</param>
public readonly record struct RandomState(ulong Seed, long Step)
{
    /// <summary>The state of the next step.</summary>
    public RandomState Next() => this with { Step = Step + 1 };
}
