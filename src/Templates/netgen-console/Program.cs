using NetGen;

const int TrainCount = 1_536, TestCount = 512, BatchSize = 64, Epochs = 200;

var random = new Random(1);
(float[] points, int[] labels) = Spirals(TrainCount, random);
(float[] testPoints, int[] testLabels) = Spirals(TestCount, random);

Console.WriteLine(SpiralNetwork.Summary);
var network = new SpiralNetwork(seed: 1);
var optimizer = new SGD(learningRate: 0.3);
for (int epoch = 1; epoch <= Epochs; epoch++)
{
    // The samples come from one random stream, so each batch is a random one.
    float loss = 0;
    for (int first = 0; first < TrainCount; first += BatchSize)
        loss += network.TrainStep(points.AsSpan(first * SpiralNetwork.InputSize, BatchSize * SpiralNetwork.InputSize), labels.AsSpan(first, BatchSize), optimizer);
    if (epoch % 20 == 0)
        Console.WriteLine($"epoch {epoch}: loss {loss * BatchSize / TrainCount:0.000}");
}

int right = 0;
for (int i = 0; i < TestCount; i++)
{
    if (network.Classify(testPoints.AsSpan(i * SpiralNetwork.InputSize, SpiralNetwork.InputSize)) == testLabels[i])
        right++;
}

network.Save("spirals.safetensors");
Console.WriteLine($"test accuracy: {(double)right / TestCount:0.000}");

// Points on three arms of a spiral, and the numbers of their arms.
static (float[] Points, int[] Labels) Spirals(int count, Random random)
{
    var points = new float[count * SpiralNetwork.InputSize];
    var labels = new int[count];
    for (int i = 0; i < count; i++)
    {
        labels[i] = random.Next(SpiralNetwork.OutputSize);
        double radius = random.NextDouble();
        double angle = (4 * radius) + (2 * Math.PI / 3 * labels[i]) + (0.2 * random.NextDouble());
        points[2 * i] = (float)(radius * Math.Cos(angle));
        points[(2 * i) + 1] = (float)(radius * Math.Sin(angle));
    }

    return (points, labels);
}
