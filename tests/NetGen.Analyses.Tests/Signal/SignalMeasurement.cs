using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Tests.Infrastructure;

namespace NetGen.Tests.Analyses;

/// <summary>What is predicted of a value and what it is in the generated network.</summary>
internal sealed record MeasuredValue(string Layer, LayerSignal Predicted, double Mean, double Deviation, double Correlation, double GradientDeviation);

/// <summary>
/// Measures values and gradients of generated networks in training mode. A network is cut behind a layer: the first half tells the values for a batch of independent inputs, the second one,
/// with a random gradient at its output, the gradients.
/// </summary>
internal static class SignalMeasurement
{
    public static IReadOnlyList<MeasuredValue> Of(SignalNetwork network)
    {
        AnalyzedNetwork analyzed = SourceNetworks.Of(network.Declaration("Net"));
        var values = network.Cuts.Select(cut => analyzed.Graph.Nodes.Last(node => node.Path[0] == cut - 1)).ToList();
        Assembly assembly = NetworkCompiler.Load("using NetGen;\n" + network.Blocks + string.Concat(network.Cuts.Zip(values, (cut, node) =>
            Half($"First{cut}", network.Input, network.Layers[..cut]) + Half($"Second{cut}", [.. node.Output.Sizes], network.Layers[cut..]))));
        return [.. network.Cuts.Zip(values, (cut, node) => Measure(network, assembly.GetType($"First{cut}")!, assembly.GetType($"Second{cut}")!, node.Op.Display, analyzed.Signal[node.Result]))];
    }

    private static string Half(string name, int[] input, string[] layers) => $"[Network({string.Join(", ", input)}), {string.Join(", ", layers)}] public sealed partial class {name};\n";

    private static MeasuredValue Measure(SignalNetwork network, Type first, Type second, string layer, LayerSignal predicted)
    {
        int Size(string name) => (int)first.GetField(name)!.GetRawConstantValue()!;
        (int inputSize, int size, int batch) = (Size("InputSize"), Size("OutputSize"), network.Batch);
        (var input, var value, var gradient) = (new float[batch * inputSize], new float[batch * size], new float[batch * size]);
        (double mean, double square, double product, double gradients) = (0, 0, 0, 0);
        for (int seed = 1; seed <= network.Seeds; seed++)
        {
            var random = new Random(seed);
            for (int i = 0; i < input.Length; i++)
                input[i] = (float)(network.Mean + (Math.Sqrt(network.Variance) * Gaussian(random)));
            Create(first, seed).ComputeGradients(input, (output, _) =>
            {
                output.CopyTo(value);
                return 0;
            });
            for (int i = 0; i < size; i++)
            {
                (double sum, double squares) = (0, 0);
                for (int sample = 0; sample < batch; sample++)
                {
                    double each = value[(sample * size) + i];
                    sum += each;
                    squares += each * each;
                }

                mean += sum / batch;
                square += squares / batch;
                product += ((sum * sum) - squares) / (batch * (batch - 1));
            }

            Create(second, seed + 1000000).ComputeGradients(
                value,
                (_, outputGradient) =>
                {
                    for (int i = 0; i < outputGradient.Length; i++)
                        outputGradient[i] = random.Next(2) == 0 ? -1 : 1;
                    return 0;
                },
                gradient);
            gradients += gradient.Sum(each => (double)each * each) / batch;
        }

        double count = (double)network.Seeds * size;
        (mean, square, product) = (mean / count, square / count, product / count);
        double variance = square - (mean * mean);
        return new MeasuredValue(layer, predicted, mean, Math.Sqrt(variance), (product - (mean * mean)) / variance, Math.Sqrt(gradients / count));
    }

    private static INetwork Create(Type type, int seed) => (INetwork)Activator.CreateInstance(type, (ulong)seed)!;

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
