namespace NetGen.Samples.Mnist;

/// <summary>A perceptron with one hidden layer; the generator writes the other half of the class.</summary>
[Network(784)]
[Linear(128, Name = "fc1"), ReLU, Linear(10, Name = "fc2")]
[CrossEntropyLoss]
internal sealed partial class DigitNetwork;
