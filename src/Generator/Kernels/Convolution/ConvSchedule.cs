using System;
using System.Collections.Generic;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>
/// How register tiles cover a grid of rows (pixels, taps or channels) by panels of 16 columns at one vector width.
/// A tile has <paramref name="Height"/> by a segment's width of rows, and a group's panels of columns.
/// </summary>
/// <param name="Lanes">Floats of a vector: 16, 8 or 4.</param>
/// <param name="Height">Lines of the grid in a tile.</param>
/// <param name="LastHeight">Lines of the tiles at the grid's end; 0 where the height divides it.</param>
/// <param name="Segments">Widths of tiles from left to right: two at most, the second smaller by one.</param>
/// <param name="Groups">Panels of a group of columns, and how many such groups; two kinds at most, the second smaller by one.</param>
internal sealed record GridTiles(int Lanes, int Height, int LastHeight, EquatableArray<(int Width, int Count)> Segments, EquatableArray<(int Size, int Count)> Groups)
{
    /// <summary>Bytes of a group's columns that stay in the first-level cache, of 32 KB or more, beside what else a tile reads.</summary>
    private const int FirstLevelBytes = 24 * 1024;

    /// <summary>
    /// Bytes a cycle from the second-level cache: to narrow vectors, as AMD's Zen 3 was measured to have beside a tile's products, of 32 on paper; to those of 512 bits,
    /// whose processors have 64 on paper, in the same proportion or a little better.
    /// </summary>
    private const double NarrowBytes = 20;
    private const double WideBytes = 48;

    /// <summary>Sums of a tile at most where there are 32 registers: more tiles of other shapes than whole ones would be left over at a picture's edges.</summary>
    private const int MostSums = 28;

    /// <summary>
    /// The cheapest cover. A step of a tile's reduction does rows × vectors multiply-adds, two a cycle; it loads each row's element and each
    /// vector of columns once, two a cycle; and the next step waits four cycles for each sum. What is left over at the grid's edges
    /// gets tiles of its own, that cost the same for less. Starting and storing a tile costs about two steps.
    /// Columns that do not stay in the first-level cache from tile to tile come from the second.
    /// </summary>
    public static GridTiles Choose(int lanes, int height, int width, int panels, long reduction, int mostPanels = int.MaxValue, bool joinsLines = true)
    {
        int perPanel = Packing.Panel / lanes;
        GridTiles? best = null;
        double least = double.MaxValue;
        for (int group = 1; group <= panels && group <= mostPanels; group++)
        {
            int most = MostRows(lanes, group * perPanel);
            if (most == 0)
                break;
            for (int tileHeight = 1; tileHeight <= Math.Min(height, most); tileHeight++)
            {
                // Lines are joined only where one alone leaves registers unused.
                if (tileHeight > 1 && (!joinsLines || tileHeight * width > most))
                    break;
                var tiles = new GridTiles(lanes, tileHeight, height % tileHeight, Split(width, most / tileHeight), Split(panels, group));
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

    /// <summary>The rows of a tile with so many vectors of columns whose sums stay in registers, together with the fewer of both and one of the others.</summary>
    private static int MostRows(int lanes, int vectors)
    {
        int rows = 0;
        while (((rows + 1) * vectors) + Math.Min(rows + 1, vectors) + 1 <= Tiling.Registers(lanes) && (rows + 1) * vectors <= MostSums)
            rows++;
        return rows;
    }

    /// <summary>Cycles to cover a grid of so many lines.</summary>
    public double Cost(int height, long reduction)
    {
        double cost = 0;
        foreach ((int lines, int count) in new[] { (Height, height / Height), (LastHeight, LastHeight > 0 ? 1 : 0) })
        {
            foreach ((int width, int segments) in Segments)
            {
                foreach ((int panels, int groups) in Groups)
                    cost += (double)count * segments * groups * TileCost(lines * width, panels * (Packing.Panel / Lanes), reduction);
            }
        }

        // Other things equal, one shape of tile is less code than two.
        return cost * (Segments.Count > 1 || LastHeight > 0 ? 1.01 : 1);
    }

    private double TileCost(int rows, int vectors, long reduction)
    {
        double step = Math.Max(4, Math.Max(rows * vectors * 0.5, (rows + vectors) * 0.5));
        if ((long)vectors * Lanes * sizeof(float) * Math.Min(reduction, Tiling.ReductionChunk) > FirstLevelBytes)
            step = Math.Max(step, vectors * Lanes * sizeof(float) / (Lanes == Packing.Panel ? WideBytes : NarrowBytes));
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
        const int Length = Tiling.ReductionChunk;
        if ((long)rows * columns * channels <= Length)
            return new TapChunks(rows, columns, channels);
        if ((long)columns * channels <= 2 * Length)
            return new TapChunks(Math.Max(1, Length / (columns * channels)), columns, channels);
        return new TapChunks(1, 1, channels <= 2 * Length ? channels : Length);
    }

    /// <summary>The same of one channel whose taps alone are longer than a chunk.</summary>
    public static TapChunks OfPlane(int rows, int columns)
    {
        const int Length = Tiling.ReductionChunk;
        return columns <= 2 * Length ? new TapChunks(Math.Max(1, Math.Min(rows, Length / columns)), columns, 1) : new TapChunks(1, Length, 1);
    }
}

/// <summary>What else depends on a convolution's shapes.</summary>
internal static class ConvSchedule
{
    /// <summary>Bytes of pictures that are read while one group of output channels passes.</summary>
    private const int BlockBytes = 512 * 1024;

    /// <summary>Samples whose pictures stay in the second-level cache while all output channels pass.</summary>
    public static int SampleBlock(Buffer x) => Math.Max(1, BlockBytes / sizeof(float) / x.Stride);

    /// <summary>
    /// Pixels that a weight gradient sums in one chunk, as (samples, rows of pixels): about a thousand terms at most where a sum has one lane,
    /// sixteen thousand where it has sixteen.
    /// </summary>
    public static (int Samples, int Rows) PixelChunk(Picture output, int pixels)
    {
        int rows = Math.Max(1, pixels / output.Width);
        return rows < output.Height ? (1, rows) : (rows / output.Height, output.Height);
    }
}

/// <summary>
/// How a weight gradient whose lanes are output channels goes through its operands. A tile reads its channels pixel after pixel; where all channels
/// of a pixel take a kilobyte, that is another page each time, and the pixels compete for few sets of the cache. So what many tiles read is gathered
/// first: a group's columns of dy, and some input channels of x as planes.
/// </summary>
/// <param name="AreTaps">Whether a tile's rows are taps instead of input channels.</param>
/// <param name="IsGathered">Whether dy is gathered.</param>
/// <param name="Readers">Panels and taps that read a tile's input channels.</param>
/// <param name="Slice">Input channels that are gathered together, where they are.</param>
/// <param name="Samples">Samples of a chunk.</param>
/// <param name="Rows">Rows of pixels of a chunk; all where it has several samples.</param>
/// <param name="InputPixels">Pixels of x that a chunk reads, borders counted.</param>
/// <param name="GradientScratch">Floats of the gathered dy.</param>
internal sealed record OuterGradientPlan(bool AreTaps, bool IsGathered, int Readers, int Slice, int Samples, int Rows, int InputPixels, int GradientScratch)
{
    /// <summary>Readers of x before it pays to gather it with vectors that transpose 16 pixels of 16 channels in registers, and with others.</summary>
    private const int LeastReaders = 8;
    private const int LeastNarrowReaders = 24;

    /// <summary>Input channels that are gathered together at most: with their pixels they leave room in the second-level cache.</summary>
    private const int MostChannels = 64;

    /// <summary>Whether x is gathered.</summary>
    public bool GathersInput(int lanes) => IsGathered && Readers >= (lanes == Packing.Panel ? LeastReaders : LeastNarrowReaders);

    /// <summary>
    /// Panels of a tile at most. Two gathered ones of 256 pixels stay in the first-level cache, and more lines a step would wait for the second; narrow vectors
    /// rather have more rows, which read less of them.
    /// </summary>
    public int MostPanels(int lanes) => !IsGathered ? int.MaxValue : lanes == Packing.Panel ? 2 : 1;

    public long Scratch => GradientScratch + (GathersInput(Packing.Panel) ? (long)InputPixels * Slice : 0);

    /// <summary>Pixels of a chunk.</summary>
    public int Pixels(ConvKernel kernel) => Samples * Rows * kernel.Output.Width;

    public static OuterGradientPlan Create(ConvKernel kernel, Buffer x, Buffer dy)
    {
        ConvOp op = kernel.Op;
        bool isDepthwise = kernel.Form == ConvForm.Depthwise;
        int panels = Tiling.Panels(kernel.Outputs);
        double Channels() => GridTiles.Choose(Packing.Panel, 1, kernel.Inputs, panels, Tiling.ReductionChunk).Cost(1, Tiling.ReductionChunk) * kernel.Taps;
        double Taps() => GridTiles.Choose(Packing.Panel, op.Kernel.Height, op.Kernel.Width, panels, Tiling.ReductionChunk).Cost(op.Kernel.Height, Tiling.ReductionChunk) * kernel.Inputs;
        bool canGather = x.Order == BufferOrder.ChannelsLast && panels >= 2 && kernel.Inputs >= 32;
        int readers = kernel.Taps * panels;

        // Channels that pay to be gathered beat taps whatever their count.
        bool areTaps = isDepthwise || (!(canGather && readers >= LeastReaders) && Taps() < Channels());
        bool isGathered = canGather && !areTaps;
        (int samples, int rows) = ConvSchedule.PixelChunk(kernel.Output, isGathered ? Tiling.ReductionChunk / 4 : Tiling.ReductionChunk);
        int inputRows = rows == kernel.Output.Height ? samples * (x.Stride / x.RowStride) : ((rows - 1) * op.Stride.Height) + ((op.Kernel.Height - 1) * op.Dilation.Height) + 1;
        return new OuterGradientPlan(
            areTaps, isGathered, readers, SliceOf(kernel.Inputs), samples, rows, x.Order == BufferOrder.ChannelsLast ? inputRows * (x.RowStride / x.PixelStride) : 0,
            isGathered ? samples * rows * kernel.Output.Width * panels * Packing.Panel : 0);
    }

    /// <summary>As many channels as may be together, in an even number of slices if that can be: two workers then have the same.</summary>
    private static int SliceOf(int inputs)
    {
        int least = (inputs + MostChannels - 1) / MostChannels;
        int Divided(int first, int step)
        {
            for (int slices = first; slices <= 3 * least; slices += step)
            {
                if (inputs % slices == 0)
                    return inputs / slices;
            }

            return 0;
        }

        return Divided(least + (least % 2), 2) is var even and > 0 ? even : Divided(least, 1) is var any and > 0 ? any : inputs;
    }
}
