using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace NetGen.Runtime;

/// <summary>What a worker does of a routine: some steps, of them some samples or some tiles.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Work
{
    internal Work(int from, int to, nuint first, nuint rows, nuint part, nuint parts) => (From, To, First, Rows, Part, Parts) = (from, to, first, rows, part, parts);

    /// <summary>The first step.</summary>
    public int From { get; }

    /// <summary>The step behind the last.</summary>
    public int To { get; }

    /// <summary>The first sample.</summary>
    public nuint First { get; }

    /// <summary>The number of samples.</summary>
    public nuint Rows { get; }

    /// <summary>Of tiles in so many equal parts this one.</summary>
    public nuint Part { get; }

    /// <summary>The parts; 1 where all tiles are meant.</summary>
    public nuint Parts { get; }

    /// <summary>Whether a step is among them.</summary>
    /// <param name="step">Its number in the routine.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int step) => From <= step && step < To;

    /// <summary>All that a routine does.</summary>
    /// <param name="steps">Its steps.</param>
    /// <param name="rows">The number of samples.</param>
    public static Work All(int steps, nuint rows) => new(0, steps, 0, rows, 0, 1);
}
