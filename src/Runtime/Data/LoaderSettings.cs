using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>What decides which samples are in which batch, and what is done to them: another loader cannot go on where one was.</summary>
internal sealed class LoaderSettings
{
    private readonly List<(string Name, object? Value)> _settings = [];

    public void Add(string name, object? value) => _settings.Add((name, value));

    public void Save(TrainingState state)
    {
        foreach ((string name, object? value) in _settings)
            state.Set(name, Text(value));
    }

    /// <exception cref="InvalidDataException">A setting differs.</exception>
    public void Check(TrainingState state)
    {
        foreach ((string name, object? value) in _settings)
        {
            if (state.GetString(name) is { } saved && Text(value) is var own && saved != own)
                throw new InvalidDataException($"Expected a loader with {name} {saved}, as in the checkpoint, but this one has {own}: its batches would be others.");
        }
    }

    /// <summary>A setting as it is saved; of a transform its kind, and a number that stands for its settings and for what it has learnt.</summary>
    public static string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        null => "none",
        ITransform transform => string.Create(CultureInfo.InvariantCulture, $"{transform.Kind} {Hash(transform):x16}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    /// <summary>Of all that is saved of a transform, so of what it has learnt too: Fowler, Noll and Vo's FNV-1a.</summary>
    private static ulong Hash(ITransform transform)
    {
        var state = new TrainingState();
        Transforms.Save(state, transform);
        ulong hash = 14695981039346656037;
        foreach ((string name, string value) in state.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Add(Encoding.UTF8.GetBytes(name + "\0" + value + "\0"));
        foreach (SafetensorsTensor tensor in state.Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            Array elements = tensor.Elements();
            var bytes = new byte[Buffer.ByteLength(elements)];
            Buffer.BlockCopy(elements, 0, bytes, 0, bytes.Length);
            Add(Encoding.UTF8.GetBytes(tensor.Name + "\0"));
            Add(bytes);
        }

        return hash;

        void Add(byte[] bytes)
        {
            foreach (byte value in bytes)
                hash = unchecked((hash ^ value) * 1099511628211);
        }
    }
}
