using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>
/// How register tiles cover a grid of rows (pixels, taps or channels) by panels of 16 columns at one vector width.
/// A tile has <paramref name="Height"/> by a segment's width of rows, and a group's panels of columns.
/// </summary>
/// <param name="Lanes">Floats of a vector: 16, 8 or 4.</param>
/// <param name="Height">Lines of the grid in a tile.</param>
/// <param name="LastHeight">Lines of the tiles at the grid's end; 0 where the height divides it.</param>
/// <param name="Segments">Widths of tiles from left to right: two at most, the second smaller by one.</param>
/// <param name="Groups">Panels of each group of columns.</param>
internal sealed record GridTiles(int Lanes, int Height, int LastHeight, EquatableArray<(int Width, int Count)> Segments, EquatableArray<int> Groups)
{
    /// <summary>
    /// The cheapest cover. A step of a tile's reduction does rows × vectors multiply-adds, two a cycle; it loads each row's element and each
    /// vector of columns once, two a cycle; and the next step waits four cycles for each sum. What is left over at the grid's edges
    /// gets tiles of its own, that cost the same for less. Starting and storing a tile costs about two steps.
    /// </summary>
    public static GridTiles Choose(int lanes, int height, int width, int panels, long reduction, int mostPanels = int.MaxValue)
    {
        int perPanel = Packing.Panel / lanes;
        (int accumulators, int mostRows) = lanes switch { 16 => (28, 28), 8 => (12, 12), _ => (8, 4) };
        GridTiles? best = null;
        double least = double.MaxValue;
        for (int group = 1; group * perPanel <= accumulators && group <= panels && group <= mostPanels; group++)
        {
            int most = Math.Min(accumulators / (group * perPanel), mostRows);
            if (most == 0)
                continue;
            for (int tileHeight = 1; tileHeight <= Math.Min(height, most); tileHeight++)
            {
                // Lines are joined only where one alone leaves registers unused.
                if (tileHeight > 1 && tileHeight * width > most)
                    break;
                var tiles = new GridTiles(lanes, tileHeight, height % tileHeight, Split(width, most / tileHeight), GroupsOf(panels, group));
                double cost = tiles.Cost(height, reduction);
                if (cost < least * 0.999)
                {
                    least = cost;
                    best = tiles;
                }
            }
        }

        return best!;
    }

    /// <summary>Cycles to cover a grid of so many lines.</summary>
    public double Cost(int height, long reduction)
    {
        double cost = 0;
        foreach ((int lines, int count) in new[] { (Height, height / Height), (LastHeight, LastHeight > 0 ? 1 : 0) })
        {
            foreach ((int width, int segments) in Segments)
            {
                foreach (int panels in Groups)
                    cost += (double)count * segments * TileCost(lines * width, panels * (Packing.Panel / Lanes), reduction);
            }
        }

        // Other things equal, one shape of tile is less code than two.
        return cost * (Segments.Count > 1 || LastHeight > 0 ? 1.01 : 1);
    }

    private static double TileCost(int rows, int vectors, long reduction)
    {
        double step = Math.Max(4, Math.Max(rows * vectors * 0.5, (rows + vectors) * 0.5));
        return (step * reduction) + (2 * rows * vectors) + 20;
    }

    /// <summary>Widths as equal as can be: two, the second smaller by one.</summary>
    public static EquatableArray<(int Width, int Count)> Split(int width, int most)
    {
        int count = (width + most - 1) / most;
        int wider = width % count;
        var segments = new List<(int, int)>();
        if (wider > 0)
            segments.Add(((width / count) + 1, wider));
        segments.Add((width / count, count - wider));
        return segments.ToEquatableArray();
    }

    private static EquatableArray<int> GroupsOf(int panels, int most)
    {
        int count = (panels + most - 1) / most;
        return Enumerable.Range(0, count).Select(i => (panels / count) + (i < panels % count ? 1 : 0)).ToEquatableArray();
    }
}

/// <summary>Tiles of dot products: output channels by taps, each sum a vector or several.</summary>
/// <param name="Rows">Runs of output channels.</param>
/// <param name="Columns">Runs of taps.</param>
internal sealed record DotTiles(EquatableArray<(int Width, int Count)> Rows, EquatableArray<(int Width, int Count)> Columns)
{
    /// <summary>As many sums as registers hold beside the operands, the taps of a row first.</summary>
    public static DotTiles Choose(int lanes, int rows, int columns)
    {
        int sums = lanes switch { 16 => 20, 8 => 5, _ => 2 };
        int width = Math.Min(columns, sums);
        return new DotTiles(GridTiles.Split(rows, Math.Max(1, sums / width)), GridTiles.Split(columns, width));
    }
}

/// <summary>
/// A reduction over taps and channels cut into chunks, added in order: so many rows of taps, taps of a row and channels each.
/// </summary>
/// <param name="Rows">Rows of taps in a chunk.</param>
/// <param name="Columns">Taps of a row in a chunk.</param>
/// <param name="Channels">Channels in a chunk.</param>
internal sealed record TapChunks(int Rows, int Columns, int Channels)
{
    /// <summary>Sums of about a thousand terms; twice as many where the filter's own lengths would otherwise be cut.</summary>
    public static TapChunks Of(int rows, int columns, int channels)
    {
        const int Length = Schedule.ReductionChunk;
        if ((long)rows * columns * channels <= Length)
            return new TapChunks(rows, columns, channels);
        if ((long)columns * channels <= 2 * Length)
            return new TapChunks(Math.Max(1, Length / (columns * channels)), columns, channels);
        return new TapChunks(1, 1, channels <= 2 * Length ? channels : Length);
    }
}

/// <summary>What else depends on a convolution's shapes.</summary>
internal static class ConvSchedule
{
    /// <summary>Bytes of a chunk of samples that may fill the second-level cache.</summary>
    private const int CacheBytes = 768 * 1024;

    /// <summary>Bytes of pictures that are read while one group of output channels passes.</summary>
    private const int BlockBytes = 512 * 1024;

    /// <summary>Samples whose pictures stay in the second-level cache while all output channels pass.</summary>
    public static int SampleBlock(Buffer x) => Math.Max(1, BlockBytes / sizeof(float) / x.Stride);

    /// <summary>
    /// Pixels that a weight gradient sums in one chunk, as (samples, rows of pixels): so many that the chunk's pictures stay in the second-level cache,
    /// and about a thousand terms at most where a sum has one lane, sixteen thousand where it has sixteen.
    /// </summary>
    public static (int Samples, int Rows) PixelChunk(ConvKernel kernel, Buffer x, Buffer dy, int lanes)
    {
        int longest = Schedule.ReductionChunk * lanes;
        int pixels = kernel.Output.Pixels;
        if (pixels > longest)
            return (1, Math.Max(1, longest / kernel.Output.Width));
        return (Math.Max(1, Math.Min(longest / pixels, CacheBytes / sizeof(float) / (x.Stride + dy.Stride))), kernel.Output.Height);
    }
}
