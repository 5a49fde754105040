using NetGen;
using static System.Numerics.Tensors.TensorPrimitives;

namespace NetGen.Template1;

/// <summary>Tells the digit on a picture of 28x28 pixels. The attributes are the layers; the build writes the other half of the class.</summary>
[Network(1, 28, 28)]
[Conv2d(16, 5, Name = "conv1"), ReLU, MaxPool2d(2)]
[Conv2d(32, 5, Name = "conv2"), ReLU, MaxPool2d(2)]
[Flatten, Dropout, Linear(10, Name = "fc")]
[CrossEntropyLoss]
public sealed partial class DigitNetwork
{
    /// <summary>The digit with the highest score.</summary>
    /// <param name="picture">The pixels, row by row.</param>
    public int Classify(ReadOnlySpan<float> picture)
    {
        Span<float> scores = stackalloc float[OutputSize];
        Predict(picture, scores);
        return IndexOfMax<float>(scores);
    }
}
