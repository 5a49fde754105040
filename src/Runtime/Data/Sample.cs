using System;

namespace NetGen.Data;

/// <summary>A sample of a source that hands out one after another.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for a class number, <see cref="float"/> for values.</typeparam>
public readonly struct Sample<TTarget>
    where TTarget : unmanaged
{
    private readonly TTarget _one;
    private readonly ReadOnlyMemory<TTarget>? _many;

    /// <summary>A sample with a class number or one value.</summary>
    /// <param name="input">The input.</param>
    /// <param name="target">The class number or the value.</param>
    public Sample(ReadOnlyMemory<float> input, TTarget target) => (Input, _one) = (input, target);

    /// <summary>A sample with several values.</summary>
    /// <param name="input">The input.</param>
    /// <param name="targets">The values.</param>
    public Sample(ReadOnlyMemory<float> input, ReadOnlyMemory<TTarget> targets) => (Input, _many) = (input, targets);

    /// <summary>The input.</summary>
    public ReadOnlyMemory<float> Input { get; }

    /// <summary>The numbers of the target; 1 for a class.</summary>
    public int TargetSize => _many?.Length ?? 1;

    /// <summary>Copies the target.</summary>
    /// <param name="destination">At least <see cref="TargetSize"/> numbers.</param>
    public void CopyTarget(Span<TTarget> destination)
    {
        if (_many is { } many)
            many.Span.CopyTo(destination);
        else
            destination[0] = _one;
    }
}

/// <summary>What a source of samples threw, or what is wrong with what it handed out.</summary>
public sealed class DataSourceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, and at which sample.</param>
    /// <param name="innerException">What the source threw.</param>
    public DataSourceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
