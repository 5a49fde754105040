using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace NetGen.Training;

/// <summary>A training's checkpoints in a directory, one a step or an epoch: <c>checkpoint-00000042.safetensors</c>. The last few are kept.</summary>
public sealed class CheckpointDirectory
{
    private const string Extension = ".safetensors";

    private readonly string _name;

    /// <summary>Names the files; nothing is made yet.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="name">What the files' names begin with, for several trainings in one directory.</param>
    /// <exception cref="ArgumentException">The name is none for a file.</exception>
    public CheckpointDirectory(string path, string name = "checkpoint")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.'))
            throw new ArgumentException($"Expected letters, digits, _, - and ., but got \"{name}\".", nameof(name));
        (Path, _name) = (path, name);
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>How many are kept; null: all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public int? Keep
    {
        get;
        init
        {
            if (value is { } count)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(value));
            field = value;
        }
    }

    /// <summary>The steps that there are checkpoints of, from the first to the last.</summary>
    public IReadOnlyList<long> Steps => Directory.Exists(Path)
        ? [.. Directory.EnumerateFiles(Path, _name + "-*" + Extension).Select(StepOf).OfType<long>().Order()]
        : [];

    /// <summary>The file of the last step; null where there is none.</summary>
    public string? Latest => Steps is [.., var step] ? PathOf(step) : null;

    /// <summary>The file of a step.</summary>
    /// <param name="step">The step or epoch; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public string PathOf(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{_name}-{step:D8}{Extension}"));
    }

    /// <summary>Saves a checkpoint, then removes all but the last <see cref="Keep"/>.</summary>
    /// <param name="checkpoint">The state of the training.</param>
    /// <param name="step">The step or epoch; at least 0.</param>
    /// <returns>The file.</returns>
    /// <exception cref="InvalidOperationException">There is a checkpoint of a later step, so of another training: nothing is written or removed.</exception>
    public string Save(TrainingCheckpoint checkpoint, long step)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string path = PathOf(step);
        if (Steps is [.., var last] && last > step)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Expected no checkpoint of a later step than {step}, which is to be saved, but \"{Path}\" holds one of step {last}, of another training: go on from it with Resume, take another directory, or remove the old files."));
        }

        Directory.CreateDirectory(Path);
        AtomicFile.RemoveLeftOver(Path, _name + "-*" + Extension);
        checkpoint.Save(path);
        if (Keep is { } count)
        {
            foreach (long old in Steps.SkipLast(count))
                File.Delete(PathOf(old));
        }

        return path;
    }

    /// <summary>Loads the checkpoint of the last step.</summary>
    /// <param name="checkpoint">Takes the state.</param>
    /// <returns>The step; null where there is none, and nothing has changed then.</returns>
    /// <exception cref="InvalidDataException">The file does not fit.</exception>
    public long? LoadLatest(TrainingCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (Steps is not [.., var step])
            return null;
        checkpoint.Load(PathOf(step));
        return step;
    }

    private long? StepOf(string path)
    {
        string file = System.IO.Path.GetFileName(path);
        return long.TryParse(file[(_name.Length + 1)..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long step) && file == System.IO.Path.GetFileName(PathOf(step)) ? step : null;
    }
}
