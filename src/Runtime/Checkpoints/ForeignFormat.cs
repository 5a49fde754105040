using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace NetGen;

/// <summary>Files that hold parameters in another format, recognised by how they start, and the way to convert them.</summary>
internal static class ForeignFormat
{
    /// <summary>Where a zip archive has its first entry's name, and where the name's length.</summary>
    private const int ZipName = 30;
    private const int ZipNameLength = 26;

    /// <summary>Refuses what is not safetensors, but is known.</summary>
    /// <param name="start">Up to 8 bytes.</param>
    /// <param name="stream">What follows them.</param>
    /// <exception cref="InvalidDataException">It is known.</exception>
    public static void Refuse(ReadOnlySpan<byte> start, Stream stream)
    {
        if (start.StartsWith("PK\u0003\u0004"u8))
            throw IsNumpyArchive(start, stream) ? Numpy("an archive of NumPy", "dict(numpy.load(\"model.npz\"))") : Torch("a zip archive, as torch.save writes them, with a pickle, which is code");
        if (start.StartsWith((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8]))
            throw Numpy("an array of NumPy", "{\"0.weight\": numpy.load(\"weight.npy\")}");

        // Of the protocols 2 to 5. What follows in a pickle, opcodes and the length of a frame, is beyond what a header may have.
        if (start.Length == sizeof(long) && start[0] == 0x80 && start[1] is >= 2 and <= 5 && BinaryPrimitives.ReadUInt64LittleEndian(start) > Safetensors.MaxHeader)
            throw Torch("a pickle, which is code");
    }

    private static bool IsNumpyArchive(ReadOnlySpan<byte> start, Stream stream)
    {
        Span<byte> more = stackalloc byte[256];
        start.CopyTo(more);
        int length = start.Length + stream.ReadAtLeast(more[start.Length..], more.Length - start.Length, throwOnEndOfStream: false);
        if (length <= ZipName)
            return false;
        int end = Math.Min(length, ZipName + more[ZipNameLength] + (more[ZipNameLength + 1] << 8));
        return Encoding.ASCII.GetString(more[ZipName..end]).EndsWith(".npy", StringComparison.Ordinal);
    }

    private static InvalidDataException Torch(string what) => new(
        $$"""
        Expected a safetensors file, but this is {{what}}. Two lines of Python convert the state_dict of a file of PyTorch:
            import torch; from safetensors.torch import save_file
            save_file({name: value.clone().contiguous() for name, value in torch.load("model.pt", map_location="cpu").items()}, "model.safetensors")
        """);

    private static InvalidDataException Numpy(string what, string tensors) => new(
        $"""
        Expected a safetensors file, but this is {what}. Two lines of Python convert it:
            import numpy; from safetensors.numpy import save_file
            save_file({tensors}, "model.safetensors")
        """);
}
