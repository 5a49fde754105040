using System.ComponentModel;

namespace NetGen.Runtime;

/// <summary>The windows of a pooling layer, clipped to the picture, and the other way round the windows that a pixel is in. Built once a network.</summary>
/// <param name="rows">The rows of the windows of each output row.</param>
/// <param name="columns">The columns of the windows of each output column.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PoolWindows(PoolAxis rows, PoolAxis columns)
{
    internal int[] RowStarts => rows.Starts;

    internal int[] RowEnds => rows.Ends;

    internal int[] RowCounts => rows.Counts;

    internal int[] ColumnStarts => columns.Starts;

    internal int[] ColumnEnds => columns.Ends;

    internal int[] ColumnCounts => columns.Counts;

    /// <summary>The first output row whose windows hold an input row, and the one behind the last.</summary>
    internal int[] FirstOfRow => rows.First;

    internal int[] EndOfRow => rows.End;

    internal int[] FirstOfColumn => columns.First;

    internal int[] EndOfColumn => columns.End;

    /// <summary>Whether output column x has input columns 2x and 2x + 1: even and odd lanes of vectors over planes.</summary>
    internal bool HasPairsOfColumns => columns.HasPairs;
}

/// <summary>The windows of a pooling layer in one direction: where each starts and ends in the picture, and how many of its elements a mean counts.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PoolAxis
{
    internal PoolAxis(int[] starts, int[] ends, int[] counts, int size)
    {
        (Starts, Ends, Counts) = (starts, ends, counts);
        (First, End) = (new int[size], new int[size]);
        int first = 0;
        int end = 0;
        for (int i = 0; i < size; i++)
        {
            while (first < ends.Length && ends[first] <= i)
                first++;
            while (end < starts.Length && starts[end] <= i)
                end++;
            (First[i], End[i]) = (first, int.Max(first, end));
        }

        HasPairs = true;
        for (int i = 0; i < starts.Length; i++)
            HasPairs &= starts[i] == 2 * i && ends[i] == (2 * i) + 2 && counts[i] == 2;
    }

    /// <summary>The first element of each window that is inside the picture.</summary>
    internal int[] Starts { get; }

    /// <summary>The element behind the last one of each window.</summary>
    internal int[] Ends { get; }

    /// <summary>The elements that a mean counts, padding included where it counts.</summary>
    internal int[] Counts { get; }

    /// <summary>The first window that holds an element.</summary>
    internal int[] First { get; }

    /// <summary>The window behind the last one that holds an element.</summary>
    internal int[] End { get; }

    internal bool HasPairs { get; }

    /// <summary>Windows of one size, a stride apart: PyTorch's MaxPool and AvgPool. Its divisor counts the padding, but not what ceil mode adds behind it.</summary>
    /// <param name="size">Elements of the input.</param>
    /// <param name="count">Windows.</param>
    /// <param name="kernel">The window's size.</param>
    /// <param name="stride">From a window's start to the next.</param>
    /// <param name="padding">How far the first window starts before the picture.</param>
    /// <param name="countsPadding">Whether the mean counts the padding.</param>
    public static PoolAxis Sliding(int size, int count, int kernel, int stride, int padding, bool countsPadding)
    {
        (int[] starts, int[] ends, int[] counts) = (new int[count], new int[count], new int[count]);
        for (int i = 0; i < count; i++)
        {
            int start = (i * stride) - padding;
            int end = int.Min(start + kernel, size + padding);
            (starts[i], ends[i]) = (int.Max(start, 0), int.Min(end, size));
            counts[i] = countsPadding ? end - start : ends[i] - starts[i];
        }

        return new PoolAxis(starts, ends, counts, size);
    }

    /// <summary>Windows that cover the picture: PyTorch's AdaptiveMaxPool and AdaptiveAvgPool. Window i of n over a size s reaches from floor(i s / n) to ceil((i + 1) s / n).</summary>
    /// <param name="size">Elements of the input.</param>
    /// <param name="count">Windows.</param>
    public static PoolAxis Adaptive(int size, int count)
    {
        (int[] starts, int[] ends, int[] counts) = (new int[count], new int[count], new int[count]);
        for (int i = 0; i < count; i++)
        {
            (starts[i], ends[i]) = ((int)((long)i * size / count), (int)((((i + 1L) * size) + count - 1) / count));
            counts[i] = ends[i] - starts[i];
        }

        return new PoolAxis(starts, ends, counts, size);
    }
}
