using System;
using System.IO;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>A transform of pictures, <c>[channels, height, width]</c>.</summary>
public abstract class PictureTransform : ITransform
{
    private protected PictureTransform(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        _ = checked(channels * height * width);
        (Channels, Height, Width) = (channels, height, width);
    }

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <summary>The picture's channels.</summary>
    public int Channels { get; }

    /// <summary>Its height.</summary>
    public int Height { get; }

    /// <summary>Its width.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public int OutputSize(int inputSize) => inputSize == Channels * Height * Width
        ? Size
        : throw Dataset.Invalid($"Expected pictures of {Channels} x {Height} x {Width} = {Channels * Height * Width} floats, but got {inputSize}.", nameof(inputSize));

    /// <inheritdoc/>
    public abstract void Apply(ReadOnlySpan<float> input, Span<float> output);

    /// <inheritdoc/>
    public abstract void Augment(ReadOnlySpan<float> input, Span<float> output, in SampleRandom random);

    /// <inheritdoc/>
    public virtual void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("channels", Channels);
        state.Set("height", Height);
        state.Set("width", Width);
    }

    /// <inheritdoc/>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var own = new TrainingState();
        Save(own);
        foreach ((string name, string value) in own.Values)
        {
            if (state.GetString(name) is { } saved && saved != value)
                throw new InvalidDataException($"Expected a {Kind} with {name} {value}, but the checkpoint has one with {saved}.");
        }

        return static () => { };
    }

    private protected abstract int Size { get; }

    private protected static (int Channels, int Height, int Width) Shape(TrainingState state) => (Whole(state, "channels"), Whole(state, "height"), Whole(state, "width"));

    private protected static int Whole(TrainingState state, string name) => checked((int)state.GetInt64(name));

    private protected void Check(ReadOnlySpan<float> input, ReadOnlySpan<float> output) => Transforms.CheckOutput(output, OutputSize(input.Length));
}

/// <summary>
/// A part of the picture with a border around it, at a random place in training (torchvision's <c>RandomCrop</c>), and in the middle in evaluation. The places: of the rows, the sample's random number 0,
/// of the columns, 1.
/// </summary>
public sealed class RandomCrop : PictureTransform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="channels">The picture's channels.</param>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    /// <param name="cropHeight">The part's height.</param>
    /// <param name="cropWidth">The part's width.</param>
    /// <param name="padding">The border on each side.</param>
    /// <param name="fill">The border's value.</param>
    /// <exception cref="ArgumentException">A number is out of range, or the part larger than the picture with its border.</exception>
    public RandomCrop(int channels, int height, int width, int cropHeight, int cropWidth, int padding = 0, float fill = 0)
        : base(channels, height, width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cropHeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cropWidth);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        if (cropHeight > (long)height + (2L * padding) || cropWidth > (long)width + (2L * padding))
            throw Dataset.Invalid($"Expected a part of at most {height + (2L * padding)} x {width + (2L * padding)}, but got {cropHeight} x {cropWidth}.", nameof(cropHeight));
        (CropHeight, CropWidth, Padding, Fill) = (cropHeight, cropWidth, padding, fill);
        _ = checked(channels * cropHeight * cropWidth);
    }

    /// <inheritdoc/>
    public override string Kind => nameof(RandomCrop);

    /// <summary>The part's height.</summary>
    public int CropHeight { get; }

    /// <summary>The part's width.</summary>
    public int CropWidth { get; }

    /// <summary>The border on each side.</summary>
    public int Padding { get; }

    /// <summary>The border's value.</summary>
    public float Fill { get; }

    private protected override int Size => Channels * CropHeight * CropWidth;

    private int Rows => Height + (2 * Padding) - CropHeight + 1;

    private int Columns => Width + (2 * Padding) - CropWidth + 1;

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> input, Span<float> output) => Crop(input, output, (Rows - 1) / 2, (Columns - 1) / 2);

    /// <inheritdoc/>
    public override void Augment(ReadOnlySpan<float> input, Span<float> output, in SampleRandom random) => Crop(input, output, random.Below(0, Rows), random.Below(1, Columns));

    /// <inheritdoc/>
    public override void Save(TrainingState state)
    {
        base.Save(state);
        state.Set("cropHeight", CropHeight);
        state.Set("cropWidth", CropWidth);
        state.Set("padding", Padding);
        state.Set("fill", Fill);
    }

    internal static RandomCrop Restore(TrainingState state)
    {
        (int channels, int height, int width) = Shape(state);
        return new(channels, height, width, Whole(state, "cropHeight"), Whole(state, "cropWidth"), Whole(state, "padding"), (float)state.GetDouble("fill"));
    }

    private void Crop(ReadOnlySpan<float> input, Span<float> output, int top, int left)
    {
        Check(input, output);
        int from = Math.Clamp(left - Padding, 0, Width);
        int to = Math.Clamp(left - Padding + CropWidth, 0, Width);
        for (int row = 0; row < Channels * CropHeight; row++)
        {
            Span<float> written = output.Slice(row * CropWidth, CropWidth);
            int y = (row % CropHeight) + top - Padding;
            if (y < 0 || y >= Height || from == to)
            {
                written.Fill(Fill);
                continue;
            }

            int before = from - (left - Padding);
            written[..before].Fill(Fill);
            input.Slice((((row / CropHeight) * Height) + y) * Width, Width)[from..to].CopyTo(written[before..]);
            written[(before + to - from)..].Fill(Fill);
        }
    }
}

/// <summary>The picture mirrored left to right in training, with a probability (torchvision's <c>RandomHorizontalFlip</c>); as it is in evaluation.</summary>
public sealed class RandomHorizontalFlip : PictureTransform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="channels">The picture's channels.</param>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    /// <param name="probability">Of being mirrored: where the sample's random number 0 is less.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public RandomHorizontalFlip(int channels, int height, int width, double probability = 0.5)
        : base(channels, height, width)
    {
        if (probability is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), "Expected a probability from 0 to 1.");
        Probability = probability;
    }

    /// <inheritdoc/>
    public override string Kind => nameof(RandomHorizontalFlip);

    /// <summary>Of being mirrored.</summary>
    public double Probability { get; }

    private protected override int Size => Channels * Height * Width;

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        Check(input, output);
        input.CopyTo(output);
    }

    /// <inheritdoc/>
    public override void Augment(ReadOnlySpan<float> input, Span<float> output, in SampleRandom random)
    {
        Apply(input, output);
        if (random.Uniform(0) >= Probability)
            return;
        for (int row = 0; row < Channels * Height; row++)
            output.Slice(row * Width, Width).Reverse();
    }

    /// <inheritdoc/>
    public override void Save(TrainingState state)
    {
        base.Save(state);
        state.Set("probability", Probability);
    }

    internal static RandomHorizontalFlip Restore(TrainingState state)
    {
        (int channels, int height, int width) = Shape(state);
        return new(channels, height, width, state.GetDouble("probability"));
    }
}
