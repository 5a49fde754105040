using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>
/// Generated code against the interpreter in double: the error may be four times that of the interpreter in single precision,
/// at least 2e-6, relative to the tensor's largest magnitude. The definition leaves the order of sums open:
/// the interpreter's error is the worse of two orders.
/// </summary>
internal sealed class NetworkComparison(RandomNetwork network, INetwork instance)
{
    private const double Floor = 2e-6;
    private const double Factor = 4;

    private static readonly bool[] s_orders = [false, true];

    /// <summary>A network may be compared in many variants; what is expected of them is the same.</summary>
    private static readonly ConditionalWeakTable<RandomNetwork, (Samples Samples, Expected Evaluation, Expected? Training)[]> s_expected = [];

    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly List<string> _misses = [];
    private float[] _state = [];

    /// <summary>Compares every network with its class as a user's build would make it.</summary>
    public static void Check(params RandomNetwork[] networks) =>
        Check(networks, GeneratedNetworks.Create(networks, NetworkCompiler.Load(Declarations.Print(networks.Select(network => network.Graph.Declaration)))));

    /// <summary>Compares every network with its instance.</summary>
    public static void Check(RandomNetwork[] networks, INetwork[] instances)
    {
        var misses = new List<string>();
        foreach ((RandomNetwork network, INetwork instance) in networks.Zip(instances))
        {
            string[] own = [.. new NetworkComparison(network, instance).Misses()];
            if (own.Length > 0)
                misses.Add($"{network}\n  {string.Join("\n  ", own)}");
        }

        Assert.True(misses.Count == 0, string.Join('\n', misses));
    }

    private IEnumerable<string> Misses()
    {
        Assert.Equal(network.Parameters.Select(p => p.Length), instance.Parameters.Select(p => p.Length));
        network.Fill(instance);
        _state = State();
        Assert.Equal(instance.Buffers.Count, 3 * network.Running.Length);
        foreach ((Samples samples, Expected evaluation, Expected? training) in s_expected.GetValue(network, Interpret))
        {
            LeaveNaN(samples);
            Evaluate(samples, evaluation);
            if (network.Graph.Loss is { TakesClassNumbers: true })
                Train((ITrainableNetwork<int>)instance, samples, Array.ConvertAll(samples.Target, label => (int)label), training!);
            else if (network.Graph.Loss is not null)
                Train((ITrainableNetwork<float>)instance, samples, samples.Target, training!);
        }

        return _misses.Concat(_tensors.Select(tensor => tensor.Value.Miss(tensor.Key)).OfType<string>());
    }

    private float[] State() => [.. instance.Buffers.SelectMany(buffer => buffer.ToArray())];

    /// <summary>What a training step makes of the state.</summary>
    private void AddState(Samples samples)
    {
        if (network.Running.Length == 0)
            return;
        Interpreter<double> exact = network.Double(training: true);
        Interpreter<float>[] single = [.. s_orders.Select(order => network.Single(training: true, order))];
        exact.Train(RandomNetwork.ToDouble(samples.Input));
        foreach (Interpreter<float> one in single)
            one.Train(samples.Input);
        for (int i = 0; i < exact.Running.Length; i++)
        {
            Add($"TrainStep, {instance.Buffers[3 * i].Name}", instance.Buffers[3 * i].ToArray(), exact.Running[i].Mean, [.. single.Select(one => one.Running[i].Mean)]);
            Add($"TrainStep, {instance.Buffers[(3 * i) + 1].Name}", instance.Buffers[(3 * i) + 1].ToArray(), exact.Running[i].Variance, [.. single.Select(one => one.Running[i].Variance)]);
            Assert.Equal(exact.Running[i].BatchesTracked, instance.Buffers[(3 * i) + 2].Int64);
        }
    }

    /// <summary>Rented memory is not cleared: after this it holds NaN, which whatever reads without having written would spread.</summary>
    private void LeaveNaN(Samples samples)
    {
        float[] input = new float[samples.Input.Length];
        Array.Fill(input, float.NaN);
        instance.Predict(input, new float[samples.Vector.Length]);
        instance.VectorJacobianProduct(input, samples.Vector, new float[input.Length]);
    }

    /// <summary>What the interpreter gives for each batch.</summary>
    private static (Samples Samples, Expected Evaluation, Expected? Training)[] Interpret(RandomNetwork network)
    {
        return [.. network.Batches.Select(samples => (
            samples,
            new Expected(
                network.Double(training: false).VectorJacobianProduct(RandomNetwork.ToDouble(samples.Input), RandomNetwork.ToDouble(samples.Vector)),
                Single(training: false, interpreter => interpreter.VectorJacobianProduct(samples.Input, samples.Vector))),
            network.Graph.Loss is null ? null : new Expected(
                network.Double(training: true).ComputeGradients(RandomNetwork.ToDouble(samples.Input), RandomNetwork.ToDouble(samples.Target)),
                Single(training: true, interpreter => interpreter.ComputeGradients(samples.Input, samples.Target)))))];

        Pass<float>[] Single(bool training, Func<Interpreter<float>, Pass<float>> run) => [.. s_orders.Select(order => run(network.Single(training, order)))];
    }

    private void Evaluate(Samples samples, Expected expected)
    {
        (Pass<double> exact, Pass<float>[] single) = expected;
        float[] output = Unwritten(samples.Vector.Length);
        float[] inputGradient = Unwritten(samples.Input.Length);

        instance.Predict(Guarded(samples.Input), output);
        instance.VectorJacobianProduct(Guarded(samples.Input), Guarded(samples.Vector), inputGradient);

        Add("Predict", output, exact.Output, [.. single.Select(s => s.Output)]);
        AddGradients("VectorJacobianProduct", inputGradient, exact, single);
    }

    private void Train<TTarget>(ITrainableNetwork<TTarget> trainable, Samples samples, TTarget[] target, Expected expected)
        where TTarget : unmanaged
    {
        (Pass<double> exact, Pass<float>[] single) = expected;
        float[] inputGradient = Unwritten(samples.Input.Length);

        float loss = trainable.ComputeGradients(Guarded(samples.Input), target, inputGradient);

        Add("ComputeGradients, loss", [loss], [exact.Loss], [.. single.Select(s => new[] { s.Loss })]);
        AddGradients("ComputeGradients", inputGradient, exact, single);

        // Without the input's gradient the same steps run but the last, and the step's dropout is the one just seen.
        float[] gradients = instance.FlatGradients.ToArray();
        if (trainable.ComputeGradients(samples.Input, target) != loss || !instance.FlatGradients.SequenceEqual(gradients))
            _misses.Add("ComputeGradients gives other bits without the input's gradient.");
        if (samples != network.Batches[^1])
            return;
        if (!State().SequenceEqual(_state))
            _misses.Add("Something but a training step changed the state.");
        float[] parameters = instance.FlatParameters.ToArray();
        float step = trainable.TrainStep(samples.Input, target, new SGD(0.125));
        for (int i = 0; i < parameters.Length; i++)
            parameters[i] = MathF.FusedMultiplyAdd(gradients[i], -0.125f, parameters[i]);
        if (step != loss || !instance.FlatGradients.SequenceEqual(gradients) || !instance.FlatParameters.SequenceEqual(parameters))
            _misses.Add("TrainStep gives other bits than ComputeGradients and the optimizer.");
        AddState(samples);
    }

    private void AddGradients(string what, float[] inputGradient, Pass<double> exact, Pass<float>[] single)
    {
        Add(what + ", input", inputGradient, exact.InputGradient, [.. single.Select(s => s.InputGradient)]);
        for (int i = 0; i < exact.Gradients.Length; i++)
            Add($"{what}, {instance.Gradients[i].Name}", instance.Gradients[i].ToArray(), exact.Gradients[i], [.. single.Select(s => s.Gradients[i])]);
        int inside = instance.Gradients.Sum(gradient => gradient.ToArray().Count(value => value != 0));
        int all = instance.FlatGradients.ToArray().Count(value => value != 0);
        if (all != inside)
            _misses.Add($"{what}: {all - inside} numbers of the padding are not zero.");
    }

    private void Add(string what, float[] actual, double[] exact, float[][] single)
    {
        if (!_tensors.TryGetValue(what, out Tensor? tensor))
            _tensors.Add(what, tensor = new Tensor());
        tensor.Add(actual, exact, single);
    }

    /// <summary>Behind the caller's memory is NaN, which whatever reads beyond it would spread.</summary>
    private static ReadOnlySpan<float> Guarded(float[] values)
    {
        var guarded = new float[values.Length + 64];
        Array.Fill(guarded, float.NaN);
        values.CopyTo(guarded, 0);
        return guarded.AsSpan(0, values.Length);
    }

    private static float[] Unwritten(int length) => [.. Enumerable.Repeat(1e10f, length)];

    /// <summary>The interpreter's results: in double, and in single precision in each order.</summary>
    private sealed record Expected(Pass<double> Exact, Pass<float>[] Single);

    /// <summary>The errors of one tensor over all batches.</summary>
    private sealed class Tensor
    {
        private double _max;
        private double _error;
        private double _singleError;

        public void Add(float[] actual, double[] exact, float[][] single)
        {
            _max = Math.Max(_max, exact.Max(Math.Abs));
            _error = Math.Max(_error, Error(actual));
            _singleError = Math.Max(_singleError, single.Max(Error));

            // Math.Max hands NaN on, Enumerable.Max passes over it.
            double Error(float[] values) => values.Zip(exact, (v, e) => Math.Abs(v - e)).Aggregate(0.0, Math.Max);
        }

        public string? Miss(string what)
        {
            double allowed = Math.Max(Floor * _max, Factor * _singleError);
            return _error <= allowed
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{what}: error {_error / _max:E2} of {_max:E2}, allowed {allowed / _max:E2}");
        }
    }
}
