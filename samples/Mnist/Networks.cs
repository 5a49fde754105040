namespace NetGen.Samples.Mnist;

/// <summary>Two convolutions, each followed by a pool, and one linear layer; the generator writes the other half of the class.</summary>
[Network(1, 28, 28)]
[Conv2d(16, 5, Name = "conv1"), ReLU, MaxPool2d(2)]
[Conv2d(32, 5, Name = "conv2"), ReLU, MaxPool2d(2)]
[Flatten, Dropout, Linear(10, Name = "fc")]
[CrossEntropyLoss]
internal sealed partial class ConvolutionalDigits;

/// <summary>A perceptron with one hidden layer, to which a picture is 784 numbers in a row.</summary>
[Network(784)]
[Linear(128, Name = "fc1"), ReLU, Linear(10, Name = "fc2")]
[CrossEntropyLoss]
internal sealed partial class PerceptronDigits;
