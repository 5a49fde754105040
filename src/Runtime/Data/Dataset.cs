using System;
using System.Globalization;

namespace NetGen.Data;

/// <summary>Samples with their targets, in memory, one behind the other.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
public sealed class Dataset<TTarget>
    where TTarget : unmanaged
{
    private readonly ReadOnlyMemory<float> _inputs;
    private readonly ReadOnlyMemory<TTarget> _targets;

    /// <summary>Takes arrays or parts of arrays; they are not copied, so they must not change any more.</summary>
    /// <param name="inputs"><c>[count, input]</c>.</param>
    /// <param name="targets">Class numbers <c>[count]</c> or values <c>[count, target]</c>.</param>
    /// <param name="inputSize">The floats of a sample's input.</param>
    /// <param name="targetSize">The numbers of a sample's target; 1 for a class.</param>
    /// <exception cref="ArgumentException">Inputs or targets are no whole samples, or they differ in number.</exception>
    public Dataset(ReadOnlyMemory<float> inputs, ReadOnlyMemory<TTarget> targets, int inputSize, int targetSize = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(targetSize);
        if (inputs.Length % inputSize != 0)
            throw Dataset.Invalid($"Expected whole samples, a multiple of {inputSize} floats, but got {inputs.Length}.", nameof(inputs));
        Count = inputs.Length / inputSize;
        if (targets.Length != (long)Count * targetSize)
            throw Dataset.Invalid($"Expected {(long)Count * targetSize} numbers, {targetSize} for each of {Count} samples, but got {targets.Length}.", nameof(targets));
        (_inputs, _targets, InputSize, TargetSize) = (inputs, targets, inputSize, targetSize);
    }

    /// <summary>The number of samples.</summary>
    public int Count { get; }

    /// <summary>The floats of a sample's input.</summary>
    public int InputSize { get; }

    /// <summary>The numbers of a sample's target; 1 for a class.</summary>
    public int TargetSize { get; }

    /// <summary>All inputs, <c>[count, input]</c>.</summary>
    public ReadOnlySpan<float> Inputs => _inputs.Span;

    /// <summary>Class numbers <c>[count]</c> or values <c>[count, target]</c>.</summary>
    public ReadOnlySpan<TTarget> Targets => _targets.Span;

    /// <summary>What was done to the inputs, as <see cref="LoaderSettings"/> saves it; null: nothing.</summary>
    internal string? InputTransforms { get; init; }

    /// <summary>What was done to the targets.</summary>
    internal string? TargetTransforms { get; init; }

    /// <summary>A sample's input.</summary>
    /// <param name="index">At least 0 and less than <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ReadOnlySpan<float> Input(int index) => _inputs.Span.Slice(Checked(index) * InputSize, InputSize);

    /// <summary>A sample's target.</summary>
    /// <param name="index">At least 0 and less than <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public ReadOnlySpan<TTarget> Target(int index) => _targets.Span.Slice(Checked(index) * TargetSize, TargetSize);

    /// <summary>Some samples after one another, without a copy.</summary>
    /// <param name="start">The first.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all there.</exception>
    public Dataset<TTarget> Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        return Alike(_inputs.Slice(start * InputSize, count * InputSize), _targets.Slice(start * TargetSize, count * TargetSize), TargetTransforms);
    }

    /// <summary>A copy of some samples.</summary>
    /// <param name="indices">Which, in their order.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public Dataset<TTarget> Subset(ReadOnlySpan<int> indices)
    {
        var inputs = new float[checked(indices.Length * InputSize)];
        var targets = new TTarget[checked(indices.Length * TargetSize)];
        for (int i = 0; i < indices.Length; i++)
        {
            Input(indices[i]).CopyTo(inputs.AsSpan(i * InputSize));
            Target(indices[i]).CopyTo(targets.AsSpan(i * TargetSize));
        }

        return Alike(inputs, targets, TargetTransforms);
    }

    /// <summary>The same samples with other targets.</summary>
    /// <param name="targets">Class numbers <c>[count]</c> or values <c>[count, target]</c>; not copied.</param>
    /// <exception cref="ArgumentException">There are more or fewer of them.</exception>
    public Dataset<TTarget> WithTargets(ReadOnlyMemory<TTarget> targets) => WithTargets(targets, null);

    internal Dataset<TTarget> WithTargets(ReadOnlyMemory<TTarget> targets, string? targetTransforms) => Alike(_inputs, targets, targetTransforms);

    private Dataset<TTarget> Alike(ReadOnlyMemory<float> inputs, ReadOnlyMemory<TTarget> targets, string? targetTransforms) =>
        new(inputs, targets, InputSize, TargetSize) { InputTransforms = InputTransforms, TargetTransforms = targetTransforms };

    private int Checked(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return index;
    }
}

/// <summary>Datasets from what a program has.</summary>
public static class Dataset
{
    /// <summary>Copies samples out of jagged arrays.</summary>
    /// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
    /// <param name="inputs">A row for each sample, all of one length.</param>
    /// <param name="targets">A class number or a value for each sample.</param>
    /// <exception cref="ArgumentException">There is no sample, rows differ in length, or their number is not that of the targets.</exception>
    public static Dataset<TTarget> From<TTarget>(float[][] inputs, TTarget[] targets)
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(targets);
        float[] flat = Flatten(inputs, nameof(inputs));
        return new(flat, (TTarget[])targets.Clone(), inputs[0].Length);
    }

    /// <summary>Copies samples out of jagged arrays.</summary>
    /// <typeparam name="TTarget"><see cref="float"/> for values.</typeparam>
    /// <param name="inputs">A row for each sample, all of one length.</param>
    /// <param name="targets">A row for each sample, all of one length.</param>
    /// <exception cref="ArgumentException">There is no sample, rows differ in length, or their numbers differ.</exception>
    public static Dataset<TTarget> From<TTarget>(float[][] inputs, TTarget[][] targets)
        where TTarget : unmanaged
    {
        float[] flat = Flatten(inputs, nameof(inputs));
        TTarget[] flatTargets = Flatten(targets, nameof(targets));
        return new(flat, flatTargets, inputs[0].Length, targets[0].Length);
    }

    /// <summary>Copies samples out of spans.</summary>
    /// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
    /// <param name="inputs"><c>[count, input]</c>.</param>
    /// <param name="targets">Class numbers <c>[count]</c> or values <c>[count, target]</c>.</param>
    /// <param name="inputSize">The floats of a sample's input.</param>
    /// <param name="targetSize">The numbers of a sample's target; 1 for a class.</param>
    /// <exception cref="ArgumentException">Inputs or targets are no whole samples, or they differ in number.</exception>
    public static Dataset<TTarget> From<TTarget>(ReadOnlySpan<float> inputs, ReadOnlySpan<TTarget> targets, int inputSize, int targetSize = 1)
        where TTarget : unmanaged => new(inputs.ToArray(), targets.ToArray(), inputSize, targetSize);

    internal static ArgumentException Invalid(FormattableString message, string parameter) => new(message.ToString(CultureInfo.InvariantCulture), parameter);

    private static T[] Flatten<T>(T[][] rows, string parameter)
    {
        ArgumentNullException.ThrowIfNull(rows, parameter);
        if (rows.Length == 0)
            throw new ArgumentException("Expected at least one sample, but got none.", parameter);
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] is null)
                throw Invalid($"Expected a row for sample {i}, but got null.", parameter);
            if (rows[i].Length == 0 || rows[i].Length != rows[0].Length)
                throw Invalid($"Expected rows of one length above 0, but row 0 has {rows[0].Length} numbers and row {i} has {rows[i].Length}.", parameter);
        }

        int size = rows[0].Length;
        var flat = new T[checked(rows.Length * size)];
        for (int i = 0; i < rows.Length; i++)
            rows[i].CopyTo(flat, i * size);
        return flat;
    }
}
