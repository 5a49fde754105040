using System;
using System.IO;
using NetGen.Data;

namespace NetGen.Samples.Mnist;

/// <summary>Finds and reads MNIST; the samples that need it share this file.</summary>
internal static class MnistFiles
{
    /// <summary>Digits there are, 0 to 9.</summary>
    public const int Classes = 10;

    /// <summary>Pixels of an image's side.</summary>
    public const int Side = 28;

    /// <summary>The images to train on, and the 10,000 to test with.</summary>
    /// <param name="directory">A directory with MNIST's four files under their standard names, plain or gzip; null: the 6,000 training images beside the program.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not one of MNIST's.</exception>
    public static (MnistDataset Train, MnistDataset Test) Load(string? directory)
    {
        string set = directory is null ? "train-6000" : "train";
        directory ??= Path.Combine(AppContext.BaseDirectory, "Data");
        return (Load(directory, set), Load(directory, "t10k"));
    }

    private static MnistDataset Load(string directory, string set)
    {
        MnistDataset data = MnistDataset.Load(Find(directory, set + "-images-idx3-ubyte"), Find(directory, set + "-labels-idx1-ubyte"));
        return data.Count > 0 && data.Rows == Side && data.Columns == Side
            ? data
            : throw new InvalidDataException($"Expected images of {Side} x {Side} pixels in '{directory}', but {set} has {data.Count} of {data.Rows} x {data.Columns}.");
    }

    private static string Find(string directory, string name)
    {
        string path = Path.Combine(directory, name);
        return File.Exists(path) ? path
            : File.Exists(path + ".gz") ? path + ".gz"
            : throw new FileNotFoundException($"Expected {name} or {name}.gz in '{directory}', but there is neither.");
    }
}
