using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Tiles and chunks cover what they cut exactly once; phases and borders hold every tap.</summary>
public class ConvScheduleTests
{
    [Theory]
    [InlineData(16, 32)]
    [InlineData(8, 16)]
    [InlineData(4, 16)]
    public void Tiles_cover_every_grid_once_and_stay_within_the_registers(int lanes, int registers)
    {
        for (int height = 1; height <= 60; height++)
        {
            for (int width = 1; width <= 60; width++)
            {
                int panels = 1 + ((height + (7 * width)) % 7);
                int mostPanels = width % 5 == 0 ? 1 : int.MaxValue;
                var tiles = GridTiles.Choose(lanes, height, width, panels, 1 + (height * width), mostPanels);

                Assert.Equal(height, (height / tiles.Height * tiles.Height) + tiles.LastHeight);
                Assert.Equal(width, tiles.Segments.Sum(segment => segment.Width * segment.Count));
                Assert.All(tiles.Segments, segment => Assert.True(segment is { Width: > 0, Count: > 0 }));
                Assert.InRange(tiles.Segments.Count, 1, 2);
                Assert.Equal(panels, tiles.Groups.Sum(group => group.Size * group.Count));
                Assert.All(tiles.Groups, group => Assert.InRange(group.Size, 1, mostPanels));
                int rows = tiles.Height * tiles.Segments.Max(segment => segment.Width);
                int vectors = tiles.Groups.Max(group => group.Size) * 16 / lanes;
                Assert.InRange((rows * vectors) + Math.Min(rows, vectors) + 1, 1, registers);
                Assert.InRange(rows * vectors, 1, 28);

                var dots = DotTiles.Choose(lanes, height, width);
                Assert.Equal(height, dots.Rows.Sum(segment => segment.Width * segment.Count));
                Assert.Equal(width, dots.Columns.Sum(segment => segment.Width * segment.Count));
                Assert.InRange(dots.Rows.Max(segment => segment.Width) * dots.Columns.Max(segment => segment.Width), 1, lanes switch { 16 => 20, 8 => 5, _ => 2 });
            }
        }
    }

    [Theory]
    [InlineData(16, 23, 23, 6, 6 * 150)]
    [InlineData(8, 32, 32, 12, 2304)]
    [InlineData(4, 14, 14, 8, 256)]
    public void The_chosen_tiles_are_the_cheapest(int lanes, int height, int width, int panels, long reduction)
    {
        double least = GridTiles.Choose(lanes, height, width, panels, reduction).Cost(height, reduction);
        for (int most = 1; most <= panels; most++)
            Assert.InRange(GridTiles.Choose(lanes, height, width, panels, reduction, most).Cost(height, reduction), least * 0.99, double.MaxValue);

        // One pixel by one panel at a time waits for every sum.
        var single = new GridTiles(lanes, 1, 0, EquatableArray.Of((1, width)), EquatableArray.Of((1, panels)));
        Assert.InRange(least, 0, single.Cost(height, reduction) * 0.6);
    }

    /// <summary>A tile of few rows by many columns reads as much as one of equally many of both, and more than the second-level cache gives.</summary>
    [Theory]
    [InlineData(128, 2)]
    [InlineData(1024, 6)]
    public void Columns_that_do_not_stay_in_the_first_level_cache_pass_many_rows(int reduction, int rows) =>
        Assert.Equal(rows, GridTiles.Choose(8, 32, 32, 12, reduction).Segments[0].Width);

    [Fact]
    public void Chunks_of_taps_cut_one_loop_and_keep_sums_short()
    {
        foreach (int channels in new[] { 1, 3, 16, 64, 93, 200, 341, 683, 1024, 1025, 2048, 2049, 5000 })
        {
            for (int rows = 1; rows <= 12; rows++)
            {
                for (int columns = 1; columns <= 12; columns++)
                {
                    var chunks = TapChunks.Of(rows, columns, channels);
                    Assert.True(chunks.Rows >= 1 && chunks.Columns >= 1 && chunks.Channels >= 1);
                    Assert.True(chunks.Rows <= rows && chunks.Columns <= columns && chunks.Channels <= channels);

                    // A loop is cut only where all inside it are whole, so that a chunk is consecutive terms.
                    Assert.True(chunks.Channels == channels || (chunks.Rows == 1 && chunks.Columns == 1));
                    Assert.True(chunks.Columns == columns || chunks.Rows == 1);
                    Assert.InRange((long)chunks.Rows * chunks.Columns * chunks.Channels, 1, 2048);
                    if ((long)rows * columns * channels <= 1024)
                        Assert.Equal(new TapChunks(rows, columns, channels), chunks);
                }
            }
        }
    }

    [Fact]
    public void Phases_of_a_data_gradient_hold_every_tap_of_every_pixel()
    {
        int seen = 0;
        foreach (ConvKernel kernel in Kernels())
        {
            (int size, Size2 stride, Size2 dilation, int padding) = (kernel.Input.Height, kernel.Op.Stride, kernel.Op.Dilation, kernel.Op.Padding.Height);
            BufferNeed gradient = kernel.GradientNeed(vectors: false);
            IReadOnlyList<GradientPhase> phases = kernel.RowPhases();
            Assert.Equal(size, phases.Sum(phase => phase.Count));
            int before = 0;
            int behind = 0;
            for (int i = 0; i < size; i++)
            {
                // Outputs beyond the picture too: there the gradient is 0.
                (int Output, int Tap)[] expected = [.. Enumerable.Range(0, kernel.Op.Kernel.Height)
                    .Where(tap => (i + padding - (tap * dilation.Height)) % stride.Height == 0)
                    .Select(tap => ((i + padding - (tap * dilation.Height)) / stride.Height, tap))];
                GradientPhase phase = Assert.Single(phases, phase => phase.Residue == i % stride.Height);
                int m = i / stride.Height;
                Assert.InRange(m, 0, phase.Count - 1);
                Assert.Equal(
                    expected.OrderBy(pair => pair.Output),
                    Enumerable.Range(0, phase.TapCount).Select(j => (m + phase.First + (j * phase.Step), phase.FirstTap + (j * phase.TapStep))));
                before = expected.Select(pair => -pair.Output).Append(before).Max();
                behind = expected.Select(pair => pair.Output - kernel.Output.Height + 1).Append(behind).Max();
                seen += expected.Length;
            }

            Assert.Equal((before, behind), (gradient.Border.Top, gradient.Border.Bottom));
        }

        Assert.True(seen > 10_000);
    }

    [Fact]
    public void The_input_has_the_border_that_its_outermost_taps_read()
    {
        foreach (ConvKernel kernel in Kernels())
        {
            int last = ((kernel.Output.Height - 1) * kernel.Op.Stride.Height) + ((kernel.Op.Kernel.Height - 1) * kernel.Op.Dilation.Height) - kernel.Op.Padding.Height;
            Border border = kernel.InputNeed(vectors: false).Border;
            Assert.Equal((kernel.Op.Padding.Height, Math.Max(0, last - kernel.Input.Height + 1)), (border.Top, border.Bottom));
        }
    }

    [Fact]
    public void Vectors_of_pixels_read_whole_vectors_behind_the_last_pixel()
    {
        // 20 pixels of output are two vectors: lanes up to pixel 31, and 4 taps beyond.
        ConvKernel kernel = Kernel(new Size2(1, 5), Size2.Of(1), Size2.Of(1), default, new Picture(1, 1, 24));
        Assert.Equal(ConvForm.Rows, kernel.Form);
        Assert.Equal(new Border(0, 0, 0, 31 + 4 - 23), kernel.InputNeed(vectors: true).Border);
        Assert.Equal(new Border(0, 4, 0, 31 - 19), kernel.GradientNeed(vectors: true).Border);
    }

    [Fact]
    public void Chunks_of_pixels_keep_sums_short()
    {
        foreach (int size in new[] { 1, 5, 27, 32, 33, 224, 2000 })
        {
            ConvKernel kernel = Kernel(Size2.Of(1), Size2.Of(1), Size2.Of(1), default, new Picture(16, size, size));
            foreach (int lanes in new[] { 1, 16 })
            {
                (int samples, int rows) = ConvSchedule.PixelChunk(kernel.Output, 1024 * lanes);
                Assert.True(samples >= 1 && rows >= 1 && rows <= size);
                Assert.True(samples == 1 || rows == size);
                Assert.InRange((long)samples * rows * size, 1, Math.Max(size, 1024 * lanes));
            }
        }
    }

    /// <summary>Every small kernel, stride, dilation, padding and height.</summary>
    private static IEnumerable<ConvKernel> Kernels()
    {
        for (int number = 0; number < 5 * 4 * 3 * 4 * 9; number++)
        {
            int kernel = 1 + (number % 5);
            int stride = 1 + (number / 5 % 4);
            int dilation = 1 + (number / 20 % 3);
            int padding = number / 60 % 4;
            int size = 1 + (number / 240);
            if ((dilation * (kernel - 1)) + 1 <= size + (2 * padding))
                yield return Kernel(new Size2(kernel, 1), new Size2(stride, 1), new Size2(dilation, 1), new Size2(padding, 0), new Picture(16, size, 1));
        }
    }

    private static ConvKernel Kernel(Size2 kernel, Size2 stride, Size2 dilation, Size2 padding, Picture input)
    {
        var op = new ConvOp(null, 2, input.Channels, kernel) { Stride = stride, Padding = padding, Dilation = dilation };
        return new ConvKernel("Conv", "conv", op, input, op.Output(input), ConvKernel.FormOf(op, input), 0, -1);
    }
}
