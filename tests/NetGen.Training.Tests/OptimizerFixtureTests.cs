using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>Trajectories of a hundred steps against PyTorch's in double precision; errors at most four times those of PyTorch in single.</summary>
public class OptimizerFixtureTests
{
    private static readonly Dictionary<string, Func<IOptimizer>> s_given = new()
    {
        ["sgd"] = () => new SGD(0.1),
        ["sgd-weight-decay"] = () => new SGD(0.1, weightDecay: 0.01),
        ["sgd-momentum"] = () => new SGD(0.1, momentum: 0.9),
        ["sgd-momentum-dampening"] = () => new SGD(0.1, momentum: 0.9, dampening: 0.5),
        ["sgd-nesterov"] = () => new SGD(0.1, momentum: 0.9, nesterov: true),
        ["adam"] = () => new Adam(0.01),
        ["adam-amsgrad"] = () => new Adam(0.01, amsgrad: true),
        ["adam-weight-decay"] = () => new Adam(0.01, weightDecay: 0.01),
        ["adamw"] = () => new AdamW(0.01),
        ["rmsprop"] = () => new RMSprop(0.01),
        ["rmsprop-momentum-centered"] = () => new RMSprop(0.01, momentum: 0.9, centered: true),
        ["adagrad"] = () => new Adagrad(0.05),
    };

    private static readonly Dictionary<string, Func<IOptimizer>> s_more = new()
    {
        ["sgd-all"] = () => new SGD(0.01, momentum: 0.8, dampening: 0.1, weightDecay: 0.1) { Maximize = true },
        ["nadam"] = () => new NAdam(),
        ["nadam-all"] = () => new NAdam(0.01, beta1: 0.8, beta2: 0.99, weightDecay: 0.02, momentumDecay: 0.01),
        ["radam"] = () => new RAdam(),
        ["radam-all"] = () => new RAdam(0.01, beta1: 0.8, beta2: 0.9, weightDecay: 0.02),
        ["adamax"] = () => new Adamax(),
        ["adamax-all"] = () => new Adamax(0.01, beta1: 0.8, beta2: 0.9, weightDecay: 0.02),
        ["adadelta"] = () => new Adadelta(),
        ["adadelta-all"] = () => new Adadelta(0.5, rho: 0.8, epsilon: 1e-5, weightDecay: 0.02),
        ["adagrad-all"] = () => new Adagrad(0.1, learningRateDecay: 0.01, weightDecay: 0.02, initialAccumulator: 0.5),
        ["rmsprop-momentum"] = () => new RMSprop(0.001, alpha: 0.9, momentum: 0.8, weightDecay: 0.02),
        ["rmsprop-centered"] = () => new RMSprop(0.01, centered: true),
        ["adam-all"] = () => new Adam(0.01, beta1: 0.8, beta2: 0.9, epsilon: 1e-4, weightDecay: 0.02, amsgrad: true) { Maximize = true },
        ["adamw-amsgrad"] = () => new AdamW(0.01, beta1: 0.8, beta2: 0.9, weightDecay: 0.1, amsgrad: true),
        ["lion"] = () => new Lion(),
        ["lion-all"] = () => new Lion(0.01, beta1: 0.8, beta2: 0.95, weightDecay: 0.1),
    };

    public static TheoryData<string> Names => new(s_given.Keys.Concat(s_more.Keys));

    [Theory]
    [MemberData(nameof(Names))]
    public void Trajectories_are_pytorchs(string name)
    {
        var given = Fixture.Load("optimizers");
        var more = Fixture.Load("optimizers-more");
        Fixture fixture = s_given.ContainsKey(name) ? given : more;
        SmallRegression network = Create(given);
        IOptimizer optimizer = (s_given.GetValueOrDefault(name) ?? s_more[name])();
        for (int step = 1; step <= 100; step++)
        {
            float loss = network.TrainStep(given.Input, given.Target, optimizer);
            if (step is not (1 or 2 or 10 or 100))
                continue;
            string at = string.Create(CultureInfo.InvariantCulture, $"{name}/{step}/");
            double tolerance = Math.Max(5e-7, 4 * given.ParameterNames.Max(parameter => more.Float32Error(at + parameter)));
            fixture.AssertClose(at + "loss", [loss], Math.Max(2e-6, 4 * more.Float32Error(at + "loss")));
            for (int i = 0; i < network.Parameters.Count; i++)
                fixture.AssertClose(at + given.ParameterNames[i], [.. network.Parameters[i].ToArray().Select(value => (double)value)], tolerance);
        }
    }

    private static SmallRegression Create(Fixture fixture)
    {
        var network = new SmallRegression();
        for (int i = 0; i < network.Parameters.Count; i++)
            network.Parameters[i].CopyFrom(fixture.Parameter(fixture.ParameterNames[i]));
        return network;
    }
}
