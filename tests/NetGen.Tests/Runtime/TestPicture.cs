using System;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>Pictures of some samples in memory, with marks before and behind that have to stay, addressed by sample, channel, row and column.</summary>
internal sealed class TestPicture
{
    private const int Guard = 64;
    private const float Mark = 12345.5f;

    private readonly float[] _memory;

    private TestPicture(string order, PictureLayout layout, int samples)
    {
        Order = order;
        Layout = layout;
        Samples = samples;
        _memory = new float[(2 * Guard) + (samples * layout.Sample)];
        _memory.AsSpan(0, Guard).Fill(Mark);
        _memory.AsSpan(Guard + (samples * layout.Sample)).Fill(Mark);
    }

    public static string[] Orders => ["planes", "exact planes", "bordered planes", "pixels", "exact pixels", "bordered pixels"];

    /// <summary>Channels of a larger picture's, which only kernels that move pictures are given.</summary>
    public static string Part => "part of pixels";

    public string Order { get; }

    public PictureLayout Layout { get; }

    public int Samples { get; }

    public ref float Reference => ref _memory[Guard];

    public ref float this[int n, int c, int y, int x] =>
        ref _memory[Guard + (n * Layout.Sample) + Layout.Origin + (c * Layout.Channel) + (y * Layout.Row) + (x * Layout.Pixel)];

    public static TestPicture Create(string order, int samples, int channels, int height, int width)
    {
        int pitch = Up(width);
        int pixel = channels == 1 ? 1 : channels <= 4 ? 4 : Up(channels);
        PictureLayout layout = order switch
        {
            "planes" => Planes(0, 0, pitch),
            "exact planes" => Planes(0, 0, width),
            "bordered planes" => Planes(2, 3, pitch + 16),
            "pixels" => Pixels(0, 0, pixel),
            "exact pixels" => Pixels(0, 0, channels),
            "part of pixels" => new(channels, height, width, height * width * (Up(channels) + 16), 1, width * (Up(channels) + 16), Up(channels) + 16, 3, isExact: true),
            "bordered pixels" => Pixels(2, 1, pixel),
            _ => throw new ArgumentException(order),
        };
        return new TestPicture(order, layout, samples);

        PictureLayout Planes(int above, int left, int row) =>
            new(channels, height, width, channels * (height + (2 * above)) * row, (height + (2 * above)) * row, row, 1, (above * row) + left);

        PictureLayout Pixels(int above, int left, int pixel)
        {
            int row = (width + (2 * left)) * pixel;
            return new(channels, height, width, (height + (2 * above)) * row, 1, row, pixel, (above * row) + (left * pixel));
        }
    }

    /// <summary>Small multiples of 1/8, with many ties, in the picture; zeros around it.</summary>
    public TestPicture Random(int seed, int range = 40)
    {
        var random = new Random(seed);
        return Set((_, _, _, _) => random.Next(-range, range) / 8f);
    }

    public TestPicture Set(Func<int, int, int, int, float> value)
    {
        ForEach((n, c, y, x) => this[n, c, y, x] = value(n, c, y, x));
        return this;
    }

    public void ForEach(Action<int, int, int, int> action)
    {
        for (int n = 0; n < Samples; n++)
        {
            for (int c = 0; c < Layout.Channels; c++)
            {
                for (int y = 0; y < Layout.Height; y++)
                {
                    for (int x = 0; x < Layout.Width; x++)
                        action(n, c, y, x);
                }
            }
        }
    }

    /// <summary>Fills all of the samples: picture, border and padding.</summary>
    public TestPicture Fill(float value)
    {
        _memory.AsSpan(Guard, Samples * Layout.Sample).Fill(value);
        return this;
    }

    /// <summary>The picture is as expected, bit by bit; the padding is zero, the border what it was, and nothing else was written.</summary>
    public void AssertIs(Func<int, int, int, int, float> expected, float border, float padding = 0)
    {
        var wanted = new TestPicture(Order, Layout, Samples);
        wanted.Fill(border);
        for (int n = 0; n < Samples; n++)
        {
            for (int c = 0; c < Layout.PaddedChannels; c++)
            {
                for (int y = 0; y < Layout.Height; y++)
                {
                    for (int x = 0; x < Layout.PaddedWidth; x++)
                        wanted[n, c, y, x] = c < Layout.Channels && x < Layout.Width ? expected(n, c, y, x) : padding;
                }
            }
        }

        for (int i = 0; i < _memory.Length; i++)
        {
            if (!_memory[i].Equals(wanted._memory[i]))
                Assert.Fail($"{Order} {Layout.Channels}x{Layout.Height}x{Layout.Width}: {_memory[i]:R} at {i - Guard} of {Samples} x {Layout.Sample}, expected {wanted._memory[i]:R}");
        }
    }

    public float[] ToArray() => [.. _memory];

    private static int Up(int length) => (length + 15) / 16 * 16;
}
