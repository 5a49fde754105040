using System.Collections.Generic;
using System.Globalization;
using System.IO;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>What decides which samples are in which batch: another loader cannot go on where one was.</summary>
internal sealed class LoaderSettings
{
    private readonly List<(string Name, string Value)> _settings = [];

    public void Add(string name, object? value) => _settings.Add((name, value switch
    {
        bool flag => flag ? "true" : "false",
        null => "none",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    }));

    public void Save(TrainingState state)
    {
        foreach ((string name, string value) in _settings)
            state.Set(name, value);
    }

    /// <exception cref="InvalidDataException">A setting differs.</exception>
    public void Check(TrainingState state)
    {
        foreach ((string name, string value) in _settings)
        {
            if (state.GetString(name) is { } saved && saved != value)
                throw new InvalidDataException($"Expected a loader with {name} {saved}, as in the checkpoint, but this one has {value}: its batches would be others.");
        }
    }
}
