using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace NetGen.Training;

/// <summary>
/// The full state of a training in one safetensors file: a network's parameters and buffers under their own names, its random state, and what optimizer, average, schedule and others keep.
/// A training that goes on from it has the same bits as one that never stopped.
/// </summary>
/// <remarks>
/// The parts are named once, for saving and loading: <c>new TrainingCheckpoint(network) { ["optimizer"] = optimizer, ["average"] = average }</c>. <see cref="NetworkCheckpoint"/> loads
/// the network alone from the same file, and PyTorch's safetensors opens it.
/// </remarks>
/// <param name="network">The network.</param>
public sealed class TrainingCheckpoint(INetwork network) : IEnumerable<KeyValuePair<string, IResumable>>
{
    private const string Parts = CheckpointMetadata.Training + "parts";
    private const string Random = "network";

    private readonly INetwork _network = network ?? throw new ArgumentNullException(nameof(network));
    private readonly List<KeyValuePair<string, IResumable>> _parts = [];

    /// <summary>Texts that are kept with it, as <see cref="CheckpointSaveOptions.Metadata"/>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>A part of the training.</summary>
    /// <param name="name">Its name in the file, such as <c>optimizer</c>: letters, digits and <c>_</c>.</param>
    /// <exception cref="ArgumentException">The name is none, or taken.</exception>
    /// <exception cref="KeyNotFoundException">There is no such part.</exception>
    public IResumable this[string name]
    {
        get => _parts.Find(part => part.Key == name).Value ?? throw new KeyNotFoundException($"There is no part \"{name}\". There are: {Names()}.");
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ArgumentException.ThrowIfNullOrEmpty(name);
            if (!name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
                throw new ArgumentException($"Expected letters, digits and _, but got \"{name}\".", nameof(name));
            if (name == Random || _parts.Exists(part => part.Key == name))
                throw new ArgumentException($"Expected a name of its own for each part, but \"{name}\" is taken.", nameof(name));
            _parts.Add(new(name, value));
        }
    }

    /// <summary>Saves the state. The file is there whole or not at all, as with <see cref="NetworkCheckpoint.Save(INetwork, string)"/>.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Action<Stream> write = Writer();
        AtomicFile.Write(path, write);
    }

    /// <summary>Saves the state.</summary>
    /// <param name="stream">Written from its position on, left open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Writer()(stream);
    }

    /// <summary>Loads the state. The whole file is read and checked before anything is changed.</summary>
    /// <param name="path">A file that <see cref="Save(string)"/> wrote, of a network of the same structure and of the same parts.</param>
    /// <returns>What was loaded of the network, and the texts.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is corrupt, of another format or of a newer version, has no training's state, or is not of this network and these parts: the message lists all that does not fit.
    /// </exception>
    public CheckpointLoadResult Load(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return NetworkCheckpoint.Named(path, () => LoadSeekable(stream));
    }

    /// <summary>Loads the state. The whole stream is read and checked before anything is changed.</summary>
    /// <param name="stream">Read from its position to its end, left open.</param>
    /// <inheritdoc cref="Load(string)"/>
    public CheckpointLoadResult Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek)
            return stream is FileStream file ? NetworkCheckpoint.Named(file.Name, () => LoadSeekable(stream)) : LoadSeekable(stream);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        copy.Position = 0;
        return LoadSeekable(copy);
    }

    IEnumerator<KeyValuePair<string, IResumable>> IEnumerable<KeyValuePair<string, IResumable>>.GetEnumerator() => _parts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _parts.GetEnumerator();

    private string Names() => string.Join(", ", _parts.Select(part => part.Key));

    private Action<Stream> Writer()
    {
        var state = new TrainingState(_network);
        RandomState random = _network.RandomState;
        state.Section(Random).Set("seed", unchecked((long)random.Seed));
        state.Section(Random).Set("step", random.Step);
        foreach ((string name, IResumable part) in _parts)
            part.Save(state.Section(name));
        Dictionary<string, string> metadata = CheckpointMetadata.Of(_network, Metadata);
        metadata.Add(Parts, string.Join(',', _parts.Select(part => part.Key)));
        foreach ((string name, string value) in state.Values)
            metadata.Add(CheckpointMetadata.Training + name, value);
        SafetensorsTensor[] tensors =
        [
            .. NetworkCheckpoint.Tensors(_network, Safetensors.Float32)
                .Concat(state.Tensors.Select(tensor => tensor with { Name = CheckpointMetadata.Training + tensor.Name }))
                .OrderByDescending(tensor => Safetensors.Width(tensor.Type)),
        ];
        return stream => Safetensors.Write(stream, tensors, metadata);
    }

    private CheckpointLoadResult LoadSeekable(Stream stream)
    {
        List<SafetensorsEntry> entries = Safetensors.ReadHeader(stream, out Dictionary<string, string> metadata);
        CheckpointMetadata.CheckVersion(metadata);
        if (!metadata.TryGetValue(Parts, out string? parts))
            throw new InvalidDataException("Expected the state of a training, but the file has parameters alone: load them with network.Load.");
        List<string> mismatches = [];
        if (CheckpointMetadata.HasStructureOf(_network, metadata) != true)
            mismatches.Add("Expected a checkpoint of a network of the same layers, names and shapes, but it is of another.");
        if (parts != string.Join(',', _parts.Select(part => part.Key)))
            mismatches.Add($"Expected the parts {Names()}, but got {parts.Replace(",", ", ", StringComparison.Ordinal)}.");
        var plan = LoadPlan.Of(_network, entries, metadata, CheckpointLoadOptions.Default, mismatches);

        // A part that fits what it finds may not see what it does not look for.
        long data = stream.Position;
        TrainingState state = Read(stream, entries, metadata);
        List<Action> take = [];
        Try(() => take.Add(ReadRandom(state.Section(Random))));
        foreach ((string name, IResumable part) in _parts)
            Try(() => take.Add(part.Load(state.Section(name))));
        if (mismatches.Count == 0)
            mismatches.AddRange(state.Unused.Select(name => $"Got \"{name}\", which none of the parts knows."));
        LoadPlan.Refuse(mismatches);
        stream.Position = data;
        take.Insert(0, plan.Read(stream, entries));
        foreach (Action action in take)
            action();
        return plan.Result;

        void Try(Action read)
        {
            try
            {
                read();
            }
            catch (InvalidDataException e)
            {
                mismatches.Add(e.Message);
            }
        }
    }

    private Action ReadRandom(TrainingState state)
    {
        var random = new RandomState(unchecked((ulong)state.GetInt64("seed")), state.GetCount("step"));
        return () => _network.RandomState = random;
    }

    /// <summary>What a file has beside the network; tensors are read when they are asked for.</summary>
    private TrainingState Read(Stream stream, List<SafetensorsEntry> entries, Dictionary<string, string> metadata)
    {
        var state = new TrainingState(_network);
        foreach ((string name, string value) in metadata)
        {
            if (name != Parts && name.StartsWith(CheckpointMetadata.Training, StringComparison.Ordinal))
                state.Add(name[CheckpointMetadata.Training.Length..], value);
        }

        long data = stream.Position;
        foreach (SafetensorsEntry entry in entries.Where(entry => entry.Name.StartsWith(CheckpointMetadata.Training, StringComparison.Ordinal)))
        {
            state.Add(new SafetensorsTensor(entry.Name[CheckpointMetadata.Training.Length..], entry.Type, entry.Shape, () =>
            {
                stream.Position = data + entry.Start;
                return TensorBytes.Read(stream, entry);
            }));
        }

        return state;
    }
}
