using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace NetGen;

/// <summary>
/// Saves and loads a network's parameters and buffers as a safetensors file (by name, PyTorch's shapes, 32-bit floats, and 64-bit integers where PyTorch has them),
/// the format of <c>safetensors.torch.save_file(module.state_dict(), path)</c>.
/// </summary>
public static class NetworkCheckpoint
{
    /// <summary>Saves parameters and buffers. The file appears whole or not at all: an existing one is replaced only once the new one is written.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file.</param>
    public static void Save(this INetwork network, string path)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentException.ThrowIfNullOrEmpty(path);
        string temporary = path + "." + Path.GetRandomFileName();
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                network.Save(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Saves parameters and buffers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Written from its position on, left open.</param>
    public static void Save(this INetwork network, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(stream);
        ParameterView[] tensors = Tensors(network);
        Safetensors.WriteHeader(stream, tensors);
        foreach (ParameterView tensor in tensors)
            Safetensors.WriteData(stream, tensor);
    }

    /// <summary>Loads parameters and buffers by name. The whole file is read and checked before anything is changed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">
    /// A safetensors file with exactly this network's parameters and buffers. A count of batches may be missing, as in files of old versions of PyTorch; it is 0 then.
    /// </param>
    /// <exception cref="InvalidDataException">The file is corrupt or truncated, or its names, shapes or types are not the network's.</exception>
    public static void Load(this INetwork network, string path)
    {
        using FileStream stream = File.OpenRead(path);
        network.Load(stream);
    }

    /// <summary>Loads parameters and buffers by name. The whole stream is read and checked before anything is changed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Read from its position to its end, left open.</param>
    /// <exception cref="InvalidDataException">The contents are corrupt or truncated, or names, shapes or types are not the network's.</exception>
    public static void Load(this INetwork network, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(stream);
        List<SafetensorsEntry> entries = Safetensors.ReadHeader(stream);
        ParameterView[] tensors = Tensors(network);
        ParameterView[] expected = [.. entries.Select(entry => Match(tensors, entry))];
        foreach (ParameterView tensor in tensors.Except(expected))
        {
            if (!tensor.IsInt64)
                throw Safetensors.Invalid($"Expected the {Kind(tensor)} {tensor}, but it is missing; there are: {string.Join(", ", entries.Select(entry => entry.Name))}.");
        }

        // Headers promise lengths; only what the network expects is ever allocated.
        Array[] values = [.. entries.Select(entry => Safetensors.ReadData(stream, entry))];
        if (stream.ReadByte() >= 0)
            throw Safetensors.Invalid($"Expected the end of the file after {entries.Sum(entry => entry.Bytes)} bytes of data, but there is more.");
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is long[] and [< 0 and var count, ..])
                throw Safetensors.Invalid($"Expected {expected[i]} to be at least 0, but got {count}.");
        }

        foreach (ParameterView missing in tensors.Except(expected))
            missing.Int64 = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is long[] integers)
                expected[i].Int64 = integers[0];
            else
                expected[i].CopyFrom((float[])values[i]);
        }
    }

    /// <summary>All that is saved, the wider elements first, so that each is aligned.</summary>
    private static ParameterView[] Tensors(INetwork network) => [.. network.Parameters.Concat(network.Buffers).OrderBy(tensor => !tensor.IsInt64)];

    private static string Kind(ParameterView tensor) => tensor.IsBuffer ? "buffer" : "parameter";

    private static ParameterView Match(ParameterView[] tensors, SafetensorsEntry entry)
    {
        ParameterView tensor = Array.Find(tensors, tensor => tensor.Name == entry.Name)
            ?? throw Safetensors.Invalid($"Got a parameter \"{entry.Name}\" that the network does not have; it has: {string.Join<ParameterView>(", ", tensors)}.");
        if (entry.Type != Safetensors.Type(tensor))
            throw Safetensors.Invalid($"Expected {tensor} to be of type {Safetensors.Type(tensor)}, but got {entry.Type}.");
        if (!tensor.Shape.SequenceEqual(entry.Shape))
            throw Safetensors.Invalid($"Expected the {Kind(tensor)} {tensor}, but got the shape {ParameterView.ShapeText(entry.Shape)}.");
        return tensor;
    }
}
