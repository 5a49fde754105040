using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace NetGen.Training;

/// <summary>Named values and tensors, as a checkpoint holds them.</summary>
public sealed class TrainingState
{
    private readonly Contents _contents;
    private readonly string _prefix;

    /// <summary>An empty state.</summary>
    /// <param name="model">The network that is trained; null where none of the tensors is of one.</param>
    public TrainingState(IParameterized? model = null)
        : this(new Contents(model), "")
    {
    }

    private TrainingState(Contents contents, string prefix) => (_contents, _prefix) = (contents, prefix);

    /// <summary>The network that is trained.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public IParameterized Model => _contents.Model ?? throw new InvalidOperationException("Expected a state of a network's training, but it was made without a network.");

    internal IReadOnlyDictionary<string, string> Values => _contents.Values;

    internal IEnumerable<SafetensorsTensor> Tensors => _contents.Tensors.Values;

    /// <summary>What was put there and not asked for.</summary>
    internal IEnumerable<string> Unused => _contents.Values.Keys.Concat(_contents.Tensors.Keys).Where(name => !_contents.Used.Contains(name));

    /// <summary>A part with names of its own.</summary>
    /// <param name="name">Its name; what is in it is called <c>name.…</c> in the whole.</param>
    public TrainingState Section(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new TrainingState(_contents, _prefix + name + ".");
    }

    /// <summary>Whether there is a value of a name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => _contents.Values.ContainsKey(_prefix + name);

    /// <summary>Puts a value.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    public void Set(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        _contents.Values[_prefix + name] = value;
    }

    /// <summary>Puts a whole number.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    public void Set(string name, long value) => Set(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Puts a number, to the last bit.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    public void Set(string name, double value) => Set(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Puts floats.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The floats, which are copied.</param>
    public void Set(string name, ReadOnlySpan<float> values) => SetArray(name, Safetensors.Float32, values.ToArray());

    /// <summary>Puts whole numbers.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The numbers, which are copied.</param>
    public void Set(string name, ReadOnlySpan<long> values) => SetArray(name, Safetensors.Int64, values.ToArray());

    /// <summary>Puts tensors with the names and shapes of a network's parameters.</summary>
    /// <param name="name">What they are together; each is called <c>name.…</c> with its own name.</param>
    /// <param name="tensors">The tensors. They are not copied, but read when the state is written.</param>
    public void Set(string name, ParameterCollection tensors)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tensors);
        foreach (ParameterView tensor in tensors)
            Add(NetworkCheckpoint.Tensor(_prefix + name + "." + tensor.Name, tensor));
    }

    /// <summary>The value of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public string GetString(string name)
    {
        if (!_contents.Values.TryGetValue(_prefix + name, out string? value))
            throw new InvalidDataException($"Expected \"{_prefix + name}\" in the checkpoint, but it is missing.");
        _contents.Used.Add(_prefix + name);
        return value;
    }

    /// <summary>The whole number of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">There is none, or it is no whole number.</exception>
    public long GetInt64(string name) => long.TryParse(GetString(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
        ? value
        : throw Refused(name, "a whole number");

    /// <summary>The whole number of a name, of a count.</summary>
    /// <param name="name">The name.</param>
    /// <param name="most">The largest that it may be.</param>
    /// <exception cref="InvalidDataException">There is none, or it is no whole number, negative or too large.</exception>
    public long GetCount(string name, long most = long.MaxValue) => GetInt64(name) is >= 0 and var value && value <= most
        ? value
        : throw Refused(name, most == long.MaxValue ? "at least 0" : string.Create(CultureInfo.InvariantCulture, $"from 0 to {most}"));

    /// <summary>The number of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">There is none, or it is no number.</exception>
    public double GetDouble(string name) => double.TryParse(GetString(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw Refused(name, "a number");

    /// <summary>The number of a name, of one that is finite.</summary>
    /// <param name="name">The name.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The largest that it may be.</param>
    /// <exception cref="InvalidDataException">There is none, or it is no number, not finite or out of range.</exception>
    public double GetFinite(string name, double least = double.MinValue, double most = double.MaxValue) => GetDouble(name) is var value && value >= least && value <= most
        ? value
        : throw Refused(name, string.Create(CultureInfo.InvariantCulture, $"a finite number{(least > double.MinValue ? $" of at least {least}" : "")}{(most < double.MaxValue ? $" and at most {most}" : "")}"));

    /// <summary>The floats of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public float[] GetFloats(string name) => (float[])Get(_prefix + name, Safetensors.Float32, null);

    /// <summary>The whole numbers of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public long[] GetIntegers(string name) => (long[])Get(_prefix + name, Safetensors.Int64, null);

    /// <summary>Reads tensors and checks their shapes.</summary>
    /// <param name="name">What they are together.</param>
    /// <param name="destination">Where they belong; not changed yet.</param>
    /// <returns>Puts them there; does not fail.</returns>
    /// <exception cref="InvalidDataException">One is missing, or has another shape; the message lists all that do.</exception>
    public Action GetTensors(string name, ParameterCollection destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(destination);
        List<string> mismatches = [];
        List<(ParameterView Tensor, Array Values)> read = [];
        foreach (ParameterView tensor in destination)
        {
            try
            {
                read.Add((tensor, Get(_prefix + name + "." + tensor.Name, tensor.IsInt64 ? Safetensors.Int64 : Safetensors.Float32, tensor.Layout.Shape)));
            }
            catch (InvalidDataException e)
            {
                mismatches.Add(e.Message);
            }
        }

        LoadPlan.Refuse(mismatches);
        return () =>
        {
            // The padding is the destination's own.
            foreach ((ParameterView tensor, Array values) in read)
            {
                if (values is long[] integers)
                    tensor.Int64 = Math.Max(0, integers[0]);
                else
                    tensor.SetElements((float[])values);
            }
        };
    }

    /// <summary>A part that whoever reads it comes for later, as a copy that does not need the file.</summary>
    /// <param name="name">The part's name.</param>
    internal TrainingState Detach(string name)
    {
        var detached = new TrainingState(new Contents(_contents.Model), _prefix + name + ".");
        foreach ((string key, string value) in _contents.Values.Where(value => value.Key.StartsWith(detached._prefix, StringComparison.Ordinal)))
        {
            detached._contents.Values[key] = value;
            _contents.Used.Add(key);
        }

        foreach (SafetensorsTensor tensor in _contents.Tensors.Values.Where(tensor => tensor.Name.StartsWith(detached._prefix, StringComparison.Ordinal)))
        {
            Array elements = tensor.Elements();
            detached.Add(tensor with { Elements = () => elements });
            _contents.Used.Add(tensor.Name);
        }

        return detached;
    }

    /// <summary>Whether nothing is in it, of a state that <see cref="Detach"/> gave.</summary>
    internal bool IsEmpty => _contents.Values.Count == 0 && _contents.Tensors.Count == 0;

    /// <summary>Puts all of a state that <see cref="Detach"/> gave into another.</summary>
    internal void CopyTo(TrainingState destination)
    {
        foreach ((string name, string value) in _contents.Values)
            destination.Set(name[_prefix.Length..], value);
        foreach (SafetensorsTensor tensor in _contents.Tensors.Values)
            destination.Add(tensor with { Name = destination._prefix + tensor.Name[_prefix.Length..] });
    }

    /// <summary>A value of a file, whatever its name.</summary>
    internal void Add(string name, string value) => _contents.Values[name] = value;

    /// <summary>A tensor of a file.</summary>
    internal void Add(SafetensorsTensor tensor) => _contents.Tensors[tensor.Name] = tensor;

    /// <summary>Refuses a value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expected">What it should be.</param>
    internal InvalidDataException Refused(string name, string expected) => new($"Expected \"{_prefix + name}\" of the checkpoint to be {expected}, but got \"{GetString(name)}\".");

    private void SetArray(string name, string type, Array values)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Add(new SafetensorsTensor(_prefix + name, type, [values.Length], () => values));
    }

    private Array Get(string name, string type, int[]? shape)
    {
        if (!_contents.Tensors.TryGetValue(name, out SafetensorsTensor? tensor))
            throw new InvalidDataException($"Expected the tensor \"{name}\"{(shape is null ? "" : " " + ParameterView.ShapeText(shape))} in the checkpoint, but it is missing.");
        _contents.Used.Add(name);
        if (tensor.Type != type)
            throw new InvalidDataException($"Expected \"{name}\" of the checkpoint to be of type {type}, but got {tensor.Type}.");
        if (shape is null ? tensor.Shape.Length != 1 : !tensor.Shape.AsSpan().SequenceEqual(shape))
            throw new InvalidDataException($"Expected \"{name}\" of the checkpoint to have {(shape is null ? "one dimension" : "the shape " + ParameterView.ShapeText(shape))}, but got the shape {ParameterView.ShapeText(tensor.Shape)}.");
        return tensor.Elements();
    }

    private sealed class Contents(IParameterized? model)
    {
        public IParameterized? Model { get; } = model;

        public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, SafetensorsTensor> Tensors { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Used { get; } = new(StringComparer.Ordinal);
    }
}
