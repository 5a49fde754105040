using System;
using System.Linq;
using Xunit;

namespace NetGen.Tests.Training;

[Network(12)]
[Linear(20), ReLU, Dropout(0.4f), Linear(9), Dropout(0.2f), Tanh, Linear(3)]
[MSELoss]
internal sealed partial class Dropping;

public class RandomStateTests
{
    private static readonly float[] s_inputs = Values(30 * Dropping.InputSize, 1);
    private static readonly float[] s_targets = Values(30 * Dropping.OutputSize, 2);

    [Fact]
    public void A_new_network_is_at_step_0_of_its_seed_and_each_training_step_advances_it()
    {
        var network = new Dropping(seed: 7);
        Assert.Equal(new RandomState(7, 0), network.RandomState);
        for (int i = 0; i < 3; i++)
            network.TrainStep(s_inputs, s_targets, new SGD(0.1));
        Assert.Equal(new RandomState(7, 3), network.RandomState);
        network.ComputeGradients(s_inputs, s_targets);
        network.Predict(s_inputs, new float[s_targets.Length]);
        network.VectorJacobianProduct(s_inputs, s_targets);
        Assert.Equal(new RandomState(7, 3), ((INetwork)network).RandomState);
    }

    /// <summary>Without the advance every step would have the masks of the first.</summary>
    [Fact]
    public void An_update_of_ones_own_that_advances_it_trains_as_a_training_step_does()
    {
        var (steps, own) = (new Dropping(seed: 3), new Dropping(seed: 3));
        for (int i = 0; i < 5; i++)
        {
            float loss = steps.TrainStep(s_inputs, s_targets, new SGD(0.1));
            Assert.Equal(loss, own.ComputeGradients(s_inputs, s_targets));
            new SGD(0.1).Step(own);
            own.RandomState = own.RandomState.Next();
        }

        Assert.Equal(steps.FlatParameters, own.FlatParameters);
    }

    [Fact]
    public void Masks_are_a_function_of_seed_and_step()
    {
        var network = new Dropping(seed: 5);
        float[] Gradients(RandomState state)
        {
            network.RandomState = state;
            network.ComputeGradients(s_inputs, s_targets);
            return network.FlatGradients.ToArray();
        }

        RandomState[] states = [new(5, 0), new(5, 1), new(6, 0), new(6, long.MaxValue), new(ulong.MaxValue, 1L << 40)];
        float[][] first = [.. states.Select(Gradients)];
        float[][] second = [.. states.Select(Gradients)];
        for (int i = 0; i < states.Length; i++)
        {
            Assert.Equal(first[i], second[i]);
            for (int j = 0; j < i; j++)
                Assert.NotEqual(first[i], first[j]);
        }
    }

    [Fact]
    public void A_training_that_goes_on_elsewhere_has_the_same_bits()
    {
        var (whole, second) = (new Dropping(seed: 1), new Dropping(seed: 99));
        for (int i = 0; i < 6; i++)
        {
            if (i == 3)
            {
                whole.FlatParameters.CopyTo(second.FlatParameters);
                second.RandomState = whole.RandomState;
            }

            whole.TrainStep(s_inputs, s_targets, new SGD(0.1));
            if (i >= 3)
                second.TrainStep(s_inputs, s_targets, new SGD(0.1));
        }

        Assert.Equal(whole.FlatParameters, second.FlatParameters);
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
