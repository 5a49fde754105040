using System;
using System.IO;
using System.IO.Compression;
using NetGen.Data;
using Xunit;

namespace NetGen.Tests.Runtime;

public class IdxReaderTests
{
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6];
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 0];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_and_labels_are_read_plain_and_compressed(bool compressed)
    {
        IdxImages images = IdxReader.ReadImages(Stream(Images, compressed));
        Assert.Equal((2, 2, 3), (images.Count, images.Rows, images.Columns));
        Assert.Equal(Images[16..], images.Pixels.ToArray());
        Assert.Equal([7, 0], IdxReader.ReadLabels(Stream(Labels, compressed)));

        MnistDataset data = MnistDataset.Load(Stream(Images, compressed), Stream(Labels, compressed));
        Assert.Equal((2, 2, 3, 6), (data.Count, data.Rows, data.Columns, data.ImageSize));
        Assert.Equal([0, 51 / 255f, 102 / 255f, 153 / 255f, 204 / 255f, 1], data.Image(0).ToArray());
        Assert.Equal(1 / 255f, data.Image(1)[0]);
        Assert.Equal(12, data.Images.Length);
        Assert.Equal([7, 0], data.Labels.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Image(2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Image(-1).Length);
    }

    [Fact]
    public void Files_are_read_by_path_and_named_in_errors()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("netgen");
        try
        {
            string images = Path.Combine(directory.FullName, "images");
            string labels = Path.Combine(directory.FullName, "labels");
            File.WriteAllBytes(images, Images);
            File.WriteAllBytes(labels, Compress(Labels));
            Assert.Equal(2, MnistDataset.Load(images, labels).Count);
            File.WriteAllBytes(images, Images[..^1]);
            Assert.Contains(images, Assert.Throws<InvalidDataException>(() => MnistDataset.Load(images, labels)).Message);
            Assert.Throws<FileNotFoundException>(() => MnistDataset.Load(images + "x", labels));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Wrong_sizes_say_what_was_expected_and_what_came()
    {
        AssertInvalid("expected 12 bytes after the header, 2 x 2 x 3, but got 11", Images[..^1]);
        AssertInvalid("expected 12 bytes after the header, 2 x 2 x 3, but got 13", [.. Images, 0]);
        AssertInvalid("expected an IDX header of 16 bytes, but there are 0", []);
        AssertInvalid("0x00000803 of IDX images, but got 0x00000801", [0, 0, 8, 1, .. Images[4..]]);
        AssertInvalid("but got 0x00000D03", [0, 0, 13, 3, .. Images[4..]]);
        AssertInvalid("dimension 0", [0, 0, 8, 3, 255, .. Images[5..]]);
        AssertInvalid("dimension 1", [.. Images[..8], 0, 0, 0, 0, .. Images[12..]]);
        AssertInvalid("expected 9903520300447984150353281023 bytes", [0, 0, 8, 3, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255, 1]);
        Assert.Contains("of IDX labels, but got 0x00000803", Assert.Throws<InvalidDataException>(() => IdxReader.ReadLabels(Stream(Images, false))).Message);
        Assert.Contains("expected 2 bytes after the header, 2, but got 1", Assert.Throws<InvalidDataException>(() => IdxReader.ReadLabels(Stream(Labels[..^1], false))).Message);
    }

    [Fact]
    public void Every_truncation_is_refused_plain_and_compressed()
    {
        byte[] compressed = Compress(Images);
        for (int length = 0; length < Images.Length; length++)
            Assert.Throws<InvalidDataException>(() => IdxReader.ReadImages(new MemoryStream(Images[..length])));
        for (int length = 0; length < compressed.Length; length++)
            Assert.Throws<InvalidDataException>(() => IdxReader.ReadImages(new MemoryStream(compressed[..length])));
    }

    [Fact]
    public void Gzip_may_have_several_members()
    {
        byte[] members = [.. Compress(Images[..7]), .. Compress([]), .. Compress(Images[7..20]), .. Compress(Images[20..])];
        Assert.Equal(Images[16..], IdxReader.ReadImages(new MemoryStream(members)).Pixels.ToArray());
        for (int length = 0; length < members.Length; length++)
            Assert.Throws<InvalidDataException>(() => IdxReader.ReadImages(new MemoryStream(members[..length])));
        byte[][] behind = [[0], [0x1F], [0x1F, 0x8B], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]];
        foreach (byte[] more in behind)
            Assert.Contains("gzip", Assert.Throws<InvalidDataException>(() => IdxReader.ReadImages(new MemoryStream([.. members, .. more]))).Message);
        Assert.Contains("but got", Assert.Throws<InvalidDataException>(() => IdxReader.ReadImages(new MemoryStream([.. members, .. Compress([1])]))).Message);
    }

    [Fact]
    public void Corrupt_compression_is_refused()
    {
        byte[] compressed = Compress(Images);
        int refused = 0;
        for (int bit = 80; bit < 8 * compressed.Length; bit++)
        {
            byte[] corrupt = [.. compressed];
            corrupt[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                // A few bits behind the last symbol mean nothing.
                Assert.Equal(Images[16..], IdxReader.ReadImages(new MemoryStream(corrupt)).Pixels.ToArray());
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, (8 * compressed.Length) - 80 - 8, int.MaxValue);
        Assert.Contains("gzip", Assert.Throws<InvalidDataException>(() => IdxReader.ReadImages(new MemoryStream([0x1F, 0x8B, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]))).Message);
    }

    [Fact]
    public void Datasets_must_fit_together()
    {
        byte[] three = [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3];
        Assert.Contains("expected 2 labels, one for each image of the image stream, but got 3", Assert.Throws<InvalidDataException>(() => MnistDataset.Load(Stream(Images, false), Stream(three, false))).Message);
        byte[] wrong = [0, 0, 8, 1, 0, 0, 0, 2, 9, 10];
        Assert.Contains("labels from 0 to 9, but the one at index 1 is 10", Assert.Throws<InvalidDataException>(() => MnistDataset.Load(Stream(Images, false), Stream(wrong, false))).Message);
    }

    private static void AssertInvalid(string message, byte[] file) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => IdxReader.ReadImages(Stream(file, false))).Message);

    private static MemoryStream Stream(byte[] file, bool compressed) => new(compressed ? Compress(file) : file);

    private static byte[] Compress(byte[] file)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
            gzip.Write(file);
        return stream.ToArray();
    }
}
