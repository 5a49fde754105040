using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace NetGen;

/// <summary>What NetGen's files say of themselves, beside what their users do.</summary>
internal static class CheckpointMetadata
{
    /// <summary>The newest version of the format that is known, and that is written.</summary>
    public const int Version = 1;

    /// <summary>Where the names of what a training needs begin, in tensors and texts. No layer's name has a slash.</summary>
    public const string Training = "training/";

    private const string Reserved = "netgen.";
    private const string VersionKey = Reserved + "version";
    private const string StructureKey = Reserved + "structure";

    /// <summary>What libraries around PyTorch ask for.</summary>
    private const string FormatKey = "format";

    /// <summary>The texts of a network's file.</summary>
    /// <exception cref="ArgumentException">A name of the user's is taken.</exception>
    public static Dictionary<string, string> Of(INetwork network, IReadOnlyDictionary<string, string> users)
    {
        ArgumentNullException.ThrowIfNull(users);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = "pt",
            [VersionKey] = Version.ToString(CultureInfo.InvariantCulture),
            [StructureKey] = network.StructureHash,
        };
        foreach ((string key, string value) in users)
        {
            if (key == FormatKey || key.StartsWith(Reserved, StringComparison.Ordinal) || key.StartsWith(Training, StringComparison.Ordinal))
                throw new ArgumentException($"Expected a name of one's own in the metadata, but \"{key}\" is taken.", nameof(users));
            metadata.Add(key, value);
        }

        return metadata;
    }

    /// <summary>Refuses a file of a newer version.</summary>
    /// <exception cref="InvalidDataException">It is newer, or its version is no number.</exception>
    public static void CheckVersion(Dictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(VersionKey, out string? text))
            return;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version) || version < 1)
            throw Safetensors.Invalid($"Expected {VersionKey} of the metadata to be a positive whole number, but got \"{text}\".");
        if (version > Version)
            throw Safetensors.Invalid($"The file has version {version} of the format, but this NetGen reads versions up to {Version}: update NetGen.");
    }

    /// <summary>Whether a network of the same structure saved it; null where it does not say.</summary>
    public static bool? HasStructureOf(INetwork network, Dictionary<string, string> metadata) =>
        metadata.TryGetValue(StructureKey, out string? hash) ? hash == network.StructureHash : null;

    /// <summary>What its users said.</summary>
    public static Dictionary<string, string> Users(Dictionary<string, string> metadata) => metadata
        .Where(note => !note.Key.StartsWith(Reserved, StringComparison.Ordinal) && !note.Key.StartsWith(Training, StringComparison.Ordinal))
        .ToDictionary(StringComparer.Ordinal);
}
