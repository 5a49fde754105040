using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>A transform that can be undone, such as that of a regression's targets.</summary>
public interface IInvertibleTransform : ITransform
{
    /// <summary>Gives what <see cref="ITransform.Apply"/> was given.</summary>
    /// <param name="input">A transformed sample.</param>
    /// <param name="output">As many floats; may be the same memory.</param>
    /// <exception cref="InvalidOperationException">It is not fitted.</exception>
    /// <exception cref="ArgumentException">The sample does not fit.</exception>
    void Invert(ReadOnlySpan<float> input, Span<float> output);
}

/// <summary>Transforms on datasets, and from files.</summary>
public static class Transforms
{
    /// <summary>Learns what a transform needs from a training set.</summary>
    /// <typeparam name="TTransform">The transform.</typeparam>
    /// <typeparam name="TTarget">The targets.</typeparam>
    /// <param name="transform">The transform.</param>
    /// <param name="training">The training set.</param>
    /// <returns>The transform.</returns>
    /// <exception cref="ArgumentException">Such samples do not fit, or there are none.</exception>
    public static TTransform Fit<TTransform, TTarget>(this TTransform transform, Dataset<TTarget> training)
        where TTransform : ITransform
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(training);
        transform.Fit(training.Inputs, training.InputSize);
        return transform;
    }

    /// <summary>Learns what a transform of targets needs from a training set.</summary>
    /// <typeparam name="TTransform">The transform.</typeparam>
    /// <param name="transform">The transform.</param>
    /// <param name="training">The training set.</param>
    /// <returns>The transform.</returns>
    /// <exception cref="ArgumentException">Such targets do not fit, or there are none.</exception>
    public static TTransform FitTargets<TTransform>(this TTransform transform, Dataset<float> training)
        where TTransform : IInvertibleTransform
    {
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(training);
        transform.Fit(training.Targets, training.TargetSize);
        return transform;
    }

    /// <summary>A dataset whose inputs are transformed once for all, as evaluation does.</summary>
    /// <typeparam name="TTarget">The targets.</typeparam>
    /// <param name="data">The dataset.</param>
    /// <param name="transform">The transform.</param>
    /// <exception cref="InvalidOperationException">The transform is not fitted.</exception>
    /// <exception cref="ArgumentException">Such samples do not fit.</exception>
    public static Dataset<TTarget> Transform<TTarget>(this Dataset<TTarget> data, ITransform transform)
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(transform);
        float[] inputs = All(transform, data.Inputs, data.InputSize);
        return new(inputs, data.Targets.ToArray(), transform.OutputSize(data.InputSize), data.TargetSize)
        {
            InputTransforms = Behind(data.InputTransforms, transform),
            TargetTransforms = data.TargetTransforms,
        };
    }

    /// <summary>A dataset whose targets are transformed; <see cref="Predictor{TNetwork}"/> undoes it.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="transform">The transform.</param>
    /// <exception cref="InvalidOperationException">The transform is not fitted.</exception>
    /// <exception cref="ArgumentException">Such targets do not fit.</exception>
    public static Dataset<float> TransformTargets(this Dataset<float> data, IInvertibleTransform transform)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(transform);
        return data.WithTargets(All(transform, data.Targets, data.TargetSize), Behind(data.TargetTransforms, transform));
    }

    /// <summary>The transform that was saved.</summary>
    /// <param name="state">What <see cref="Save"/> filled.</param>
    /// <param name="custom">Makes transforms that are not NetGen's, by their kind, for their <see cref="IResumable.Load"/>; null where it does not know one.</param>
    /// <exception cref="InvalidDataException">A value is missing or damaged, or the kind is not known.</exception>
    public static ITransform Restore(TrainingState state, Func<string, ITransform?>? custom = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        string kind = state.GetString("kind");
        ITransform transform;
        try
        {
            transform = kind switch
            {
                nameof(Compose) => new Compose(Enumerable.Range(0, checked((int)state.GetInt64("count"))).Select(i => Restore(state.Section(Invariant(i)), custom)).ToArray()),
                nameof(Standardize) => Standardize.Restore(state),
                nameof(MinMax) => MinMax.Restore(state),
                nameof(OneHot) => OneHot.Restore(state),
                nameof(RandomCrop) => RandomCrop.Restore(state),
                nameof(RandomHorizontalFlip) => RandomHorizontalFlip.Restore(state),
                _ => custom?.Invoke(kind) ?? throw new InvalidDataException($"Expected a transform that is known, but the file has the kind \"{kind}\"."),
            };
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"Expected the settings of a {kind}, but they are damaged: {e.Message}", e);
        }

        transform.Load(state)();
        return transform;
    }

    /// <summary>Saves a transform, so that <see cref="Restore"/> makes it anew.</summary>
    /// <param name="state">Where to.</param>
    /// <param name="transform">The transform.</param>
    public static void Save(TrainingState state, ITransform transform)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(transform);
        state.Set("kind", transform.Kind);
        transform.Save(state);
    }

    internal static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    internal static float[] All(ITransform transform, ReadOnlySpan<float> inputs, int inputSize)
    {
        int size = transform.OutputSize(inputSize), count = inputs.Length / inputSize;
        var outputs = new float[checked(count * size)];
        for (int i = 0; i < count; i++)
            transform.Apply(inputs.Slice(i * inputSize, inputSize), outputs.AsSpan(i * size, size));
        return outputs;
    }

    private static string Behind(string? before, ITransform transform) => (before is null ? "" : before + ", ") + LoaderSettings.Text(transform);

    internal static void CheckFit(ReadOnlySpan<float> inputs, int inputSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        if (inputs.Length == 0 || inputs.Length % inputSize != 0)
            throw Dataset.Invalid($"Expected whole samples, a positive multiple of {inputSize} floats, but got {inputs.Length}.", nameof(inputs));
    }

    internal static void CheckOutput(ReadOnlySpan<float> output, int size)
    {
        if (output.Length != size)
            throw Dataset.Invalid($"Expected room for {size} floats, but there is room for {output.Length}.", nameof(output));
    }

    internal static void SetDoubles(this TrainingState state, string name, IEnumerable<double>? values) =>
        state.Set(name, values is null ? "none" : string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));

    internal static double[]? GetDoubles(this TrainingState state, string name)
    {
        string text = state.GetString(name);
        if (text is "none" or "")
            return text == "" ? [] : null;
        return [.. text.Split(' ').Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new InvalidDataException($"Expected \"{name}\" of a transform to be numbers, but got \"{word}\"."))];
    }

    internal static int[]? GetColumns(this TrainingState state) => state.GetDoubles("columns")?.Select(column => column is >= 0 and <= int.MaxValue && (int)column == column
        ? (int)column
        : throw new InvalidDataException($"Expected column numbers in a transform, but got {column.ToString(CultureInfo.InvariantCulture)}.")).ToArray();
}

/// <summary>Several transforms one after another (<c>torchvision.transforms.Compose</c>).</summary>
public sealed class Compose : ITransform
{
    private readonly ITransform[] _transforms;

    /// <summary>Creates the transform.</summary>
    /// <param name="transforms">In the order in which they are applied.</param>
    public Compose(params ITransform[] transforms)
    {
        ArgumentNullException.ThrowIfNull(transforms);
        _transforms = [.. transforms.SelectMany(transform => transform is Compose inner ? inner._transforms : [transform ?? throw new ArgumentNullException(nameof(transforms))])];
    }

    /// <inheritdoc/>
    public string Kind => nameof(Compose);

    /// <summary>The transforms; those of a <see cref="Compose"/> among them stand for themselves.</summary>
    public IReadOnlyList<ITransform> Parts => _transforms;

    /// <inheritdoc/>
    public int OutputSize(int inputSize)
    {
        foreach (ITransform transform in _transforms)
            inputSize = transform.OutputSize(inputSize);
        return inputSize;
    }

    /// <inheritdoc/>
    public void Fit(ReadOnlySpan<float> inputs, int inputSize)
    {
        for (int i = 0; i < _transforms.Length; i++)
        {
            _transforms[i].Fit(inputs, inputSize);
            if (i + 1 == _transforms.Length)
                break;
            inputs = Transforms.All(_transforms[i], inputs, inputSize);
            inputSize = _transforms[i].OutputSize(inputSize);
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, Span<float> output) => Run(input, output, null);

    /// <inheritdoc/>
    public void Augment(ReadOnlySpan<float> input, Span<float> output, in SampleRandom random) => Run(input, output, random);

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("count", _transforms.Length);
        for (int i = 0; i < _transforms.Length; i++)
            Transforms.Save(state.Section(Transforms.Invariant(i)), _transforms[i]);
    }

    /// <inheritdoc/>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.GetInt64("count") != _transforms.Length)
            throw new InvalidDataException($"Expected {_transforms.Length} transforms, but the checkpoint has {state.GetString("count")}.");
        var loads = new Action[_transforms.Length];
        for (int i = 0; i < _transforms.Length; i++)
        {
            TrainingState part = state.Section(Transforms.Invariant(i));
            if (part.GetString("kind") is { } kind && kind != _transforms[i].Kind)
                throw new InvalidDataException($"Expected a {_transforms[i].Kind} as transform {i}, but the checkpoint has a {kind}.");
            loads[i] = _transforms[i].Load(part);
        }

        return () => Array.ForEach(loads, load => load());
    }

    private void Run(ReadOnlySpan<float> input, Span<float> output, SampleRandom? random)
    {
        if (_transforms.Length == 0)
        {
            Transforms.CheckOutput(output, input.Length);
            input.CopyTo(output);
            return;
        }

        float[] rented = [];
        try
        {
            for (int i = 0; i < _transforms.Length; i++)
            {
                int size = _transforms[i].OutputSize(input.Length);
                float[] last = rented;
                rented = [];
                bool isLast = i + 1 == _transforms.Length;
                if (!isLast)
                    rented = ArrayPool<float>.Shared.Rent(size);
                Span<float> destination = isLast ? output : rented.AsSpan(0, size);
                if (random is { } numbers)
                    _transforms[i].Augment(input, destination, numbers with { Stage = i });
                else
                    _transforms[i].Apply(input, destination);
                if (last.Length > 0)
                    ArrayPool<float>.Shared.Return(last);
                input = destination;
            }
        }
        finally
        {
            if (rented.Length > 0)
                ArrayPool<float>.Shared.Return(rented);
        }
    }
}
