using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>Gradients of parameters that an optimizer freezes are not computed, and the others keep their bits.</summary>
public class FrozenParameterTests
{
    private static readonly RandomNetwork[] s_networks =
    [
        .. RewriteTests.Networks,
        .. Enumerable.Range(500, 15).Select(number => new RandomNetwork(number, small: true)),
        .. Enumerable.Range(500, 15).Select(number => new RandomNetwork(number, small: true, convolutional: true)),
        .. Enumerable.Range(500, 15).Select(number => new RandomNetwork(number, small: true, composed: true)),
    ];

    [Fact]
    public void Gradients_that_are_wanted_keep_their_bits_and_others_are_not_computed()
    {
        RandomNetwork[] networks = [.. s_networks.Where(network => network.Graph.Loss is not null && network.Graph.ParameterCount > 0)];
        int skipped = 0, shared = 0;
        foreach ((RandomNetwork network, INetwork instance) in networks.Zip(GeneratedNetworks.Create(networks)))
        {
            network.Fill(instance);
            RandomState state = instance.RandomState;
            float[][] Train(Frozen optimizer)
            {
                instance.RandomState = state;
                Samples samples = network.Batches[0];
                if (instance is ITrainableNetwork<int> labels)
                    labels.TrainStep(samples.Input, Array.ConvertAll(samples.Target, label => (int)label), optimizer);
                else
                    ((ITrainableNetwork<float>)instance).TrainStep(samples.Input, samples.Target, optimizer);
                return [.. instance.Gradients.Select(gradient => gradient.ToArray())];
            }

            float[][] all = Train(new Frozen([]));
            int[][] together = Together(CompiledNetwork.Compile(network.Graph).Program);
            foreach (HashSet<int> frozen in Sets(network, all.Length))
            {
                var optimizer = new Frozen([.. frozen.Select(i => instance.Parameters[i].Name)]);
                float[][] first = Train(optimizer);

                // What a step writes is no longer NaN.
                foreach (ParameterView gradient in instance.Gradients)
                    gradient.CopyFrom(Enumerable.Repeat(float.NaN, gradient.Length).ToArray());
                float[][] second = Train(optimizer);
                for (int i = 0; i < all.Length; i++)
                {
                    bool isComputed = together[i].Any(other => !frozen.Contains(other));
                    float[] zeros = new float[all[i].Length];
                    Assert.True(first[i].AsSpan().SequenceEqual(isComputed ? all[i] : zeros), $"{instance.Parameters[i]} of {network}, first");
                    Assert.True(isComputed ? second[i].AsSpan().SequenceEqual(all[i]) : second[i].All(float.IsNaN), $"{instance.Parameters[i]} of {network}, second");
                    skipped += isComputed ? 0 : 1;
                    shared += isComputed && frozen.Contains(i) ? 1 : 0;
                }

                // Gradients alone are those of all parameters.
                float[][] again = Train(new Frozen([]));
                Assert.True(all.Zip(again).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)), $"{network}, again");
            }
        }

        Assert.True(skipped > 500, $"{skipped}");
        Assert.True(shared > 20, $"{shared}");
    }

    /// <summary>Each open step has what it reads, and serves a gradient that is wanted.</summary>
    [Fact]
    public void Steps_run_where_a_wanted_gradient_needs_them_and_only_there()
    {
        int closed = 0;
        foreach (RandomNetwork network in s_networks.Where(network => network.Graph.ParameterCount > 0))
        {
            StepProgram program = CompiledNetwork.Compile(network.Graph).Program;
            var gates = GradientGates.Of(program);
            int[][] parameters = Parameters(program);
            foreach (HashSet<int> frozen in Sets(network, program.Parameters.Count))
            {
                Step[] steps = [.. program.Backward];
                bool[] isNeeded = new bool[steps.Length];
                for (int i = steps.Length - 1; i >= 0; i--)
                {
                    isNeeded[i] = parameters[i].Any(parameter => !frozen.Contains(parameter))
                        || Enumerable.Range(i + 1, steps.Length - i - 1).Any(j => isNeeded[j] && steps[j].Reads.Any(read => steps[i].Writes.Any(written => written.Root == read.Root)));
                    bool runs = gates[i] >= 0 && !Places(gates.Parameters[gates[i]]).All(frozen.Contains);
                    Assert.True(runs == isNeeded[i], $"{steps[i].Own} of {network}, without {string.Join(", ", frozen)}");
                    Assert.Equal(steps[i].OnlyForInputGradient, gates[i] < 0);
                    closed += runs ? 0 : 1;
                }
            }
        }

        Assert.True(closed > 1000, $"{closed}");
    }

    [Fact]
    public void A_frozen_prefix_costs_nothing_in_the_backward_half()
    {
        StepProgram program = CompiledNetwork.Compile(Build(Network(
            "Net", [3, 9, 9], Loss(ElementwiseLossKind.MSE), Conv2d(16, 3), BatchNorm2d(), Activation(ActivationKind.ReLU), Residual(Block("Body", Conv2d(16, 3, padding: 1), Activation(ActivationKind.ReLU))),
            new FlattenOp(null), Linear(8), Activation(ActivationKind.Tanh), Linear(2)))).Program;
        var gates = GradientGates.Of(program);
        int last = program.Parameters.Count - 1;
        Assert.Equal(
            ["Linear7BackwardWeights", "Linear7BackwardBias"],
            program.Backward.Where((_, i) => gates[i] >= 0 && Places(gates.Parameters[gates[i]]).Any(place => place >= last - 1)).Select(step => step.Own));
    }

    /// <summary>None, each prefix of the declaration and random ones.</summary>
    private static IEnumerable<HashSet<int>> Sets(RandomNetwork network, int count)
    {
        var random = new Random((int)network.Seed);
        yield return [.. Enumerable.Range(0, count)];
        yield return [.. Enumerable.Range(0, count / 2)];
        foreach (double share in new[] { 0.2, 0.5, 0.8 })
            yield return [.. Enumerable.Range(0, count).Where(_ => random.NextDouble() < share)];
    }

    private static IEnumerable<int> Places(string ranges) => ranges.Split(' ').SelectMany(range =>
    {
        int[] ends = [.. range.Split('-').Select(int.Parse)];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });

    /// <summary>Of each backward step the parameters whose gradients it computes.</summary>
    private static int[][] Parameters(StepProgram program)
    {
        static IEnumerable<int> Offsets(Step step) => step.Operands.Where(operand => operand.Role == OperandRole.ParameterGradient).Select(operand => operand.Offset);
        int[] starts = [.. program.Backward.SelectMany(Offsets)];
        return [.. program.Backward.Select(step => Offsets(step)
            .SelectMany(offset => Enumerable.Range(0, program.Parameters.Count).Where(i => starts.Where(start => start <= program.Parameters[i].Offset).Max() == offset)).ToArray())];
    }

    /// <summary>Of each parameter those whose gradients the same step computes.</summary>
    private static int[][] Together(StepProgram program)
    {
        int[][] steps = Parameters(program);
        return [.. Enumerable.Range(0, program.Parameters.Count).Select(i => steps.Single(parameters => parameters.Contains(i)))];
    }

    private sealed class Frozen(string[] names) : IOptimizer
    {
        public void Step(IParameterized model)
        {
        }

        public bool IsFrozen(ParameterView parameter) => names.Contains(parameter.Name);
    }
}
