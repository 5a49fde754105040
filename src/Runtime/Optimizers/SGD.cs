using System;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// Stochastic gradient descent: θ ← θ − lr·(g + λ·θ) with learning rate lr and weight decay λ
/// (<c>torch.optim.SGD</c> without momentum).
/// </summary>
public sealed class SGD : IOptimizer
{
    // In pieces, because TensorPrimitives writes past the caches from 65,536 floats on: a step over 100,000 took 28 us instead of 6,
    // for the next pass reads what this one wrote.
    private const int Chunk = 4096;

    private double _learningRate;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="weightDecay">The weight decay λ, which pulls every parameter towards 0, biases too; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not finite.</exception>
    public SGD(double learningRate, double weightDecay = 0)
    {
        LearningRate = learningRate;
        WeightDecay = NonNegative(weightDecay, nameof(weightDecay));
    }

    /// <summary>The learning rate; may change between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not finite.</exception>
    public double LearningRate
    {
        get => _learningRate;
        set => _learningRate = NonNegative(value, nameof(value));
    }

    /// <summary>The weight decay.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradients)
    {
        Check.Length(gradients.Length, parameters.Length, nameof(gradients));
        float rate = -(float)_learningRate;
        float decay = (float)WeightDecay;
        Span<float> decayed = stackalloc float[Chunk];
        for (int first = 0; first < parameters.Length; first += Chunk)
        {
            int length = Math.Min(Chunk, parameters.Length - first);
            Span<float> p = parameters.Slice(first, length);
            ReadOnlySpan<float> g = gradients.Slice(first, length);
            if (decay == 0)
            {
                TensorPrimitives.FusedMultiplyAdd(g, rate, p, p);
                continue;
            }

            TensorPrimitives.FusedMultiplyAdd(p, decay, g, decayed);
            TensorPrimitives.FusedMultiplyAdd(decayed[..length], rate, p, p);
        }
    }

    private static double NonNegative(double value, string parameter) => value >= 0 && (float)value < float.PositiveInfinity
        ? value
        : throw new ArgumentOutOfRangeException(parameter, value.ToString(CultureInfo.InvariantCulture), "Expected a finite number of at least 0.");
}
