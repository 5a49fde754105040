using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.IO.Compression;

namespace NetGen.Data;

/// <summary>
/// Reads the IDX format in which MNIST is distributed: a magic number, the dimensions as big-endian integers, then the bytes.
/// Compression by gzip, in one member or several, is recognised by its first two bytes.
/// </summary>
public static class IdxReader
{
    private const int ImagesMagic = 0x00000803;
    private const int LabelsMagic = 0x00000801;

    /// <summary>Reads images: unsigned bytes of three dimensions (magic number 0x00000803).</summary>
    /// <param name="path">A file, plain or compressed by gzip.</param>
    /// <exception cref="InvalidDataException">The contents are not such a file, truncated or too long.</exception>
    public static IdxImages ReadImages(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return ReadImages(stream, path);
    }

    /// <summary>Reads images: unsigned bytes of three dimensions (magic number 0x00000803).</summary>
    /// <param name="stream">Plain or compressed by gzip; read to its end, left open.</param>
    /// <exception cref="InvalidDataException">The contents are not such a file, truncated or too long.</exception>
    public static IdxImages ReadImages(Stream stream) => ReadImages(stream, "the image stream");

    /// <summary>Reads labels: unsigned bytes of one dimension (magic number 0x00000801).</summary>
    /// <param name="path">A file, plain or compressed by gzip.</param>
    /// <exception cref="InvalidDataException">The contents are not such a file, truncated or too long.</exception>
    public static byte[] ReadLabels(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return ReadLabels(stream, path);
    }

    /// <summary>Reads labels: unsigned bytes of one dimension (magic number 0x00000801).</summary>
    /// <param name="stream">Plain or compressed by gzip; read to its end, left open.</param>
    /// <exception cref="InvalidDataException">The contents are not such a file, truncated or too long.</exception>
    public static byte[] ReadLabels(Stream stream) => ReadLabels(stream, "the label stream");

    internal static IdxImages ReadImages(Stream stream, string source)
    {
        (int[] dimensions, byte[] bytes) = Read(stream, source, ImagesMagic, "images");
        return new IdxImages(dimensions[0], dimensions[1], dimensions[2], bytes);
    }

    internal static byte[] ReadLabels(Stream stream, string source) => Read(stream, source, LabelsMagic, "labels").Bytes;

    private static (int[] Dimensions, byte[] Bytes) Read(Stream stream, string source, int magic, string kind)
    {
        byte[] file = Decompress(ReadToEnd(stream), source);
        int rank = magic & 0xFF;
        int header = sizeof(int) * (1 + rank);
        if (file.Length < header)
            throw Invalid($"{source}: expected an IDX header of {header} bytes, but there are {file.Length} bytes.");
        int found = BinaryPrimitives.ReadInt32BigEndian(file);
        if (found != magic)
            throw Invalid($"{source}: expected the magic number 0x{magic:X8} of IDX {kind}, but got 0x{found:X8}.");
        var dimensions = new int[rank];
        Int128 count = 1;
        for (int i = 0; i < rank; i++)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(sizeof(int) * (1 + i)));
            if (size > int.MaxValue || (i > 0 && size == 0))
                throw Invalid($"{source}: expected dimension {i} to be a positive number below 2^31, but got {size}.");
            dimensions[i] = (int)size;
            count *= size;
        }

        if (file.Length - header != count)
            throw Invalid($"{source}: expected {count} bytes after the header, {string.Join(" x ", dimensions)}, but got {file.Length - header}.");
        return (dimensions, file[header..]);
    }

    private static byte[] ReadToEnd(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    private static byte[] Decompress(byte[] file, string source)
    {
        if (file is not [0x1F, 0x8B, ..])
            return file;

        // GZipStream does not miss a trailer that is cut off, nor mind what lies behind the last member. So one more is put there: it comes out at the end only if all before it is whole.
        ReadOnlySpan<byte> mark = "the end of the file"u8;
        using var whole = new MemoryStream();
        whole.Write(file);
        using (var end = new GZipStream(whole, CompressionLevel.NoCompression, leaveOpen: true))
            end.Write(mark);
        whole.Position = 0;
        byte[] content;
        try
        {
            using var stream = new GZipStream(whole, CompressionMode.Decompress);
            content = ReadToEnd(stream);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{source}: expected a gzip file, but it is corrupt or truncated: {e.Message}", e);
        }

        if (!content.AsSpan().EndsWith(mark))
            throw Invalid($"{source}: expected a gzip file, but it is corrupt or truncated: its last member does not end where the file does.");
        return content[..^mark.Length];
    }

    private static InvalidDataException Invalid(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Grey images of one size.</summary>
/// <param name="count">The number of images.</param>
/// <param name="rows">Their height.</param>
/// <param name="columns">Their width.</param>
/// <param name="pixels">The pixels, <c>[count, rows, columns]</c> in row-major order, 0 to 255.</param>
public sealed class IdxImages(int count, int rows, int columns, byte[] pixels)
{
    /// <summary>The number of images.</summary>
    public int Count { get; } = count;

    /// <summary>The height of an image.</summary>
    public int Rows { get; } = rows;

    /// <summary>The width of an image.</summary>
    public int Columns { get; } = columns;

    /// <summary>The pixels, <c>[count, rows, columns]</c> in row-major order, 0 to 255.</summary>
    public ReadOnlySpan<byte> Pixels => pixels;
}
