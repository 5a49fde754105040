using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Tests.Infrastructure;

namespace NetGen.Tests.Analyses;

/// <summary>What is predicted of a value and what it is in the generated network.</summary>
internal sealed record MeasuredValue(string Layer, LayerSignal Predicted, double Mean, double Deviation, double GradientDeviation);

/// <summary>
/// Measures values and gradients of generated networks in training mode. A network is cut behind a layer. The first half, with half its squared error as its loss, tells the
/// squares and, with another target, the mean. The second half, with a target so far away that the rest does not matter, has a random gradient at its output.
/// </summary>
internal static class SignalMeasurement
{
    private const float Far = 1e6f;

    public static IReadOnlyList<MeasuredValue> Of(SignalNetwork network)
    {
        AnalyzedNetwork analyzed = SourceNetworks.Of(network.Declaration("Net"));
        var values = network.Cuts.Select(cut => analyzed.Graph.Nodes.Last(node => node.Path[0] == cut - 1)).ToList();
        Assembly assembly = NetworkCompiler.Load("using NetGen;\n" + network.Blocks + string.Concat(network.Cuts.Zip(values, (cut, node) =>
            Half($"First{cut}", network.Input, network.Layers[..cut]) + Half($"Second{cut}", [.. node.Output.Sizes], network.Layers[cut..]))));
        return [.. network.Cuts.Zip(values, (cut, node) => Measure(network, assembly.GetType($"First{cut}")!, assembly.GetType($"Second{cut}")!, node.Op.Display, analyzed.Signal[node.Result]))];
    }

    private static string Half(string name, int[] input, string[] layers) =>
        $"[Network({string.Join(", ", input)}), {string.Join(", ", layers)}, HalfSquaredErrorLoss] public sealed partial class {name};\n";

    private static MeasuredValue Measure(SignalNetwork network, Type first, Type second, string layer, LayerSignal predicted)
    {
        int Size(Type type, string name) => (int)type.GetField(name)!.GetRawConstantValue()!;
        (int inputSize, int size, int outputSize) = (Size(first, "InputSize"), Size(first, "OutputSize"), Size(second, "OutputSize"));
        int batch = network.Batch;
        (var input, var value, var zeros, var target, var gradient) = (
            new float[batch * inputSize], new float[batch * size], new float[batch * size], new float[batch * outputSize], new float[batch * size]);
        (double sum, double square, double gradients) = (0, 0, 0);
        for (int seed = 1; seed <= network.Seeds; seed++)
        {
            var random = new Random(seed);
            for (int i = 0; i < input.Length; i++)
                input[i] = (float)(network.Mean + (Math.Sqrt(network.Variance) * Gaussian(random)));
            var head = Create(first, seed);
            if (network.IsOtherInTraining)
            {
                double squares = 2 * head.ComputeGradients(input, zeros) / size;
                float apart = (float)Math.Sqrt(squares);
                double shifted = 2 * head.ComputeGradients(input, [.. Enumerable.Repeat(apart, zeros.Length)]) / size;
                square += squares;
                sum += apart > 0 ? ((squares - shifted) / (2 * apart)) + (apart / 2) : 0;

                // With a momentum of 1 the running statistics are those of this batch.
                head.TrainStep(input, zeros, new SGD(1e-30));
            }

            head.Predict(input, value);
            if (!network.IsOtherInTraining)
            {
                square += value.Sum(each => (double)each * each) / value.Length;
                sum += value.Sum(each => (double)each) / value.Length;
            }

            for (int i = 0; i < target.Length; i++)
                target[i] = (random.Next(2) == 0 ? -1 : 1) * Far;
            Create(second, seed + 1000000).ComputeGradients(value, target, gradient);
            gradients += gradient.Sum(each => (double)each * each) * batch * batch / Far / Far / gradient.Length;
        }

        double mean = sum / network.Seeds;
        return new MeasuredValue(layer, predicted, mean, Math.Sqrt((square / network.Seeds) - (mean * mean)), Math.Sqrt(gradients / network.Seeds));
    }

    private static ITrainableNetwork<float> Create(Type type, int seed) => (ITrainableNetwork<float>)Activator.CreateInstance(type, (ulong)seed)!;

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
