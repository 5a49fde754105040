using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>Threads that meet: an optimizer's step waits until another thread has done what it is to do.</summary>
public class ConcurrencyTests
{
    private static readonly string[] s_members = ["TrainStep", "ComputeGradients", "EvaluateLoss", "VectorJacobianProduct"];
    private static readonly float[] s_inputs = new float[8 * SmallRegression.InputSize];
    private static readonly float[] s_targets = new float[8 * SmallRegression.OutputSize];

    public static TheoryData<string> TrainingMembers => new(s_members);

    [Theory]
    [MemberData(nameof(TrainingMembers))]
    public void A_second_thread_that_trains_is_told(string member)
    {
        var network = new SmallRegression(seed: 1);
        var alone = new SmallRegression(seed: 1);
        alone.TrainStep(s_inputs, s_targets, new SGD(0.1));
        Exception? told = null;
        network.TrainStep(s_inputs, s_targets, new Meeting(new SGD(0.1), () => told = OnAnotherThread(() => Run(network, member))));
        Assert.Contains("one thread at a time", Assert.IsType<InvalidOperationException>(told).Message, StringComparison.Ordinal);

        // The first one is not disturbed, and behind it another thread may go on.
        Assert.Equal(alone.FlatParameters, network.FlatParameters);
        Assert.Null(OnAnotherThread(() => Run(network, member)));
    }

    [Fact]
    public void A_prediction_that_begins_while_another_thread_trains_is_told()
    {
        var network = new SmallRegression(seed: 1);
        Exception? told = null;
        network.TrainStep(s_inputs, s_targets, new Meeting(new SGD(0.1), () => told = OnAnotherThread(() => Predict(network))));
        Assert.Contains("training step during a prediction", Assert.IsType<InvalidOperationException>(told).Message, StringComparison.Ordinal);
        Assert.Null(OnAnotherThread(() => Predict(network)));
        Predict(network);
    }

    /// <summary>The prediction is long, so that whole training steps fall into it: none is odd at its ends.</summary>
    [Fact]
    public void A_prediction_that_training_steps_fall_into_is_told()
    {
        var network = new SmallRegression(seed: 1);
        var outputs = new float[1_000_000 * SmallRegression.OutputSize];
        var inputs = new float[1_000_000 * SmallRegression.InputSize];
        Predict(network);
        for (int i = 0; i < 100; i++)
        {
            using var start = new Barrier(2);
            Exception? told = null;
            bool isOver = false;
            var prediction = new Thread(() =>
            {
                start.SignalAndWait(Patience.Long);
                told = Record.Exception(() => network.Predict(inputs, outputs));
                Volatile.Write(ref isOver, true);
            });
            prediction.Start();
            start.SignalAndWait(Patience.Long);
            Thread.Sleep(1);
            network.TrainStep(s_inputs, s_targets, new SGD(0.1));
            bool isWithin = !Volatile.Read(ref isOver);
            Assert.True(prediction.Join(Patience.Long));
            if (told is not null)
            {
                Assert.Contains("training step during a prediction", Assert.IsType<InvalidOperationException>(told).Message, StringComparison.Ordinal);
                if (isWithin)
                    return;
            }
        }

        Assert.Fail("No training step fell into a prediction, or none was told.");
    }

    [Fact]
    public void An_optimizer_may_use_the_network_itself()
    {
        var network = new SmallRegression(seed: 1);
        var outputs = new float[s_targets.Length];
        network.TrainStep(s_inputs, s_targets, new Meeting(new SGD(0.1), () =>
        {
            foreach (string member in s_members)
                Run(network, member);
            network.Predict(s_inputs, outputs);
        }));
        Assert.Equal(2, network.RandomState.Step);
        Assert.Null(OnAnotherThread(() => Run(network, "TrainStep")));
    }

    /// <summary>Neither a prediction nor gradients change anything that others read.</summary>
    [Fact]
    public async Task Predictions_may_run_together_and_with_gradients()
    {
        var network = new SmallRegression(seed: 1);
        var expected = new float[s_targets.Length];
        network.Predict(s_inputs, expected);
        using var stop = new CancellationTokenSource();
        Task[] others = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var outputs = new float[s_targets.Length];
            for (int i = 0; i < 2000; i++)
            {
                network.Predict(s_inputs, outputs);
                Assert.Equal(expected, outputs);
            }
        }))];
        while (!others.All(other => other.IsCompleted))
            network.ComputeGradients(s_inputs, s_targets);
        await Task.WhenAll(others);
    }

    [Fact]
    public void Exceptions_leave_the_network_usable()
    {
        var network = new SmallRegression(seed: 1);
        foreach (string member in s_members)
            Assert.Throws<ArgumentException>(() => Run(network, member, s_targets[1..]));
        Assert.Throws<NotFiniteNumberException>(() => network.TrainStep(s_inputs, s_targets, new Meeting(new SGD(0.1), () => throw new NotFiniteNumberException())));
        Assert.Equal(0, network.RandomState.Step);
        foreach (string member in s_members)
            Assert.Null(OnAnotherThread(() => Run(network, member)));
        Assert.Null(OnAnotherThread(() => Predict(network)));
    }

    private static void Run(SmallRegression network, string member) => Run(network, member, s_targets);

    private static void Run(SmallRegression network, string member, float[] targets)
    {
        switch (member)
        {
            case "TrainStep":
                network.TrainStep(s_inputs, targets, new SGD(0.1));
                break;
            case "ComputeGradients":
                network.ComputeGradients(s_inputs, targets);
                break;
            case "EvaluateLoss":
                network.EvaluateLoss(s_inputs, targets);
                break;
            default:
                network.VectorJacobianProduct(s_inputs, targets);
                break;
        }
    }

    private static void Predict(SmallRegression network) => network.Predict(s_inputs, new float[s_targets.Length]);

    private static Exception? OnAnotherThread(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(action));
        thread.Start();
        Assert.True(thread.Join(Patience.Long));
        return thrown;
    }

    private sealed class Meeting(IOptimizer optimizer, Action meet) : IOptimizer
    {
        public void Step(IParameterized model)
        {
            meet();
            optimizer.Step(model);
        }
    }
}
