using System;
using System.Collections.Generic;

namespace NetGen;

/// <summary>How a network is saved.</summary>
public sealed class CheckpointSaveOptions
{
    internal static readonly CheckpointSaveOptions Default = new();

    /// <summary>
    /// The type of floats; 64-bit integers stay. What <see cref="FloatType.Float16"/> and <see cref="FloatType.BFloat16"/> save is rounded, so a training does not go on from it with the same bits.
    /// </summary>
    public FloatType Type { get; init; }

    /// <summary>
    /// Texts that are kept with the parameters, such as the transforms that the inputs need; <see cref="CheckpointLoadResult.Metadata"/> gives them back.
    /// Names that begin with <c>netgen.</c> or <c>training/</c>, and <c>format</c>, are taken.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>How a file is loaded into a network.</summary>
public sealed class CheckpointLoadOptions
{
    internal static readonly CheckpointLoadOptions Default = new();

    /// <summary>
    /// What tensors of the file are called in the network, by their names in the file. A name may have one <c>*</c>, for any letters, which stand for the <c>*</c> of the new one:
    /// <c>["module.*"] = "*"</c>. A whole name goes before a pattern, and of two patterns the one with more letters.
    /// </summary>
    public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What is left as it is, whatever the file has of it: names in the network, in which <c>*</c> stands for any letters and <c>?</c> for one, such as <c>head.*</c>.
    /// Tensors of the file that have such names once they are renamed are passed over.
    /// </summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>
    /// Whether every tensor of the file must be in the network and every one of the network in the file, but for <see cref="Skip"/>. Otherwise what is missing stays as it is, and what
    /// is unexpected is passed over; shapes and types must fit in any case.
    /// </summary>
    public bool Strict { get; init; } = true;
}

/// <summary>What came of a load.</summary>
public sealed class CheckpointLoadResult
{
    internal CheckpointLoadResult()
    {
    }

    /// <summary>What was loaded, by the network's names.</summary>
    public required IReadOnlyList<string> Loaded { get; init; }

    /// <summary>What the network has and the file has not.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>What the file has and the network has not, by the file's names.</summary>
    public required IReadOnlyList<string> Unexpected { get; init; }

    /// <summary>What was left as it is because <see cref="CheckpointLoadOptions.Skip"/> says so, by the network's names.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>What was converted to 32-bit floats, by the network's names, and the types it had: <c>F64</c>, <c>F16</c> or <c>BF16</c>.</summary>
    public required IReadOnlyDictionary<string, string> Converted { get; init; }

    /// <summary>The texts that the file has.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Whether the file was saved by a network of the same layers, names and shapes; null where it does not say, as files of PyTorch do not.</summary>
    public required bool? HasSameStructure { get; init; }

    /// <summary>All of it in a few lines.</summary>
    public override string ToString()
    {
        var lines = new List<string> { $"loaded: {string.Join(", ", Loaded)}" };
        Add("missing", Missing);
        Add("unexpected", Unexpected);
        Add("skipped", Skipped);
        List<string> converted = [];
        foreach ((string name, string type) in Converted)
            converted.Add($"{name} from {type}");
        Add("converted", converted);
        if (HasSameStructure == false)
            lines.Add("saved by a network of other layers");
        return string.Join(Environment.NewLine, lines);

        void Add(string what, IReadOnlyList<string> names)
        {
            if (names.Count > 0)
                lines.Add($"{what}: {string.Join(", ", names)}");
        }
    }
}
