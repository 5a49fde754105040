using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace NetGen.Training;

/// <summary>The figures of a training's epochs, as <c>History</c> of Keras: <c>loss</c>, <c>learning_rate</c>, the metrics, and the same of validation with the prefix <c>val_</c>.</summary>
public sealed class TrainingHistory
{
    private readonly List<EpochFigures> _epochs = [];

    /// <summary>The epochs, in order.</summary>
    public IReadOnlyList<EpochFigures> Epochs => _epochs;

    /// <summary>The names of figures, in the order in which they first came.</summary>
    public IReadOnlyList<string> Names => [.. _epochs.SelectMany(epoch => epoch.Names).Distinct()];

    /// <summary>Why the last training stopped before its last epoch; null where it did not.</summary>
    public string? StopReason { get; internal set; }

    /// <summary>A figure in every epoch; not a number where an epoch does not have it.</summary>
    /// <param name="name">Its name, such as <c>val_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">No epoch has it; the message lists those there are. A history without an epoch has nothing of every name.</exception>
    public double[] this[string name] => _epochs.Count == 0 || _epochs.Exists(epoch => epoch.TryGet(name, out _))
        ? [.. _epochs.Select(epoch => epoch.TryGet(name, out double value) ? value : double.NaN)]
        : throw EpochFigures.Unknown(name, Names);

    /// <summary>Writes the epochs as a table of comma-separated values, one line each.</summary>
    /// <param name="path">The file; an old one is replaced.</param>
    public void WriteCsv(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        File.WriteAllText(path, ToCsv());
    }

    /// <summary>The epochs as a table of comma-separated values, one line each.</summary>
    public string ToCsv()
    {
        IReadOnlyList<string> names = Names;
        var text = new StringBuilder("epoch");
        foreach (string name in names)
            text.Append(',').Append(name.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : name);
        text.Append('\n');
        foreach (EpochFigures epoch in _epochs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{epoch.Number}");
            foreach (string name in names)
                text.Append(CultureInfo.InvariantCulture, $",{(epoch.TryGet(name, out double value) ? value.ToString("R", CultureInfo.InvariantCulture) : "")}");
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The table as text.</summary>
    public override string ToString() => ToCsv();

    internal void Add(EpochFigures epoch) => _epochs.Add(epoch);

    internal void Save(TrainingState state)
    {
        state.Set("epochs", _epochs.Count);
        foreach (EpochFigures epoch in _epochs)
        {
            TrainingState section = state.Section(epoch.Number.ToString(CultureInfo.InvariantCulture));
            section.Set("names", string.Join('\n', epoch.Names));
            section.Set("values", string.Join('\n', epoch.Names.Select(name => epoch[name].ToString("R", CultureInfo.InvariantCulture))));
        }
    }

    internal Action Load(TrainingState state)
    {
        var epochs = new List<EpochFigures>();
        long count = state.GetInt64("epochs");
        for (int number = 1; number <= count; number++)
        {
            TrainingState section = state.Section(number.ToString(CultureInfo.InvariantCulture));
            string[] names = section.GetString("names").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string[] values = section.GetString("values").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var epoch = new EpochFigures(number);
            for (int i = 0; i < names.Length; i++)
            {
                if (i >= values.Length || !double.TryParse(values[i], NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"Expected a number for \"{names[i]}\" of epoch {number} in the checkpoint's history."));
                epoch.Set(names[i], value);
            }

            epochs.Add(epoch);
        }

        return () =>
        {
            _epochs.Clear();
            _epochs.AddRange(epochs);
        };
    }
}

/// <summary>The figures of one epoch.</summary>
public sealed class EpochFigures
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    internal EpochFigures(int number) => Number = number;

    /// <summary>The epoch, from 1.</summary>
    public int Number { get; }

    /// <summary>The names of its figures.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>A figure.</summary>
    /// <param name="name">Its name, such as <c>loss</c>.</param>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public double this[string name] => TryGet(name, out double value)
        ? value
        : throw Unknown(name, _names);

    /// <summary>Looks for a figure.</summary>
    /// <param name="name">Its name, such as <c>loss</c>.</param>
    /// <param name="value">The figure, or 0.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, out double value) => _values.TryGetValue(name, out value);

    /// <summary>Sets a figure; a callback may add its own at the end of an epoch.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The figure.</param>
    public void Set(string name, double value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_values.ContainsKey(name))
            _names.Add(name);
        _values[name] = value;
    }

    internal static KeyNotFoundException Unknown(string name, IEnumerable<string> names) => new($"There is no figure \"{name}\". There are: {string.Join(", ", names)}.");

    /// <summary>All figures in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"epoch {Number}: ") + string.Join("  ", _names.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {_values[name]:G5}")));
}
