using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>A class, and how likely the network holds it to be.</summary>
/// <param name="Class">The class number.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="Name">Its name, where the predictor knows names.</param>
public readonly record struct Classification(int Class, float Probability, string? Name = null);

/// <summary>
/// A network with the transforms that its inputs need: it takes samples as they come, which <see cref="INetwork.Predict"/> does not. Any number of threads may use one, so it can be
/// a singleton of a service; nothing but the arrays that are returned is allocated once it is warm. The network must not be trained meanwhile.
/// </summary>
/// <typeparam name="TNetwork">The network.</typeparam>
public sealed class Predictor<TNetwork>
    where TNetwork : class, INetwork<TNetwork>
{
    private const string Section = "predictor";

    // Rows of a batch go through the transforms into a buffer of so many.
    private const int ChunkRows = 64;

    private readonly string[]? _classes;

    /// <summary>Puts a predictor together.</summary>
    /// <param name="network">The network; it is not copied.</param>
    /// <param name="transform">What is done to the inputs, fitted; null: nothing.</param>
    /// <param name="classes">The names of the classes, in the order of their numbers.</param>
    /// <param name="targetTransform">What was done to the targets of a regression, which is undone of its outputs; null: nothing.</param>
    /// <exception cref="ArgumentException">The names or the targets' transform do not fit the network's output.</exception>
    public Predictor(TNetwork network, ITransform? transform = null, IReadOnlyList<string>? classes = null, IInvertibleTransform? targetTransform = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        int expected = TNetwork.OutputSize == 1 ? 2 : TNetwork.OutputSize;
        if (classes is not null && classes.Count != expected)
            throw Dataset.Invalid($"Expected the names of {expected} classes, as the network has {TNetwork.OutputSize} outputs, but got {classes.Count}.", nameof(classes));
        if (targetTransform is not null && targetTransform.OutputSize(TNetwork.OutputSize) != TNetwork.OutputSize)
            throw Dataset.Invalid($"Expected a transform of {TNetwork.OutputSize} targets, but it makes {targetTransform.OutputSize(TNetwork.OutputSize)}.", nameof(targetTransform));
        (Network, Transform, TargetTransform, _classes) = (network, transform, targetTransform, classes?.ToArray());
    }

    /// <summary>The network.</summary>
    public TNetwork Network { get; }

    /// <summary>What is done to the inputs; null: nothing.</summary>
    public ITransform? Transform { get; }

    /// <summary>What is undone of the outputs; null: nothing.</summary>
    public IInvertibleTransform? TargetTransform { get; }

    /// <summary>The names of the classes, in the order of their numbers; null where it knows none.</summary>
    public IReadOnlyList<string>? Classes => _classes;

    /// <summary>What else is saved with it, such as the columns of a table.</summary>
    public TrainingState Extras { get; private init; } = new();

    /// <summary>Predicts samples.</summary>
    /// <param name="samples"><c>[count, input]</c> before the transforms.</param>
    /// <param name="output"><c>[count, output]</c>, which says how many they are.</param>
    /// <exception cref="ArgumentException">The samples do not fit.</exception>
    public void Predict(ReadOnlySpan<float> samples, Span<float> output)
    {
        if (output.Length % TNetwork.OutputSize != 0 || (output.Length == 0 && samples.Length > 0))
            throw Dataset.Invalid($"Expected room for whole outputs, a positive multiple of {TNetwork.OutputSize} floats, but there is room for {output.Length}.", nameof(output));
        int count = output.Length / TNetwork.OutputSize;
        if (count == 0)
            return;
        if (samples.Length == 0 || samples.Length % count != 0)
            throw Dataset.Invalid($"Expected {count} samples of one size, as there is room for their outputs, but got {samples.Length} floats.", nameof(samples));
        int size = samples.Length / count;
        if ((Transform?.OutputSize(size) ?? size) is var transformed && transformed != TNetwork.InputSize)
            throw Dataset.Invalid($"Expected samples that make {TNetwork.InputSize} inputs of the network, but {size} floats make {transformed}.", nameof(samples));
        if (Transform is null)
            Network.Predict(samples, output);
        else
            PredictTransformed(Transform, samples, size, output);
        for (int i = 0; TargetTransform is not null && i < output.Length; i += TNetwork.OutputSize)
            TargetTransform.Invert(output.Slice(i, TNetwork.OutputSize), output.Slice(i, TNetwork.OutputSize));
    }

    /// <summary>Predicts one sample.</summary>
    /// <param name="sample">The sample before the transforms.</param>
    /// <returns>The network's outputs.</returns>
    /// <exception cref="ArgumentException">The sample does not fit.</exception>
    public float[] Predict(ReadOnlySpan<float> sample)
    {
        var output = new float[TNetwork.OutputSize];
        Predict(sample, output);
        return output;
    }

    /// <summary>Predicts samples.</summary>
    /// <param name="samples">The samples before the transforms.</param>
    /// <returns>The network's outputs for each.</returns>
    /// <exception cref="ArgumentException">A sample does not fit.</exception>
    public float[][] Predict(IReadOnlyList<float[]> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return [.. samples.Select(sample => Predict((ReadOnlySpan<float>)sample))];
    }

    /// <summary>
    /// The likeliest class of a sample: of several outputs the largest, the first if there are two; its probability is softmax's, unless the network ends with one. Of one output, class 1 where sigmoid,
    /// unless the network ends with one, is above a half, and 0 otherwise, as <see cref="Metrics.Binary"/> counts.
    /// </summary>
    /// <param name="sample">The sample before the transforms.</param>
    /// <exception cref="ArgumentException">The sample does not fit.</exception>
    public Classification Classify(ReadOnlySpan<float> sample)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(TNetwork.OutputSize);
        try
        {
            Span<float> output = rented.AsSpan(0, TNetwork.OutputSize);
            Predict(sample, output);
            return Classified(output);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>The likeliest class of each sample.</summary>
    /// <param name="samples">The samples before the transforms.</param>
    /// <exception cref="ArgumentException">A sample does not fit.</exception>
    public Classification[] Classify(IReadOnlyList<float[]> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return [.. samples.Select(sample => Classify((ReadOnlySpan<float>)sample))];
    }

    /// <summary>Saves network, transforms and names as one safetensors file, which is the network's checkpoint with more metadata.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => Network.Save(path, new CheckpointSaveOptions { Metadata = Metadata() });

    /// <summary>Saves network, transforms and names as one safetensors file.</summary>
    /// <param name="stream">Written from its position on, left open.</param>
    public void Save(Stream stream) => Network.Save(stream, new CheckpointSaveOptions { Metadata = Metadata() });

    /// <summary>Loads what <see cref="Save(string)"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="customTransforms">Makes transforms that are not NetGen's, by their kind.</param>
    /// <exception cref="InvalidDataException">The file is corrupt, of another network, or no predictor's.</exception>
    public static Predictor<TNetwork> Load(string path, Func<string, ITransform?>? customTransforms = null)
    {
        TNetwork network = TNetwork.Create(0);
        IReadOnlyDictionary<string, string> metadata = network.Load(path).Metadata;
        return NetworkCheckpoint.Named(path, () => Restore(network, metadata, customTransforms));
    }

    /// <summary>Loads what <see cref="Save(Stream)"/> wrote.</summary>
    /// <param name="stream">Read from its position to its end, left open.</param>
    /// <param name="customTransforms">Makes transforms that are not NetGen's, by their kind.</param>
    /// <exception cref="InvalidDataException">The contents are corrupt, of another network, or no predictor's.</exception>
    public static Predictor<TNetwork> Load(Stream stream, Func<string, ITransform?>? customTransforms = null)
    {
        TNetwork network = TNetwork.Create(0);
        IReadOnlyDictionary<string, string> metadata = network.Load(stream).Metadata;
        return stream is FileStream file
            ? NetworkCheckpoint.Named(file.Name, () => Restore(network, metadata, customTransforms))
            : Restore(network, metadata, customTransforms);
    }

    private static Predictor<TNetwork> Restore(TNetwork network, IReadOnlyDictionary<string, string> metadata, Func<string, ITransform?>? custom)
    {
        var whole = new TrainingState();
        foreach ((string name, string value) in metadata)
            whole.Set(name, value);
        TrainingState state = whole.Section(Section);
        if (!metadata.Keys.Any(name => name.StartsWith(Section + ".", StringComparison.Ordinal)))
            throw new InvalidDataException("Expected a predictor, as Predictor.Save writes it, but the file has a network without transforms: load it with network.Load, and give it to new Predictor.");
        ITransform? transform = state.GetInt64("transforms") == 0 ? null : Transforms.Restore(state.Section("transform"), custom);
        ITransform? target = state.GetInt64("target_transforms") == 0 ? null : Transforms.Restore(state.Section("target_transform"), custom);
        if (target is not (null or IInvertibleTransform))
            throw new InvalidDataException($"Expected a transform of targets that can be undone, but the file has a {target.Kind}.");
        long count = state.GetInt64("classes");
        int expected = TNetwork.OutputSize == 1 ? 2 : TNetwork.OutputSize;
        if (count != 0 && count != expected)
            throw new InvalidDataException($"Expected the names of {expected} classes, but the file has {count}.");
        string[]? classes = count == 0 ? null : [.. Enumerable.Range(0, expected).Select(i => state.GetString("class" + Transforms.Invariant(i)))];
        string extras = Section + ".extras.";
        var predictor = new Predictor<TNetwork>(network, transform, classes, (IInvertibleTransform?)target);
        foreach ((string name, string value) in metadata.Where(pair => pair.Key.StartsWith(extras, StringComparison.Ordinal)))
            predictor.Extras.Set(name[extras.Length..], value);
        return predictor;
    }

    private Dictionary<string, string> Metadata()
    {
        var whole = new TrainingState();
        TrainingState state = whole.Section(Section);
        state.Set("transforms", Transform is null ? 0 : 1);
        if (Transform is not null)
            Transforms.Save(state.Section("transform"), Transform);
        state.Set("target_transforms", TargetTransform is null ? 0 : 1);
        if (TargetTransform is not null)
            Transforms.Save(state.Section("target_transform"), TargetTransform);
        state.Set("classes", _classes?.Length ?? 0);
        for (int i = 0; i < (_classes?.Length ?? 0); i++)
            state.Set("class" + Transforms.Invariant(i), _classes![i]);
        foreach ((string name, string value) in Extras.Values)
            state.Section("extras").Set(name, value);
        return new(whole.Values);
    }

    private void PredictTransformed(ITransform transform, ReadOnlySpan<float> samples, int size, Span<float> output)
    {
        int count = samples.Length / size;
        float[] rented = ArrayPool<float>.Shared.Rent(checked(Math.Min(count, ChunkRows) * TNetwork.InputSize));
        try
        {
            for (int start = 0; start < count; start += ChunkRows)
            {
                int rows = Math.Min(ChunkRows, count - start);
                for (int row = 0; row < rows; row++)
                    transform.Apply(samples.Slice((start + row) * size, size), rented.AsSpan(row * TNetwork.InputSize, TNetwork.InputSize));
                Network.Predict(rented.AsSpan(0, rows * TNetwork.InputSize), output.Slice(start * TNetwork.OutputSize, rows * TNetwork.OutputSize));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private Classification Classified(ReadOnlySpan<float> output)
    {
        string last = TNetwork.Layers is [.., var layer] ? layer.Layer : "";
        if (output.Length == 1)
        {
            double one = last == "Sigmoid" ? output[0] : 1 / (1 + Exp(-Math.Abs(output[0])));
            if (last != "Sigmoid" && output[0] < 0)
                one = 1 - one;
            int which = output[0] > (last == "Sigmoid" ? 0.5f : 0) ? 1 : 0;
            return Named(which, which == 1 ? one : 1 - one);
        }

        int best = 0;
        for (int i = 1; i < output.Length; i++)
        {
            if (output[i] > output[best])
                best = i;
        }

        if (last == "Softmax")
            return Named(best, output[best]);
        double sum = 0;
        foreach (float value in output)
            sum += Exp(value - (double)output[best]);
        return Named(best, 1 / sum);
    }

    private static double Exp(double x) => double.IsNaN(x) ? x : Power.Exp(x);

    private Classification Named(int best, double probability) => new(best, (float)probability, _classes?[best]);
}
