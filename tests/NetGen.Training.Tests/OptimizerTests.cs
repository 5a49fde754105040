using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>What all optimizers share: groups, clipping, accumulation, forms of momentum, state.</summary>
public class OptimizerTests
{
    public static TheoryData<string> Rules => new(s_optimizers.Keys);

    private static readonly Dictionary<string, Func<IReadOnlyList<ParameterGroup>, double, Optimizer>> s_optimizers = new()
    {
        ["SGD"] = (groups, decay) => new SGD(0.1, weightDecay: decay) { Groups = groups },
        ["Momentum"] = (groups, decay) => new SGD(0.1, momentum: 0.9, weightDecay: decay) { Groups = groups },
        ["Iterates"] = (groups, decay) => new SGD(0.1, momentum: 0.9, weightDecay: decay, form: MomentumForm.Iterates) { Groups = groups },
        ["Adam"] = (groups, decay) => new Adam(0.01, weightDecay: decay) { Groups = groups },
        ["AMSGrad"] = (groups, decay) => new AdamW(0.01, weightDecay: decay, amsgrad: true) { Groups = groups },
        ["NAdam"] = (groups, decay) => new NAdam(0.01, weightDecay: decay) { Groups = groups },
        ["RAdam"] = (groups, decay) => new RAdam(0.01, weightDecay: decay) { Groups = groups },
        ["Adamax"] = (groups, decay) => new Adamax(0.01, weightDecay: decay) { Groups = groups },
        ["RMSprop"] = (groups, decay) => new RMSprop(0.01, weightDecay: decay, momentum: 0.5, centered: true) { Groups = groups },
        ["Adagrad"] = (groups, decay) => new Adagrad(0.01, weightDecay: decay) { Groups = groups },
        ["Adadelta"] = (groups, decay) => new Adadelta(1, weightDecay: decay) { Groups = groups },
        ["Lion"] = (groups, decay) => new Lion(0.01, weightDecay: decay) { Groups = groups },
    };

    /// <summary>Polyak's and Nesterov's momentum over velocities and over iterates go the same way.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_forms_of_momentum_have_the_same_iterates(bool nesterov)
    {
        (SmallRegression first, SmallRegression second) = (new(3), new(3));
        var velocity = new SGD(0.05, momentum: 0.8, nesterov: nesterov);
        var iterates = new SGD(0.05, momentum: 0.8, nesterov: nesterov, form: MomentumForm.Iterates);
        (float[] x, float[] y) = Data(SmallRegression.InputSize, SmallRegression.OutputSize);
        for (int step = 0; step < 100; step++)
        {
            first.TrainStep(x, y, velocity);
            second.TrainStep(x, y, iterates);
            foreach ((float a, float b) in Values(first).Zip(Values(second)))
                Assert.Equal(a, b, 1e-5);
        }
    }

    /// <summary>R2 of the reference: what starts equal stays equal, bit for bit.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Equal_neurons_stay_equal(string rule)
    {
        var network = new TwoLayer(1);
        foreach (ParameterView parameter in network.Parameters.Where(parameter => parameter.Length == 6))
            parameter[4] = parameter[1];
        Optimizer optimizer = s_optimizers[rule]([], 0.01);
        (float[] x, float[] y) = Data(1, 1);
        for (int step = 0; step < 200; step++)
            network.TrainStep(x, y, optimizer);
        Assert.All(network.Parameters.Where(parameter => parameter.Length == 6), parameter => Assert.Equal(BitConverter.SingleToInt32Bits(parameter[1]), BitConverter.SingleToInt32Bits(parameter[4])));
        Assert.NotEqual(network.Hidden.Weight[1], network.Hidden.Weight[2]);
    }

    /// <summary>At the first step, where all have the same gradients, each parameter moves as with an optimizer of its own settings alone.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Groups_have_settings_of_their_own(string rule)
    {
        ParameterGroup[] groups =
        [
            new("head.weight") { LearningRateFactor = 0.5 },
            new(ParameterKinds.Bias | ParameterKinds.NormWeight) { WeightDecay = 0 },
            new("conv.*") { IsFrozen = true },
        ];
        Check<AllKinds>(rule, groups, name => name switch
        {
            "head.weight" => (0.5, 0.1, false),
            "conv.weight" => (1, 0.1, true),
            _ => (1, 0.0, false),
        });
    }

    /// <summary>The same where the weights of two groups lie in one matrix.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Groups_divide_merged_layers(string rule)
    {
        ParameterGroup[] groups = [new("*.narrow.*") { LearningRateFactor = 0.25, WeightDecay = 0 }, new("*.1.wide.weight") { IsFrozen = true }];
        Check<Merged>(rule, groups, name => name.Contains("narrow", StringComparison.Ordinal) ? (0.25, 0.0, false) : (1, 0.1, name == "module.branches.1.wide.weight"));
    }

    private static void Check<TNetwork>(string rule, ParameterGroup[] groups, Func<string, (double Factor, double Decay, bool IsFrozen)> settings)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<float>
    {
        (float[] x, float[] y) = Data(TNetwork.InputSize, TNetwork.OutputSize);
        var grouped = TNetwork.Create(5);
        float[][] before = [.. grouped.Parameters.Select(parameter => parameter.ToArray())];
        Optimizer optimizer = s_optimizers[rule](groups, 0.1);
        grouped.TrainStep(x, y, optimizer);
        float[][] after = [.. grouped.Parameters.Select(parameter => parameter.ToArray())];
        for (int i = 0; i < after.Length; i++)
        {
            (double factor, double decay, bool isFrozen) = settings(grouped.Parameters[i].Name);
            var alone = TNetwork.Create(5);
            Optimizer own = s_optimizers[rule]([], decay);
            own.LearningRate *= factor;
            alone.TrainStep(x, y, own);
            Assert.Equal(isFrozen ? before[i] : alone.Parameters[i].ToArray(), after[i]);

            // A bias before a normalisation has no gradient but for rounding.
            if (alone.Gradients[i].ToArray().Max(Math.Abs) > 1e-4)
                Assert.NotEqual(before[i], alone.Parameters[i].ToArray());
            foreach ((string slot, ParameterCollection state) in optimizer.State)
                Assert.Equal(isFrozen ? new float[after[i].Length] : own.State[slot][i].ToArray(), state[i].ToArray());
        }
    }

    [Fact]
    public void A_group_without_a_parameter_is_refused()
    {
        var network = new AllKinds();
        (float[] x, float[] y) = Data(AllKinds.InputSize, AllKinds.OutputSize);
        var optimizer = new Adam { Groups = [new ParameterGroup("body.*")] };
        float[] before = Values(network);
        string message = Assert.Throws<InvalidOperationException>(() => network.TrainStep(x, y, optimizer)).Message;
        Assert.Contains("\"body.*\"", message, StringComparison.Ordinal);
        Assert.Contains("conv.weight [5, 2, 3, 3]", message, StringComparison.Ordinal);
        Assert.Equal(before, Values(network));
    }

    [Fact]
    public void It_belongs_to_one_network()
    {
        (TwoLayer first, TwoLayer second) = (new(1), new(2));
        var optimizer = new Adam();
        (float[] x, float[] y) = Data(1, 1);
        first.TrainStep(x, y, optimizer);

        // The network itself is the same as what its training step hands over.
        first.ComputeGradients(x, y);
        optimizer.Step(first);
        Assert.Equal(2, optimizer.UpdateCount);
        Assert.Contains("another", Assert.Throws<InvalidOperationException>(() => second.TrainStep(x, y, optimizer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_are_clipped_by_norm()
    {
        (AllKinds free, AllKinds clipped) = (new(2), new(2));
        (float[] x, float[] y) = Data(AllKinds.InputSize, AllKinds.OutputSize);
        free.ComputeGradients(x, y);
        double norm = Math.Sqrt(free.Gradients.Where(gradient => gradient.Name != "conv.weight").SelectMany(gradient => gradient.ToArray()).Sum(value => (double)value * value));
        float[] before = Values(clipped);
        float[] gradients = [.. free.Gradients.SelectMany(gradient => gradient.ToArray())];
        var optimizer = new SGD(1) { ClipNorm = norm / 3, Groups = [new ParameterGroup("conv.weight") { IsFrozen = true }] };
        clipped.TrainStep(x, y, optimizer);
        Assert.Equal(norm, optimizer.GradientNorm, norm * 1e-6);
        int frozen = clipped.Parameters["conv.weight"].Length;
        float[] after = Values(clipped);
        Assert.Equal(before[..frozen], after[..frozen]);
        for (int i = frozen; i < before.Length; i++)
            Assert.Equal(before[i] - (gradients[i] / 3), after[i], 1e-5);

        // A smaller one is left as it is.
        clipped = new AllKinds(2);
        clipped.TrainStep(x, y, new SGD(1) { ClipNorm = norm * 3 });
        free.TrainStep(x, y, new SGD(1));
        Assert.Equal(Values(free), Values(clipped));
    }

    /// <summary>Beyond a chunk, and beyond the chunks whose sums are kept at once.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(PackedNorm.Chunk + 16)]
    [InlineData((300 * PackedNorm.Chunk) + 48)]
    public void Norms_of_many_parameters_are_exact(int length)
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, length).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        (double sum, double lost) = (0, 0);
        foreach (float value in values)
        {
            double term = ((double)value * value) - lost;
            double next = sum + term;
            (lost, sum) = (next - sum - term, next);
        }

        Assert.Equal(sum, PackedNorm.Squares(values, network: null), sum * 1e-14);
    }

    [Fact]
    public void Gradients_are_clipped_by_value_and_maximized()
    {
        var network = new TwoLayer(2);
        (float[] x, float[] y) = Data(1, 1);
        network.ComputeGradients(x, y);
        float[] gradients = [.. network.Gradients.SelectMany(gradient => gradient.ToArray())];
        float limit = gradients.Max(Math.Abs) / 2;
        float[] before = Values(network);
        network.TrainStep(x, y, new SGD(0.5) { ClipValue = limit, Maximize = true });
        Assert.Equal(before.Zip(gradients, (value, gradient) => MathF.FusedMultiplyAdd(Math.Clamp(-gradient, -limit, limit), -0.5f, value)), Values(network));
    }

    /// <summary>A batch in four pieces is the batch.</summary>
    [Theory]
    [InlineData("SGD")]
    [InlineData("Adam")]
    public void Accumulated_gradients_are_averaged(string rule)
    {
        (SmallRegression whole, SmallRegression pieces) = (new(3), new(3));
        Optimizer plain = s_optimizers[rule]([], 0.01);
        Optimizer accumulating = rule == "Adam" ? new Adam(0.01, weightDecay: 0.01) { AccumulationSteps = 4, ClipNorm = 1e9 } : new SGD(0.1, weightDecay: 0.01) { AccumulationSteps = 4 };
        (float[] x, float[] y) = Data(5, 3);
        for (int step = 0; step < 5; step++)
        {
            whole.TrainStep(x, y, plain);
            for (int piece = 0; piece < 4; piece++)
                pieces.TrainStep(x.AsSpan(piece * 10, 10), y.AsSpan(piece * 6, 6), accumulating);
            Assert.Equal(step + 1, accumulating.UpdateCount);
            foreach ((float a, float b) in Values(whole).Zip(Values(pieces)))
                Assert.Equal(a, b, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Steps_allocate_nothing(string rule)
    {
        var network = new Merged(1);
        (float[] x, float[] y) = Data(Merged.InputSize, Merged.OutputSize);
        Optimizer optimizer = s_optimizers[rule]([new("*.narrow.*") { WeightDecay = 0 }], 0.1);
        Allocations.None(() => network.TrainStep(x, y, optimizer));
    }

    [Fact]
    public void Averages_follow_the_formula_and_are_swapped()
    {
        var network = new TwoLayer(1);
        var average = new ExponentialMovingAverage(0.75);
        var optimizer = new SGD(0.5);
        (float[] x, float[] y) = Data(1, 1);
        double[]? expected = null;
        for (int step = 0; step < 10; step++)
        {
            network.TrainStep(x, y, optimizer);
            average.Update(network);
            expected = [.. Values(network).Select((value, i) => expected is null ? value : (0.75 * expected[i]) + (0.25 * value))];
        }

        float[] parameters = Values(network);
        float[] averaged = [.. average.Parameters.SelectMany(parameter => parameter.ToArray())];
        foreach ((double a, float b) in expected!.Zip(averaged))
            Assert.Equal(a, b, 1e-6);
        average.Swap(network);
        Assert.Equal(averaged, Values(network));
        Assert.Throws<InvalidOperationException>(() => average.Update(network));
        average.Swap(network);
        Assert.Equal(parameters, Values(network));
        Assert.Throws<InvalidOperationException>(() => average.Update(new TwoLayer(2)));
        Assert.Throws<InvalidOperationException>(() => new ExponentialMovingAverage().Swap(network));
        Allocations.None(() => average.Update(network));
    }

    [Fact]
    public void State_has_pytorchs_names()
    {
        var network = new AllKinds(1);
        (float[] x, float[] y) = Data(AllKinds.InputSize, AllKinds.OutputSize);
        var optimizer = new Adam(amsgrad: true);
        Assert.Empty(optimizer.State);
        network.TrainStep(x, y, optimizer);
        Assert.Equal(["exp_avg", "exp_avg_sq", "max_exp_avg_sq"], optimizer.State.Keys.Order(StringComparer.Ordinal));
        float[] gradient = network.Gradients["conv.weight"].ToArray();
        Assert.Equal([5, 2, 3, 3], optimizer.State["exp_avg"]["conv.weight"].Shape.ToArray());
        foreach ((float g, float m) in gradient.Zip(optimizer.State["exp_avg"]["conv.weight"].ToArray()))
            Assert.Equal(0.1f * g, m, 1e-7f);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        foreach (double value in new[] { -0.1, double.NaN, double.PositiveInfinity, 1e300 })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(value));
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(0.1, weightDecay: value));
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(0.1).LearningRate = value);
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(epsilon: value));
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(0.1) { ClipNorm = value });
            Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("a") { WeightDecay = value });
        }

        foreach (double value in new[] { -0.1, 1, double.NaN })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(0.1, momentum: value));
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: value));
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta2: value));
            Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialMovingAverage(value));
        }

        Assert.Throws<ArgumentException>(() => new SGD(0.1, momentum: 0.9, dampening: 0.1, nesterov: true));
        Assert.Throws<ArgumentException>(() => new SGD(0.1, nesterov: true));
        Assert.Throws<ArgumentException>(() => new SGD(0.1, momentum: 0.9, dampening: 0.1, form: MomentumForm.Iterates));
        Assert.Throws<ArgumentException>(() => new ParameterGroup());
        Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(0.1) { AccumulationSteps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(0.1) { ClipValue = 0 });
    }

    internal static (float[] Input, float[] Target) Data(int inputs, int outputs)
    {
        var random = new Random(7);
        return ([.. Enumerable.Range(0, 8 * inputs).Select(_ => (float)((2 * random.NextDouble()) - 1))], [.. Enumerable.Range(0, 8 * outputs).Select(_ => (float)((2 * random.NextDouble()) - 1))]);
    }

    private static float[] Values(INetwork network) => [.. network.Parameters.SelectMany(parameter => parameter.ToArray())];
}
