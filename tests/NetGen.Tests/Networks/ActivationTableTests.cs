using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Runtime;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>What an observer of training passes sees are the layers' outputs.</summary>
public class ActivationTableTests
{
    private static readonly RandomNetwork[] s_networks =
    [
        .. Enumerable.Range(700, 25).Select(number => new RandomNetwork(number, small: true)),
        .. Enumerable.Range(700, 40).Select(number => new RandomNetwork(number, small: true, convolutional: true)),
        .. Enumerable.Range(700, 25).Select(number => new RandomNetwork(number, small: true, composed: true)),
        .. RewriteTests.Networks,
    ];

    [Fact]
    public void Values_of_each_channel_are_those_of_the_layer()
    {
        int layers = 0, others = 0;
        var kinds = new HashSet<string>();
        foreach ((RandomNetwork network, INetwork instance) in s_networks.Zip(GeneratedNetworks.Create(s_networks)))
        {
            network.Fill(instance);
            float[] input = network.Batches[0].Input;
            var observer = new Recorder();
            NetworkRunner.Of(instance)!.Observers = [observer];
            instance.ComputeGradients(input, (_, _) => 0);
            Dictionary<int, double[][]> expected = network.Double(training: true).Activations(RandomNetwork.ToDouble(input));
            foreach ((ActivationPlace place, List<float>[] channels) in observer.Seen)
            {
                kinds.Add(place.Kind);
                Node node = network.Graph.Nodes.Single(node => node.Key == place.Name.Split(" to ")[0] && node.Op.Display.StartsWith(place.Kind, StringComparison.Ordinal));
                double[][] samples = expected[node.Id];
                int pixels = samples[0].Length / place.Channels;
                if (place.Name != node.Key || place.Pixels != pixels || samples[0].Length % place.Channels != 0 || IsRewritten(network.Graph, node))
                {
                    // Of merged layers, and of what changed its place.
                    Assert.All(channels, channel => Assert.Equal(place.Pixels * samples.Length, channel.Count));
                    others++;
                    continue;
                }

                layers++;
                double scale = samples.SelectMany(sample => sample).Select(Math.Abs).Max() + 1e-3;
                for (int c = 0; c < place.Channels; c++)
                {
                    double[] sorted = [.. samples.SelectMany(sample => sample.Skip(c * pixels).Take(pixels)).Order()];
                    float[] seen = [.. channels[c].Order()];
                    Assert.Equal(sorted.Length, seen.Length);
                    for (int i = 0; i < seen.Length; i++)
                        Assert.True(Math.Abs(seen[i] - sorted[i]) <= 2e-5 * scale, $"{place.Name} {place.Kind}, channel {c} of {network}: {seen[i]} instead of {sorted[i]}");
                }
            }
        }

        Assert.True(layers > 300, $"{layers} layers, {others} others");
        Assert.True(layers > 5 * others, $"{layers} layers, {others} others");
        Assert.Superset(new HashSet<string> { "ReLU", "Sigmoid", "Tanh", "Linear", "Conv2d", "MaxPool2d", "Softmax" }, kinds);
    }

    /// <summary>Nothing lies where something was written later.</summary>
    [Fact]
    public void A_layer_whose_memory_is_used_again_in_the_forward_half_is_not_listed()
    {
        var network = new RandomNetwork(Network("Net", [12], Loss(ElementwiseLossKind.MSE), Linear(12, bias: false), Activation(ActivationKind.ReLU), Linear(12), Activation(ActivationKind.Tanh), Linear(3)), 4);
        CompiledNetwork compiled = CompiledNetwork.Compile(network.Graph);
        string[] rows = [.. ActivationTable.Text(compiled.Program, compiled.Training).Split(';').Select(entry => entry.Split(' ')[0])];

        // The inputs of ReLU and Tanh are never stored.
        Assert.Equal(["1", "3", "4"], rows);
    }

    [Fact]
    public void An_observer_costs_no_memory_and_sees_each_pass_of_training_once()
    {
        RandomNetwork network = s_networks.First(network => network.Graph.Loss is { TakesClassNumbers: false });
        INetwork instance = GeneratedNetworks.Create([network])[0];
        var observer = new Counter();
        NetworkRunner.Of(instance)!.Observers = [observer];
        Samples samples = network.Batches[0];
        CustomLoss loss = (_, _) => 0;
        var optimizer = new SGD(0);
        Allocations.None(() =>
        {
            observer.Count = 0;
            instance.TrainStep(samples.Input, loss, optimizer);
            instance.ComputeGradients(samples.Input, loss);
            ((ITrainableNetwork<float>)instance).TrainStep(samples.Input, samples.Target, optimizer);
        });
        Assert.Equal(3, observer.Count);
        instance.VectorJacobianProduct(samples.Input, samples.Vector);
        Assert.Equal(3, observer.Count);
        NetworkRunner.Of(instance)!.Observers = [];
        instance.TrainStep(samples.Input, loss, optimizer);
        Assert.Equal(3, observer.Count);
    }

    /// <summary>An activation and the dropout before it, or the pool behind it, that change places.</summary>
    private static bool IsRewritten(Graph graph, Node node) => graph.Nodes.Any(other => ArePair(node, other) || ArePair(other, node));

    private static bool ArePair(Node first, Node second) => second.Sources.Contains(first.Id)
        && ((first.Op is DropoutOp && second.Op is ActivationOp) || (first.Op is ActivationOp && second.Op is PoolingOp));

    private sealed class Recorder : IActivationObserver
    {
        public List<(ActivationPlace Place, List<float>[] Channels)> Seen { get; } = [];

        public void Observe(TrainingActivations activations)
        {
            foreach (ActivationPlace place in activations.Places)
            {
                List<float>[] channels = [.. Enumerable.Range(0, place.Channels).Select(_ => new List<float>())];
                foreach (ActivationLine line in activations.Of(place))
                {
                    for (int i = 0; i < line.Values.Length; i++)
                        channels[line.Channel + (line.IsAcrossChannels ? i : 0)].Add(line.Values[i]);
                }

                Seen.Add((place, channels));
            }
        }
    }

    private sealed class Counter : IActivationObserver
    {
        public int Count { get; set; }

        public void Observe(TrainingActivations activations)
        {
            Count++;
            float sum = 0;
            foreach (ActivationPlace place in activations.Places)
            {
                foreach (ActivationLine line in activations.Of(place))
                    sum += line.Values[0];
            }
        }
    }
}
