using System.Numerics.Tensors;
using NetGen;

/// <summary>Tells on which of three spirals a point of the plane lies. The attributes are the layers; the build writes the other half of the class.</summary>
[Network(2)]
[Linear(32), Tanh]
[Linear(32), Tanh]
[Linear(3)]
[CrossEntropyLoss]
internal sealed partial class SpiralNetwork
{
    /// <summary>The class with the highest score.</summary>
    public int Classify(ReadOnlySpan<float> point)
    {
        Span<float> scores = stackalloc float[OutputSize];
        Predict(point, scores);
        return TensorPrimitives.IndexOfMax<float>(scores);
    }
}
