using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace NetGen;

/// <summary>
/// Saves and loads a network's parameters as a safetensors file (32-bit floats, by name, PyTorch's shapes),
/// the format of <c>safetensors.torch.save_file(module.state_dict(), path)</c>.
/// </summary>
public static class NetworkCheckpoint
{
    /// <summary>Saves the parameters. The file appears whole or not at all: an existing one is replaced only once the new one is written.</summary>
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

    /// <summary>Saves the parameters.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Written from its position on, left open.</param>
    public static void Save(this INetwork network, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(stream);
        Safetensors.WriteHeader(stream, network.Parameters);
        foreach (ParameterView parameter in network.Parameters)
            Safetensors.WriteData(stream, parameter.ToArray());
    }

    /// <summary>Loads parameters by name. The whole file is read and checked before anything is changed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">A safetensors file with exactly this network's parameters as 32-bit floats.</param>
    /// <exception cref="InvalidDataException">The file is corrupt or truncated, or its names, shapes or types are not the network's.</exception>
    public static void Load(this INetwork network, string path)
    {
        using FileStream stream = File.OpenRead(path);
        network.Load(stream);
    }

    /// <summary>Loads parameters by name. The whole stream is read and checked before anything is changed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Read from its position to its end, left open.</param>
    /// <exception cref="InvalidDataException">The contents are corrupt or truncated, or names, shapes or types are not the network's.</exception>
    public static void Load(this INetwork network, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(stream);
        List<SafetensorsEntry> entries = Safetensors.ReadHeader(stream);
        foreach (SafetensorsEntry entry in entries)
            Match(network.Parameters, entry);
        foreach (ParameterView parameter in network.Parameters)
        {
            if (!entries.Exists(entry => entry.Name == parameter.Name))
                throw Safetensors.Invalid($"Expected the parameter {parameter}, but it is missing; there are: {string.Join(", ", entries.Select(entry => entry.Name))}.");
        }

        // Headers promise lengths; only what the network expects is ever allocated.
        float[][] values = [.. entries.Select(entry => Safetensors.ReadData(stream, entry))];
        if (stream.ReadByte() >= 0)
            throw Safetensors.Invalid($"Expected the end of the file after {entries.Sum(entry => entry.Bytes)} bytes of data, but there is more.");
        for (int i = 0; i < values.Length; i++)
            network.Parameters[entries[i].Name].CopyFrom(values[i]);
    }

    private static void Match(ParameterCollection parameters, SafetensorsEntry entry)
    {
        if (!parameters.TryGet(entry.Name, out ParameterView? parameter))
            throw Safetensors.Invalid($"Got a parameter \"{entry.Name}\" that the network does not have; it has: {string.Join<ParameterView>(", ", parameters)}.");
        if (entry.Type != Safetensors.Float32)
            throw Safetensors.Invalid($"Expected {parameter} to be of type {Safetensors.Float32}, but got {entry.Type}.");
        if (!parameter.Shape.SequenceEqual(entry.Shape))
            throw Safetensors.Invalid($"Expected the parameter {parameter}, but got the shape {ParameterView.ShapeText(entry.Shape)}.");
    }
}
