using System;
using System.Collections.Generic;
using System.Numerics;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Tests.Networks;

/// <summary>Rows or columns of a window, clipped to the picture, and by how many a mean divides.</summary>
internal readonly record struct PoolExtent(int From, int To, int Divisor)
{
    /// <summary>PyTorch's: the window ends at the padding at the latest; a mean counts what of it is padding, or only what is inside.</summary>
    public static PoolExtent Of(PoolOp pool, int place, int size, int kernel, int stride, int padding)
    {
        int from = (place * stride) - padding;
        int to = Math.Min(from + kernel, size + padding);
        int counted = to - from;
        from = Math.Max(from, 0);
        to = Math.Min(to, size);
        return new PoolExtent(from, to, pool.CountIncludePad ? counted : to - from);
    }

    /// <summary>Window <paramref name="place"/> of <paramref name="count"/> over a size, from floor(place·size/count) to ceil((place + 1)·size/count).</summary>
    public static PoolExtent Of(int place, int size, int count)
    {
        int from = (int)((long)place * size / count);
        int to = (int)((((long)(place + 1) * size) + count - 1) / count);
        return new PoolExtent(from, to, to - from);
    }
}

/// <summary>A pool's window on one channel.</summary>
/// <param name="Output">The place of its output.</param>
/// <param name="Channel">The place of its channel's first value.</param>
/// <param name="Width">The picture's width.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Columns">Its columns.</param>
internal readonly record struct PoolWindow(int Output, int Channel, int Width, PoolExtent Rows, PoolExtent Columns)
{
    public double Divisor => (double)Rows.Divisor * Columns.Divisor;

    /// <summary>The windows of a pool, in the order of its output.</summary>
    public static IEnumerable<PoolWindow> Of(Op op, Picture x, Picture y)
    {
        for (int output = 0; output < y.Count; output++)
        {
            int i = output / y.Width % y.Height;
            int j = output % y.Width;
            int channel = output / y.Pixels * x.Pixels;
            yield return op is PoolOp pool
                ? new PoolWindow(
                    output, channel, x.Width,
                    PoolExtent.Of(pool, i, x.Height, pool.Kernel.Height, pool.Stride.Height, pool.Padding.Height),
                    PoolExtent.Of(pool, j, x.Width, pool.Kernel.Width, pool.Stride.Width, pool.Padding.Width))
                : new PoolWindow(output, channel, x.Width, PoolExtent.Of(i, x.Height, y.Height), PoolExtent.Of(j, x.Width, y.Width));
        }
    }

    /// <summary>The places of its values, row by row.</summary>
    public int[] Places()
    {
        var places = new int[(Rows.To - Rows.From) * (Columns.To - Columns.From)];
        int n = 0;
        for (int row = Rows.From; row < Rows.To; row++)
        {
            for (int column = Columns.From; column < Columns.To; column++)
                places[n++] = Channel + (row * Width) + column;
        }

        return places;
    }

    /// <summary>The place of the first of its largest values; NaN is larger than any number, and the last NaN wins, as in PyTorch.</summary>
    public int Largest<T>(T[] values)
        where T : IFloatingPointIeee754<T>
    {
        int[] places = Places();
        int largest = places[0];
        foreach (int place in places)
        {
            if (values[place] > values[largest] || T.IsNaN(values[place]))
                largest = place;
        }

        return largest;
    }
}
