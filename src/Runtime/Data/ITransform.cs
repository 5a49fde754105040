using System;
using System.Runtime.Intrinsics;
using NetGen.Runtime;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>
/// What is done to a sample's input before a network sees it. What it learns in <see cref="Fit"/> is saved with the model, so that it is the same when the model is used.
/// Once fitted it is not changed, and any number of threads may apply it.
/// </summary>
public interface ITransform : IResumable
{
    /// <summary>The name that says in a file which transform it is: that of the type, if it is one of NetGen's.</summary>
    string Kind { get; }

    /// <summary>The floats that it makes of a sample.</summary>
    /// <param name="inputSize">The floats of a sample.</param>
    /// <exception cref="ArgumentException">Such samples do not fit.</exception>
    int OutputSize(int inputSize);

    /// <summary>Learns what it needs from the training set.</summary>
    /// <param name="inputs"><c>[count, input]</c>.</param>
    /// <param name="inputSize">The floats of a sample.</param>
    /// <exception cref="ArgumentException">Such samples do not fit, or there are none.</exception>
    void Fit(ReadOnlySpan<float> inputs, int inputSize)
    {
    }

    /// <summary>Transforms a sample as evaluation does, without randomness.</summary>
    /// <param name="input">The sample.</param>
    /// <param name="output"><see cref="OutputSize"/> floats; must not overlap the input.</param>
    /// <exception cref="InvalidOperationException">It is not fitted.</exception>
    /// <exception cref="ArgumentException">The sample does not fit.</exception>
    void Apply(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>Transforms a sample of the training set.</summary>
    /// <param name="input">The sample.</param>
    /// <param name="output"><see cref="OutputSize"/> floats; must not overlap the input.</param>
    /// <param name="random">Random numbers of this sample in this epoch.</param>
    void Augment(ReadOnlySpan<float> input, Span<float> output, in SampleRandom random) => Apply(input, output);
}

/// <summary>
/// Random numbers that are a function of seed, epoch and sample, so of no thread and no batch: Philox with the counter: the sample's low word; its bits 32 to 47 + 65536·stage; the epoch's low word;
/// 0xC0000000 + index/4, of which number <c>index</c> is output word index mod 4.
/// </summary>
/// <param name="Seed">The key.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Sample">The sample's index in its dataset.</param>
/// <param name="Stage">Which of several transforms it is for.</param>
public readonly record struct SampleRandom(ulong Seed, long Epoch, long Sample, int Stage = 0)
{
    /// <summary>32 random bits.</summary>
    /// <param name="index">Which number, from 0.</param>
    public uint Bits(int index) =>
        Philox.Block(Vector128.Create((uint)Sample, ((uint)(Sample >> 32) & 0xFFFF) | ((uint)Stage << 16), (uint)Epoch, 0xC0000000 | ((uint)index / 4)), Seed)[index % 4];

    /// <summary>A number of at least 0 and less than a bound; likelihoods differ by less than 2⁻³².</summary>
    /// <param name="index">Which number, from 0.</param>
    /// <param name="bound">The bound.</param>
    public int Below(int index, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)(((ulong)Bits(index) * (uint)bound) >> 32);
    }

    /// <summary>A uniform number in [0, 1), a multiple of 2⁻²⁴.</summary>
    /// <param name="index">Which number, from 0.</param>
    public float Uniform(int index) => (Bits(index) >> 8) * (1f / (1 << 24));
}
