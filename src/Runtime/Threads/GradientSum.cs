using System;
using System.Numerics.Tensors;

namespace NetGen.Runtime;

/// <summary>Adds the gradients of a piece of a batch to those of the pieces before it, of which each part is a run of whole vectors.</summary>
internal sealed unsafe class GradientSum : OneStageJob
{
    private float* _gradients;
    private float* _piece;
    private nuint _length;

    /// <summary>Adds them with the workers of the pool, which was taken, or alone where there are none.</summary>
    public void Run(Span<float> gradients, ReadOnlySpan<float> piece, int workers)
    {
        if (workers == 0)
        {
            TensorPrimitives.Add(gradients, piece, gradients);
            return;
        }

        fixed (float* sum = gradients, added = piece)
        {
            _gradients = sum;
            _piece = added;
            (_length, Count) = ((nuint)gradients.Length, workers);
            WorkerPool.Run(this, workers);
        }
    }

    /// <inheritdoc/>
    public override void Run(int stage, int part, int worker)
    {
        nuint from = Bound(_length, Vector, part, Count);
        int length = (int)(Bound(_length, Vector, part + 1, Count) - from);
        var sum = new Span<float>(_gradients + from, length);
        TensorPrimitives.Add(sum, new ReadOnlySpan<float>(_piece + from, length), sum);
    }
}
