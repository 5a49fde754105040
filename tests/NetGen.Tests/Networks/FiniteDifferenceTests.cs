using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>The interpreter's analytic gradients against central differences of its own forward pass, in double.</summary>
public class FiniteDifferenceTests
{
    private const double Step = 1e-5;
    private const double Tolerance = 1e-7;

    [Theory]
    [MemberData(nameof(Groups))]
    public void Interpreter_gradients_are_central_differences(int first) => Compare(Enumerable.Range(first, 60).Select(number => new RandomNetwork(number, small: true)));

    [Theory]
    [MemberData(nameof(Groups))]
    [Trait("Lane", "Slow")]
    public void Gradients_of_convolutions_and_pools_are_central_differences(int first) =>
        Compare(Enumerable.Range(first, 60).Select(number => new RandomNetwork(number, small: true, convolutional: true)));

    [Theory]
    [MemberData(nameof(Groups))]
    [Trait("Lane", "Slow")]
    public void Gradients_of_compositions_are_central_differences(int first) =>
        Compare(Enumerable.Range(first, 60).Select(number => new RandomNetwork(number, small: true, composed: true)));

    private static void Compare(IEnumerable<RandomNetwork> networks)
    {
        int compared = 0;
        int skipped = 0;
        foreach ((int number, RandomNetwork network) in networks.Index())
        {
            bool training = number % 2 == 0;
            Samples samples = network.Batches[0];
            double[][] tensors = [RandomNetwork.ToDouble(samples.Input), .. RandomNetwork.ToDouble(network.Parameters)];
            double[] target = RandomNetwork.ToDouble(samples.Target);
            double[] vector = RandomNetwork.ToDouble(samples.Vector);
            var interpreter = network.Double(training, tensors[1..]);
            bool withLoss = network.Graph.Loss is not null && number % 4 != 3;

            Pass<double> pass = withLoss ? interpreter.ComputeGradients(tensors[0], target) : interpreter.VectorJacobianProduct(tensors[0], vector);
            double[][] analytic = [pass.InputGradient, .. pass.Gradients];
            (double Value, IReadOnlyList<int> Sides) center = Evaluate();
            if (withLoss)
                Assert.Equal(pass.Loss, center.Value, 12);

            for (int t = 0; t < tensors.Length; t++)
            {
                double scale = Math.Max(analytic[t].Max(Math.Abs), 1e-3);
                for (int i = 0; i < tensors[t].Length; i++)
                {
                    double value = tensors[t][i];
                    tensors[t][i] = value + Step;
                    (double Value, IReadOnlyList<int> Sides) above = Evaluate();
                    tensors[t][i] = value - Step;
                    (double Value, IReadOnlyList<int> Sides) below = Evaluate();
                    tensors[t][i] = value;
                    if (!above.Sides.SequenceEqual(center.Sides) || !below.Sides.SequenceEqual(center.Sides))
                    {
                        skipped++;
                        continue;
                    }

                    compared++;
                    double difference = (above.Value - below.Value) / (2 * Step);
                    if (!(Math.Abs(difference - analytic[t][i]) <= Tolerance * scale))
                        Assert.Fail($"{network}, tensor {t}, element {i}: {analytic[t][i]}, differences give {difference}");
                }
            }

            (double Value, IReadOnlyList<int> Sides) Evaluate()
            {
                int[] sides = [.. interpreter.KinkDistances(tensors[0], withLoss ? target : null).Select(Math.Sign)];
                if (withLoss)
                    return (interpreter.Loss(tensors[0], target), sides);
                return (interpreter.Predict(tensors[0]).Zip(vector, (y, v) => y * v).Sum(), sides);
            }
        }

        Assert.True(skipped < compared / 50, $"{skipped} of {compared + skipped} coordinates cross a kink.");
    }

    public static TheoryData<int> Groups => [0, 60, 120, 180];
}
