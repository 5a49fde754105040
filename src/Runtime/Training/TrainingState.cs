using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace NetGen.Training;

/// <summary>Named values and tensors, as a checkpoint holds them.</summary>
public sealed class TrainingState
{
    private readonly Contents _contents;
    private readonly string _prefix;

    /// <summary>An empty state.</summary>
    public TrainingState()
        : this(new Contents(), "")
    {
    }

    private TrainingState(Contents contents, string prefix) => (_contents, _prefix) = (contents, prefix);

    internal IReadOnlyDictionary<string, string> Values => _contents.Values;

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

    /// <summary>The value of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public string GetString(string name) => _contents.Values.TryGetValue(_prefix + name, out string? value)
        ? value
        : throw new InvalidDataException($"Expected \"{_prefix + name}\" in the checkpoint, but it is missing.");

    /// <summary>The whole number of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">There is none, or it is no whole number.</exception>
    public long GetInt64(string name) => long.TryParse(GetString(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
        ? value
        : throw new InvalidDataException($"Expected \"{_prefix + name}\" of the checkpoint to be a whole number, but got \"{GetString(name)}\".");

    /// <summary>The number of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">There is none, or it is no number.</exception>
    public double GetDouble(string name) => double.TryParse(GetString(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw new InvalidDataException($"Expected \"{_prefix + name}\" of the checkpoint to be a number, but got \"{GetString(name)}\".");

    private sealed class Contents
    {
        public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);
    }
}
