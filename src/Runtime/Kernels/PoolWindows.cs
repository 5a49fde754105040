using System.ComponentModel;

namespace NetGen.Runtime;

/// <summary>The windows of a pooling layer, clipped to the picture, and the other way round the windows that a pixel is in. Built once a network.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PoolWindows
{
    /// <summary>Windows from their rows and columns. Starts and ends must not decrease, and no window is empty.</summary>
    /// <param name="rowStarts">The first row of the windows of each output row.</param>
    /// <param name="rowEnds">The row behind the last one.</param>
    /// <param name="rowCounts">The rows that a mean counts, padding included where it counts.</param>
    /// <param name="columnStarts">The first column of the windows of each output column.</param>
    /// <param name="columnEnds">The column behind the last one.</param>
    /// <param name="columnCounts">The columns that a mean counts.</param>
    /// <param name="inputHeight">Rows of the input.</param>
    /// <param name="inputWidth">Columns of the input.</param>
    public PoolWindows(int[] rowStarts, int[] rowEnds, int[] rowCounts, int[] columnStarts, int[] columnEnds, int[] columnCounts, int inputHeight, int inputWidth)
    {
        (RowStarts, RowEnds, RowCounts) = (rowStarts, rowEnds, rowCounts);
        (ColumnStarts, ColumnEnds, ColumnCounts) = (columnStarts, columnEnds, columnCounts);
        (FirstOfRow, EndOfRow) = Invert(rowStarts, rowEnds, inputHeight);
        (FirstOfColumn, EndOfColumn) = Invert(columnStarts, columnEnds, inputWidth);
        HasPairsOfColumns = true;
        for (int x = 0; x < columnStarts.Length; x++)
            HasPairsOfColumns &= columnStarts[x] == 2 * x && columnEnds[x] == (2 * x) + 2 && columnCounts[x] == 2;
    }

    internal int[] RowStarts { get; }

    internal int[] RowEnds { get; }

    internal int[] RowCounts { get; }

    internal int[] ColumnStarts { get; }

    internal int[] ColumnEnds { get; }

    internal int[] ColumnCounts { get; }

    /// <summary>The first output row whose windows hold an input row, and the one behind the last.</summary>
    internal int[] FirstOfRow { get; }

    internal int[] EndOfRow { get; }

    internal int[] FirstOfColumn { get; }

    internal int[] EndOfColumn { get; }

    /// <summary>Whether output column x has input columns 2x and 2x + 1: even and odd lanes of vectors over planes.</summary>
    internal bool HasPairsOfColumns { get; }

    private static (int[] First, int[] End) Invert(int[] starts, int[] ends, int size)
    {
        var first = new int[size];
        var end = new int[size];
        for (int i = 0; i < size; i++)
        {
            while (first[i] < ends.Length && ends[first[i]] <= i)
                first[i]++;
            end[i] = first[i];
            while (end[i] < starts.Length && starts[end[i]] <= i)
                end[i]++;
        }

        return (first, end);
    }
}
