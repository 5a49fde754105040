using System;
using System.Globalization;
using System.Numerics.Tensors;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// Stochastic gradient descent: θ ← θ − lr·(g + λ·θ) with learning rate lr and weight decay λ
/// (<c>torch.optim.SGD</c> without momentum).
/// </summary>
public sealed class SGD : IOptimizer
{
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
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradients)
    {
        Check.Length(gradients.Length, parameters.Length, nameof(gradients));
        float rate = -(float)_learningRate;
        if (WeightDecay == 0)
        {
            TensorPrimitives.FusedMultiplyAdd(gradients, rate, parameters, parameters);
            return;
        }

        const int Chunk = 1024;
        float decay = (float)WeightDecay;
        Span<float> decayed = stackalloc float[Chunk];
        while (!parameters.IsEmpty)
        {
            int length = Math.Min(parameters.Length, Chunk);
            Span<float> p = parameters[..length];
            TensorPrimitives.FusedMultiplyAdd(p, decay, gradients[..length], decayed);
            TensorPrimitives.FusedMultiplyAdd(decayed[..length], rate, p, p);
            parameters = parameters[length..];
            gradients = gradients[length..];
        }
    }

    private static double NonNegative(double value, string parameter) => value >= 0 && (float)value < float.PositiveInfinity
        ? value
        : throw new ArgumentOutOfRangeException(parameter, value.ToString(CultureInfo.InvariantCulture), "Expected a finite number of at least 0.");
}
