using System;
using System.Globalization;
using System.IO;
using System.Numerics.Tensors;

namespace NetGen.Data;

/// <summary>
/// Images of handwritten digits with their labels, from a pair of IDX files of MNIST
/// (LeCun, Cortes and Burges) or of a set of the same form.
/// </summary>
public sealed class MnistDataset
{
    private const int Classes = 10;

    private readonly float[] _images;
    private readonly int[] _labels;

    private MnistDataset(IdxImages images, byte[] labels, string imageSource, string labelSource)
    {
        if (labels.Length != images.Count)
            throw Invalid($"{labelSource}: expected {images.Count} labels, one for each image of {imageSource}, but got {labels.Length}.");
        int wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (wrong >= 0)
            throw Invalid($"{labelSource}: expected labels from 0 to {Classes - 1}, but the one at index {wrong} is {labels[wrong]}.");
        Rows = images.Rows;
        Columns = images.Columns;
        _images = new float[images.Pixels.Length];
        TensorPrimitives.ConvertChecked(images.Pixels, _images);
        TensorPrimitives.Divide(_images, 255f, _images);
        _labels = new int[labels.Length];
        TensorPrimitives.ConvertChecked<byte, int>(labels, _labels);
    }

    /// <summary>The number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>The height of an image; 28 in MNIST.</summary>
    public int Rows { get; }

    /// <summary>The width of an image; 28 in MNIST.</summary>
    public int Columns { get; }

    /// <summary>The floats of an image, <see cref="Rows"/> by <see cref="Columns"/>.</summary>
    public int ImageSize => Rows * Columns;

    /// <summary>All images, <c>[count, rows, columns]</c>; the pixel's byte divided by 255: 0 is the background, 1 full ink.</summary>
    public ReadOnlySpan<float> Images => _images;

    /// <summary>The digit of each image, 0 to 9.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>One image, <c>[rows, columns]</c>.</summary>
    /// <param name="index">At least 0 and less than <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ReadOnlySpan<float> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return _images.AsSpan(index * ImageSize, ImageSize);
    }

    /// <summary>The images with their labels, as loaders take them; the memory is the same.</summary>
    public Dataset<int> ToDataset() => new(_images, _labels, ImageSize);

    /// <summary>Reads a pair of files.</summary>
    /// <param name="imagesPath">The images in the IDX format, plain or compressed by gzip, such as <c>train-images-idx3-ubyte.gz</c>.</param>
    /// <param name="labelsPath">Their labels, such as <c>train-labels-idx1-ubyte.gz</c>.</param>
    /// <exception cref="InvalidDataException">A file is corrupt, truncated or too long, the counts differ, or a label is above 9.</exception>
    public static MnistDataset Load(string imagesPath, string labelsPath) =>
        new(IdxReader.ReadImages(imagesPath), IdxReader.ReadLabels(labelsPath), imagesPath, labelsPath);

    /// <summary>Reads a pair of streams to their ends and leaves them open.</summary>
    /// <param name="images">The images in the IDX format, plain or compressed by gzip.</param>
    /// <param name="labels">Their labels.</param>
    /// <exception cref="InvalidDataException">A stream is corrupt, truncated or too long, the counts differ, or a label is above 9.</exception>
    public static MnistDataset Load(Stream images, Stream labels) =>
        new(IdxReader.ReadImages(images), IdxReader.ReadLabels(labels), "the image stream", "the label stream");

    private static InvalidDataException Invalid(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture));
}
