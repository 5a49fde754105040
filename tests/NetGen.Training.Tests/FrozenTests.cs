using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Training;

public class FrozenTests
{
    private static readonly float[] s_inputs = Values(6 * Merged.InputSize, 1);
    private static readonly float[] s_targets = Values(6 * Merged.OutputSize, 2);

    [Fact]
    public void A_rule_of_ones_own_freezes_nothing_unless_it_says_so()
    {
        (Merged network, Merged other) = (new(1), new(1));
        network.TrainStep(s_inputs, s_targets, new Rule());
        other.ComputeGradients(s_inputs, s_targets);
        Assert.Equal(other.FlatGradients, network.FlatGradients);
    }

    [Fact]
    public void It_is_asked_once_for_each_parameter_of_each_network()
    {
        var asked = new List<string>();
        var rule = new FreezingRule(parameter =>
        {
            asked.Add(parameter.Name);
            return parameter.Name == "head.weight";
        });
        foreach (Merged network in new Merged[] { new(1), new(2) })
        {
            asked.Clear();
            for (int i = 0; i < 3; i++)
            {
                network.TrainStep(s_inputs, s_targets, rule);
                network.TrainStep(s_inputs, s_targets, new Rule());
            }

            Assert.Equal(network.Parameters.Select(parameter => parameter.Name), asked);
        }
    }

    /// <summary>The gradients of a network's own members are those of all parameters; a training step zeroes what it leaves out.</summary>
    [Fact]
    public void Gradients_of_frozen_parameters_are_zero_behind_a_training_step_and_computed_otherwise()
    {
        var network = new Merged(1);
        var optimizer = new SGD(0) { Groups = [new ParameterGroup("module.*") { IsFrozen = true }] };
        network.ComputeGradients(s_inputs, s_targets);
        float[] all = network.FlatGradients.ToArray();
        for (int i = 0; i < 2; i++)
        {
            network.TrainStep(s_inputs, s_targets, optimizer);
            foreach (ParameterView gradient in network.Gradients)
                Assert.Equal(gradient.Name.StartsWith("module.", StringComparison.Ordinal), gradient.ToArray().All(value => value == 0));
            network.ComputeGradients(s_inputs, s_targets);
            Assert.Equal(all, network.FlatGradients);
        }
    }

    /// <summary>Those of merged layers are parts of one matrix, which is one step's.</summary>
    [Fact]
    public void A_part_of_merged_layers_is_computed_with_the_others()
    {
        var network = new Merged(1);
        network.ComputeGradients(s_inputs, s_targets);
        float[] all = network.Gradients["module.branches.0.narrow.weight"].ToArray();
        Assert.Contains(all, value => value != 0);
        network.TrainStep(s_inputs, s_targets, new SGD(0) { Groups = [new ParameterGroup("module.branches.0.narrow.weight") { IsFrozen = true }] });
        Assert.Equal(all, network.Gradients["module.branches.0.narrow.weight"].ToArray());
        network.TrainStep(s_inputs, s_targets, new SGD(0) { Groups = [new ParameterGroup("module.branches.0.narrow.weight", "module.branches.1.wide.weight") { IsFrozen = true }] });
        Assert.All(network.Gradients["module.branches.0.narrow.weight"].ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Frozen_parameters_stay_and_the_others_train_as_if_nothing_were_left_out()
    {
        (AllKinds network, AllKinds other) = (new(1), new(1));
        float[] x = Values(9 * AllKinds.InputSize, 3), y = Values(9 * AllKinds.OutputSize, 4);
        var before = network.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray());
        var optimizer = new Adam(0.01) { Groups = [new ParameterGroup("conv.*", "norm.*") { IsFrozen = true }] };
        var computing = new Computing(new Adam(0.01) { Groups = optimizer.Groups });
        for (int i = 0; i < 10; i++)
            Assert.Equal(other.TrainStep(x, y, computing), network.TrainStep(x, y, optimizer));
        foreach (ParameterView parameter in network.Parameters)
        {
            Assert.Equal(other.Parameters[parameter.Name].ToArray(), parameter.ToArray());
            Assert.Equal(parameter.Name.StartsWith("conv", StringComparison.Ordinal) || parameter.Name.StartsWith("norm", StringComparison.Ordinal), parameter.ToArray().AsSpan().SequenceEqual(before[parameter.Name]));
        }
    }

    [Fact]
    public void Steps_of_several_optimizers_in_turn_allocate_nothing()
    {
        var network = new Merged(1);
        IOptimizer[] optimizers = [new SGD(0.01) { Groups = [new ParameterGroup("module.*") { IsFrozen = true }] }, new SGD(0.01) { Groups = [new ParameterGroup("head.*") { IsFrozen = true }] }, new SGD(0.01)];
        Allocations.None(() =>
        {
            foreach (IOptimizer optimizer in optimizers)
                network.TrainStep(s_inputs, s_targets, optimizer);
            network.ComputeGradients(s_inputs, s_targets);
        });
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private class Rule : IOptimizer
    {
        public void Step(IParameterized model)
        {
        }
    }

    private sealed class FreezingRule(Func<ParameterView, bool> isFrozen) : Rule, IOptimizer
    {
        public bool IsFrozen(ParameterView parameter) => isFrozen(parameter);
    }

    /// <summary>An optimizer whose network computes all gradients.</summary>
    private sealed class Computing(IOptimizer optimizer) : IOptimizer
    {
        public void Step(IParameterized model) => optimizer.Step(model);
    }
}
