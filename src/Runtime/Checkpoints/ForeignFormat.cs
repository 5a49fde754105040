using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace NetGen;

/// <summary>Files that hold parameters in another format, recognised by how they start, and the way to convert them.</summary>
internal static class ForeignFormat
{
    /// <summary>Where an entry of a zip archive has its name, and where the name's length.</summary>
    private const int ZipName = 30;
    private const int ZipNameLength = 26;

    /// <summary>How much of a zip archive is looked at: the entries that tell what it is are its first.</summary>
    private const int ZipStart = 1 << 16;

    /// <summary>Refuses what is not safetensors, but is known.</summary>
    /// <param name="start">Up to 8 bytes.</param>
    /// <param name="stream">What follows them.</param>
    /// <exception cref="InvalidDataException">It is known.</exception>
    public static void Refuse(ReadOnlySpan<byte> start, Stream stream)
    {
        if (start.StartsWith(ZipEntry))
            throw Zip(ZipNames(start, stream));
        if (start.SequenceEqual((ReadOnlySpan<byte>)[0x89, .. "HDF\r\n"u8, 0x1A, (byte)'\n']))
            throw Arrays("an HDF5 file, as Keras (.h5) and h5py write them");
        if (start.StartsWith((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8]))
            throw Numpy("an array of NumPy", "{\"0.weight\": numpy.load(\"weight.npy\")}");

        // Of the protocols 2 to 5. What follows in a pickle, opcodes and the length of a frame, is beyond what a header may have.
        if (start.Length == sizeof(long) && start[0] == 0x80 && start[1] is >= 2 and <= 5 && BinaryPrimitives.ReadUInt64LittleEndian(start) > Safetensors.MaxHeader)
            throw Torch("a pickle, which is code");
    }

    private static ReadOnlySpan<byte> ZipEntry => "PK\u0003\u0004"u8;

    private static InvalidDataException Zip(List<string> names)
    {
        if (names.Exists(name => name == "data.pkl" || name.EndsWith("/data.pkl", StringComparison.Ordinal)))
            return Torch("a zip archive of torch.save with a pickle, which is code");
        if (names.Exists(name => name.EndsWith(".npy", StringComparison.Ordinal)))
            return Numpy("an archive of NumPy", "dict(numpy.load(\"model.npz\"))");
        return names.Contains("metadata.json") && names.Contains("config.json")
            ? Arrays("a model of Keras (.keras)")
            : new InvalidDataException("Expected a safetensors file, but this is a zip archive, and none of PyTorch, NumPy or Keras: a model in it is to be unpacked first.");
    }

    /// <summary>The names of the first entries, by the headers before each.</summary>
    private static List<string> ZipNames(ReadOnlySpan<byte> start, Stream stream)
    {
        var bytes = new byte[ZipStart];
        start.CopyTo(bytes);
        ReadOnlySpan<byte> rest = bytes.AsSpan(0, start.Length + stream.ReadAtLeast(bytes.AsSpan(start.Length), bytes.Length - start.Length, throwOnEndOfStream: false));
        List<string> names = [];
        while (rest.IndexOf(ZipEntry) is >= 0 and var next && rest.Length - next > ZipName)
        {
            rest = rest[next..];
            int length = Math.Min(rest.Length - ZipName, BinaryPrimitives.ReadUInt16LittleEndian(rest[ZipNameLength..]));
            names.Add(Encoding.UTF8.GetString(rest.Slice(ZipName, length)));
            rest = rest[(ZipName + length)..];
        }

        return names;
    }

    private static InvalidDataException Torch(string what) => new(
        $$"""
        Expected a safetensors file, but this is {{what}}. Two lines of Python convert the state_dict of a file of PyTorch:
            import torch; from safetensors.torch import save_file
            save_file({name: value.clone().contiguous() for name, value in torch.load("model.pt", map_location="cpu").items()}, "model.safetensors")
        """);

    private static InvalidDataException Arrays(string what) => new(
        $"Expected a safetensors file, but this is {what}. Save its arrays with safetensors.numpy.save_file, under the network's names and in PyTorch's shapes: kernels of Keras are transposed.");

    private static InvalidDataException Numpy(string what, string tensors) => new(
        $"""
        Expected a safetensors file, but this is {what}. Two lines of Python convert it:
            import numpy; from safetensors.numpy import save_file
            save_file({tensors}, "model.safetensors")
        """);
}
