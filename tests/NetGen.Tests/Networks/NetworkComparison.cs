using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
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

    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly List<string> _misses = [];

    /// <summary>Compares every network with its class in the assembly.</summary>
    public static void Check(IEnumerable<RandomNetwork> networks, Assembly assembly)
    {
        var misses = new List<string>();
        foreach (RandomNetwork network in networks)
        {
            var instance = (INetwork)Activator.CreateInstance(assembly.GetType($"{Declarations.Namespace}.{network.Graph.Declaration.Name}", throwOnError: true)!, network.Seed)!;
            string[] own = [.. new NetworkComparison(network, instance).Misses()];
            if (own.Length > 0)
                misses.Add($"{network}\n  {string.Join("\n  ", own)}");
        }

        Assert.True(misses.Count == 0, string.Join('\n', misses));
    }

    private IEnumerable<string> Misses()
    {
        Assert.Equal(network.Parameters.Select(p => p.Length), instance.Parameters.Select(p => p.Length));
        for (int i = 0; i < network.Parameters.Length; i++)
            instance.Parameters[i].CopyFrom(network.Parameters[i]);
        foreach (Samples samples in network.Batches)
        {
            LeaveNaN(samples);
            Evaluate(samples);
            if (network.Graph.Loss is { TakesClassNumbers: true })
                Train((ITrainableNetwork<int>)instance, samples, Array.ConvertAll(samples.Target, label => (int)label));
            else if (network.Graph.Loss is not null)
                Train((ITrainableNetwork<float>)instance, samples, samples.Target);
        }

        return _misses.Concat(_tensors.Select(tensor => tensor.Value.Miss(tensor.Key)).OfType<string>());
    }

    /// <summary>Rented memory is not cleared: after this it holds NaN, which whatever reads without having written would spread.</summary>
    private void LeaveNaN(Samples samples)
    {
        float[] input = new float[samples.Input.Length];
        Array.Fill(input, float.NaN);
        instance.Predict(input, new float[samples.Vector.Length]);
        instance.VectorJacobianProduct(input, samples.Vector, new float[input.Length]);
    }

    private void Evaluate(Samples samples)
    {
        double[] input = RandomNetwork.ToDouble(samples.Input);
        Pass<double> exact = network.Double(training: false).VectorJacobianProduct(input, RandomNetwork.ToDouble(samples.Vector));
        Pass<float>[] single = [.. s_orders.Select(order => network.Single(training: false, order).VectorJacobianProduct(samples.Input, samples.Vector))];
        float[] output = Unwritten(exact.Output.Length);
        float[] inputGradient = Unwritten(input.Length);

        instance.Predict(Guarded(samples.Input), output);
        instance.VectorJacobianProduct(Guarded(samples.Input), Guarded(samples.Vector), inputGradient);

        Add("Predict", output, exact.Output, [.. single.Select(s => s.Output)]);
        AddGradients("VectorJacobianProduct", inputGradient, exact, single);
    }

    private void Train<TTarget>(ITrainableNetwork<TTarget> trainable, Samples samples, TTarget[] target)
        where TTarget : unmanaged
    {
        Pass<double> exact = network.Double(training: true).ComputeGradients(RandomNetwork.ToDouble(samples.Input), RandomNetwork.ToDouble(samples.Target));
        Pass<float>[] single = [.. s_orders.Select(order => network.Single(training: true, order).ComputeGradients(samples.Input, samples.Target))];
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
        float[] parameters = instance.FlatParameters.ToArray();
        var optimizer = new SGD(0.125);
        float step = trainable.TrainStep(samples.Input, target, optimizer);
        optimizer.Step(parameters, gradients);
        if (step != loss || !instance.FlatGradients.SequenceEqual(gradients) || !instance.FlatParameters.SequenceEqual(parameters))
            _misses.Add("TrainStep gives other bits than ComputeGradients and the optimizer.");
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
    private static ReadOnlySpan<float> Guarded(float[] values) => new float[][] { values, [.. Enumerable.Repeat(float.NaN, 64)] }.SelectMany(part => part).ToArray().AsSpan(0, values.Length);

    private static float[] Unwritten(int length) => [.. Enumerable.Repeat(1e10f, length)];

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
