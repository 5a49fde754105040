using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace NetGen;

/// <summary>
/// Saves and loads a network's parameters and buffers as a safetensors file (by name, PyTorch's shapes, floats, and 64-bit integers where PyTorch has them),
/// the format of <c>safetensors.torch.save_file(module.state_dict(), path)</c>.
/// </summary>
public static class NetworkCheckpoint
{
    /// <summary>
    /// Saves parameters and buffers. The file is written beside its place, flushed to the disk and renamed, so it is there whole or not at all: whenever process or machine stop,
    /// the old one or the new one is there.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file.</param>
    public static void Save(this INetwork network, string path) => network.Save(path, CheckpointSaveOptions.Default);

    /// <inheritdoc cref="Save(INetwork, string)"/>
    /// <param name="network">The network.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">The type of floats, and texts that go with them.</param>
    /// <exception cref="ArgumentException">A name of the metadata is taken.</exception>
    /// <exception cref="InvalidOperationException">A finite number is none in the type; nothing has been written.</exception>
    public static void Save(this INetwork network, string path, CheckpointSaveOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Action<Stream> write = Writer(network, options);
        AtomicFile.Write(path, write);
    }

    /// <summary>Saves parameters and buffers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Written from its position on, left open.</param>
    public static void Save(this INetwork network, Stream stream) => network.Save(stream, CheckpointSaveOptions.Default);

    /// <inheritdoc cref="Save(INetwork, Stream)"/>
    /// <param name="network">The network.</param>
    /// <param name="stream">Written from its position on, left open.</param>
    /// <param name="options">The type of floats, and texts that go with them.</param>
    /// <exception cref="ArgumentException">A name of the metadata is taken.</exception>
    /// <exception cref="InvalidOperationException">A finite number is none in the type; nothing has been written.</exception>
    public static void Save(this INetwork network, Stream stream, CheckpointSaveOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Writer(network, options)(stream);
    }

    /// <summary>Loads parameters and buffers by name. The whole file is read and checked before anything is changed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">
    /// A safetensors file with exactly this network's parameters and buffers; what it has of a training beside them is passed over. A count of batches may be missing, as in files of
    /// old versions of PyTorch; it is 0 then.
    /// </param>
    /// <returns>What was loaded, and what was converted.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is corrupt, truncated, of another format or of a newer version, or names, shapes or types are not the network's: the message lists all that are not.
    /// </exception>
    public static CheckpointLoadResult Load(this INetwork network, string path) => network.Load(path, CheckpointLoadOptions.Default);

    /// <summary>Loads parameters and buffers by name. The whole file is read and checked before anything is changed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">A safetensors file.</param>
    /// <param name="options">What is renamed, skipped, or may be missing.</param>
    /// <returns>What was loaded, left as it is, and converted.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is corrupt, truncated, of another format or of a newer version, or names, shapes or types are not the network's: the message lists all that are not.
    /// </exception>
    public static CheckpointLoadResult Load(this INetwork network, string path, CheckpointLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        using FileStream stream = File.OpenRead(path);
        return Named(path, () => Load(network, options, stream));
    }

    /// <summary>Loads parameters and buffers by name. The whole stream is read and checked before anything is changed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Read from its position to its end, left open.</param>
    /// <returns>What was loaded, and what was converted.</returns>
    /// <exception cref="InvalidDataException">
    /// The contents are corrupt, truncated, of another format or of a newer version, or names, shapes or types are not the network's: the message lists all that are not.
    /// </exception>
    public static CheckpointLoadResult Load(this INetwork network, Stream stream) => network.Load(stream, CheckpointLoadOptions.Default);

    /// <inheritdoc cref="Load(INetwork, Stream)"/>
    /// <param name="network">The network.</param>
    /// <param name="stream">Read from its position to its end, left open.</param>
    /// <param name="options">What is renamed, skipped, or may be missing.</param>
    public static CheckpointLoadResult Load(this INetwork network, Stream stream, CheckpointLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        return stream is FileStream file ? Named(file.Name, () => Load(network, options, stream)) : Load(network, options, stream);
    }

    /// <summary>All that is saved, the wider elements first, so that each is aligned.</summary>
    internal static IEnumerable<SafetensorsTensor> Tensors(INetwork network, string type) =>
        from tensor in network.Parameters.Concat(network.Buffers)
        orderby tensor.IsInt64 descending
        select Tensor(tensor.Name, tensor, type);

    internal static SafetensorsTensor Tensor(string name, ParameterView tensor, string type = Safetensors.Float32) => tensor.IsInt64
        ? new SafetensorsTensor(name, Safetensors.Int64, tensor.Layout.Shape, () => new[] { tensor.Int64 })
        : new SafetensorsTensor(name, type, tensor.Layout.Shape, tensor.ToArray);

    /// <summary>Errors say which file it is.</summary>
    internal static T Named<T>(string name, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{name}: {e.Message}", e);
        }
    }

    private static Action<Stream> Writer(INetwork network, CheckpointSaveOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        string type = Safetensors.Name(options.Type);
        Dictionary<string, string> metadata = CheckpointMetadata.Of(network, options.Metadata);
        if (type != Safetensors.Float32)
            CheckRange(network, type);
        return stream => Safetensors.Write(stream, [.. Tensors(network, type)], metadata);
    }

    private static void CheckRange(INetwork network, string type)
    {
        foreach (ParameterView tensor in network.Parameters.Concat(network.Buffers).Where(tensor => !tensor.IsInt64))
        {
            foreach (float value in tensor.ToArray())
            {
                if (!TensorBytes.Holds(type, value))
                    throw new InvalidOperationException(FormattableString.Invariant($"Expected numbers that {type} holds, but {tensor} has {value}."));
            }
        }
    }

    private static CheckpointLoadResult Load(INetwork network, CheckpointLoadOptions options, Stream stream)
    {
        List<SafetensorsEntry> entries = Safetensors.ReadHeader(stream, out Dictionary<string, string> metadata);
        CheckpointMetadata.CheckVersion(metadata);
        List<string> mismatches = [];
        var plan = LoadPlan.Of(network, entries, metadata, options, mismatches);
        LoadPlan.Refuse(mismatches);
        plan.Read(stream, entries)();
        return plan.Result;
    }
}
