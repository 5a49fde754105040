using System;
using System.Globalization;

namespace NetGen.Metrics;

/// <summary>A figure of how well outputs meet targets, over all batches since <see cref="Reset"/>. The definitions are those of scikit-learn.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
public abstract class Metric<TTarget>
    where TTarget : unmanaged
{
    /// <summary>The name in histories, such as <c>accuracy</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a larger value is a better one, which <see cref="Training.EarlyStopping"/> of it goes by.</summary>
    public virtual bool IsLargerBetter => true;

    /// <summary>The figure; not a number where nothing has been seen or it is not defined.</summary>
    public abstract double Value { get; }

    /// <summary>Forgets all.</summary>
    /// <param name="outputSize">The floats of a sample's output.</param>
    /// <exception cref="ArgumentException">The metric is not for outputs of this size.</exception>
    public abstract void Reset(int outputSize);

    /// <summary>Takes a batch in.</summary>
    /// <param name="outputs"><c>[batch, output]</c>.</param>
    /// <param name="targets">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a class number is out of range.</exception>
    public abstract void Update(ReadOnlySpan<float> outputs, ReadOnlySpan<TTarget> targets);

    /// <summary>Name and value.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Value:G6}");
}

/// <summary>A metric of scores over classes.</summary>
public abstract class ClassMetric : Metric<int>
{
    /// <summary>The number of classes.</summary>
    protected int Classes { get; private set; }

    /// <inheritdoc/>
    public sealed override void Reset(int outputSize)
    {
        if (outputSize < 2)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected at least two outputs, one a class, but got {outputSize}; Binary takes one output for two classes."), nameof(outputSize));
        Classes = outputSize;
        Clear();
    }

    /// <inheritdoc/>
    public sealed override void Update(ReadOnlySpan<float> outputs, ReadOnlySpan<int> targets)
    {
        if (Classes == 0)
            throw new InvalidOperationException("Expected Reset before Update.");
        Runtime.Check.Length(outputs.Length, (long)targets.Length * Classes, nameof(outputs));
        Runtime.Check.Labels(targets, Classes, nameof(targets));
        for (int i = 0; i < targets.Length; i++)
            Add(outputs.Slice(i * Classes, Classes), targets[i]);
    }

    /// <summary>Forgets all.</summary>
    protected abstract void Clear();

    /// <summary>Takes a sample in.</summary>
    /// <param name="scores">One a class.</param>
    /// <param name="target">The true class.</param>
    protected abstract void Add(ReadOnlySpan<float> scores, int target);
}

/// <summary>A metric of values, whatever their number a sample.</summary>
public abstract class ValueMetric : Metric<float>
{
    /// <summary>The values of a sample.</summary>
    protected int Size { get; private set; }

    /// <summary>Samples seen.</summary>
    protected long Count { get; private set; }

    /// <inheritdoc/>
    public sealed override void Reset(int outputSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputSize);
        (Size, Count) = (outputSize, 0);
        Clear();
    }

    /// <inheritdoc/>
    public sealed override void Update(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        if (Size == 0)
            throw new InvalidOperationException("Expected Reset before Update.");
        int batch = Runtime.Check.Batch(outputs.Length, Size, nameof(outputs));
        Runtime.Check.Length(targets.Length, outputs.Length, nameof(targets));
        for (int i = 0; i < batch; i++, Count++)
            Add(outputs.Slice(i * Size, Size), targets.Slice(i * Size, Size));
    }

    /// <summary>Forgets all.</summary>
    protected abstract void Clear();

    /// <summary>Takes a sample in.</summary>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="targets">Its targets.</param>
    protected abstract void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets);
}
