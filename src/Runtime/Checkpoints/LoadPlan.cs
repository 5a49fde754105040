using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Enumeration;
using System.Linq;

namespace NetGen;

/// <summary>Which tensor of a file goes into which of a network. Nothing is read or changed before all of it fits.</summary>
internal sealed class LoadPlan
{
    private readonly Dictionary<SafetensorsEntry, ParameterView> _targets = [];
    private readonly List<ParameterView> _zeroed = [];

    private LoadPlan(CheckpointLoadResult result) => Result = result;

    public CheckpointLoadResult Result { get; }

    /// <summary>Makes a plan.</summary>
    /// <param name="network">The network.</param>
    /// <param name="entries">The file's tensors.</param>
    /// <param name="metadata">The file's texts.</param>
    /// <param name="options">What is renamed, skipped, or may be missing.</param>
    /// <param name="mismatches">Gets what does not fit.</param>
    public static LoadPlan Of(INetwork network, IEnumerable<SafetensorsEntry> entries, Dictionary<string, string> metadata, CheckpointLoadOptions options, List<string> mismatches)
    {
        ParameterView[] tensors = [.. network.Parameters, .. network.Buffers];
        Dictionary<string, ParameterView> byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var rename = new RenameMap(options.Rename);
        var unused = new HashSet<string>(options.Skip, StringComparer.Ordinal);
        ParameterView[] skipped = [.. tensors.Where(tensor => IsSkipped(tensor.Name))];
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        var targets = new Dictionary<ParameterView, SafetensorsEntry>();
        var unexpected = new List<string>();
        foreach (SafetensorsEntry entry in entries)
        {
            // Of a training's checkpoint the network's part alone.
            if (entry.Name.StartsWith(CheckpointMetadata.Training, StringComparison.Ordinal))
                continue;
            string name = rename.Of(entry.Name);
            if (IsSkipped(name))
                continue;
            if (!given.TryAdd(name, entry.Name))
                mismatches.Add($"Got two tensors for {name}: \"{given[name]}\" and \"{entry.Name}\".");
            else if (!byName.TryGetValue(name, out ParameterView? tensor))
                unexpected.Add(entry.Name);
            else if (Mismatch(tensor, entry) is { } mismatch)
                mismatches.Add(mismatch + (name == entry.Name ? "" : $" (\"{entry.Name}\" of the file)"));
            else
                targets.Add(tensor, entry);
        }

        ParameterView[] missing = [.. tensors.Where(tensor => !given.ContainsKey(tensor.Name)).Except(skipped)];
        if (options.Strict)
        {
            // A count may be missing, as in files of old versions of PyTorch.
            mismatches.AddRange(missing.Where(tensor => !tensor.IsInt64).Select(tensor => $"Expected the {Kind(tensor)} {tensor}, but it is missing."));
            mismatches.AddRange(unexpected.Select(name => $"Got a tensor \"{name}\" that the network does not have."));
            mismatches.AddRange(rename.Unused.Select(pattern => $"Expected a tensor \"{pattern}\" to rename, but there is none."));
            mismatches.AddRange(unused.Select(pattern => $"Expected a tensor \"{pattern}\" to skip, but there is none."));
        }

        ParameterView[] loaded = [.. tensors.Where(targets.ContainsKey)];
        var plan = new LoadPlan(new CheckpointLoadResult
        {
            Loaded = [.. loaded.Select(tensor => tensor.Name)],
            Missing = [.. missing.Select(tensor => tensor.Name)],
            Unexpected = unexpected,
            Skipped = [.. skipped.Select(tensor => tensor.Name)],
            Converted = loaded.Where(tensor => targets[tensor].Type is not (Safetensors.Float32 or Safetensors.Int64)).ToDictionary(tensor => tensor.Name, tensor => targets[tensor].Type),
            Metadata = CheckpointMetadata.Users(metadata),
            HasSameStructure = CheckpointMetadata.HasStructureOf(network, metadata),
        });
        foreach ((ParameterView tensor, SafetensorsEntry entry) in targets)
            plan._targets.Add(entry, tensor);
        if (options.Strict)
            plan._zeroed.AddRange(missing);
        return plan;

        bool IsSkipped(string name)
        {
            bool isSkipped = false;
            foreach (string pattern in options.Skip)
            {
                if (!FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
                    continue;
                unused.Remove(pattern);
                isSkipped = true;
            }

            return isSkipped;
        }
    }

    /// <summary>All that does not fit, as one error.</summary>
    public static void Refuse(List<string> mismatches)
    {
        if (mismatches.Count == 1)
            throw new InvalidDataException(mismatches[0]);
        if (mismatches.Count > 1)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{mismatches.Count} mismatches:\n  {string.Join("\n  ", mismatches)}"));
    }

    /// <summary>Reads the file's data.</summary>
    /// <param name="stream">At the first byte of data.</param>
    /// <param name="entries">In the order of their data.</param>
    /// <returns>Takes it over; does not fail.</returns>
    public Action Read(Stream stream, IEnumerable<SafetensorsEntry> entries)
    {
        // Headers promise lengths; only what the network expects is ever allocated.
        var values = new List<(ParameterView Tensor, Array Elements)>();
        foreach (SafetensorsEntry entry in entries)
        {
            if (_targets.TryGetValue(entry, out ParameterView? tensor))
                values.Add((tensor, TensorBytes.Read(stream, entry)));
            else
                TensorBytes.Skip(stream, entry);
        }

        if (stream.ReadByte() >= 0)
            throw new InvalidDataException("Expected the end of the file behind the last tensor, but there is more.");
        List<string> negative = [];
        foreach ((ParameterView tensor, Array elements) in values)
        {
            if (elements is long[] and [< 0 and var count, ..])
                negative.Add(string.Create(CultureInfo.InvariantCulture, $"Expected {tensor} to be at least 0, but got {count}."));
        }

        Refuse(negative);
        return () =>
        {
            foreach (ParameterView tensor in _zeroed)
                tensor.Int64 = 0;
            foreach ((ParameterView tensor, Array elements) in values)
            {
                if (elements is long[] integers)
                    tensor.Int64 = integers[0];
                else
                    tensor.CopyFrom((float[])elements);
            }
        };
    }

    private static string Kind(ParameterView tensor) => tensor.IsBuffer ? "buffer" : "parameter";

    private static string? Mismatch(ParameterView tensor, SafetensorsEntry entry)
    {
        if (tensor.IsInt64 ? entry.Type != Safetensors.Int64 : !Safetensors.IsFloat(entry.Type))
            return $"Expected {tensor} to be of type {(tensor.IsInt64 ? Safetensors.Int64 : $"{Safetensors.Float32}, {Safetensors.Float64}, {Safetensors.Float16} or {Safetensors.BFloat16}")}, but got {entry.Type}.";
        return tensor.Shape.SequenceEqual(entry.Shape) ? null : $"Expected the {Kind(tensor)} {tensor}, but got the shape {ParameterView.ShapeText(entry.Shape)}.";
    }
}
