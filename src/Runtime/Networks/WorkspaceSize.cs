using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace NetGen.Runtime;

/// <summary>The size of a workspace by the number of samples.</summary>
/// <param name="fixedFloats">Floats whatever the batch.</param>
/// <param name="floatsPerSample">Floats for each sample.</param>
/// <param name="rowMultiple">What samples are rounded up to a multiple of, a power of two: 16 where whole vectors over scalars have to stay within the workspace.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct WorkspaceSize(int fixedFloats, int floatsPerSample, int rowMultiple)
{
    /// <summary>What samples are rounded up to a multiple of.</summary>
    internal int RowMultiple => rowMultiple;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long Floats(int batch) => fixedFloats + (floatsPerSample * Rows(batch));

    /// <summary>The rows of each region.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long Rows(int batch) => ((long)batch + (rowMultiple - 1)) & -rowMultiple;
}
