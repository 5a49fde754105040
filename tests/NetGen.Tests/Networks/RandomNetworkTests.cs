using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>
/// Generated code against the interpreter in double: the error may be four times that of the interpreter in single precision,
/// at least 2e-6, relative to the tensor's largest magnitude. The definition leaves the order of sums open:
/// the interpreter's error is the worse of two orders.
/// </summary>
public class RandomNetworkTests
{
    private const int GroupSize = 30;
    private const double Floor = 2e-6;
    private const double Factor = 4;

    private static readonly bool[] s_orders = [false, true];

    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 10).Select(group => group * GroupSize)];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Generated_code_is_as_accurate_as_single_precision_allows(int first) =>
        Compare([.. Enumerable.Range(first, GroupSize).Select(number => new RandomNetwork(number, small: false))]);

    public static TheoryData<int> ConvolutionalGroups => [.. Enumerable.Range(0, 5).Select(group => group * GroupSize)];

    [Theory]
    [MemberData(nameof(ConvolutionalGroups))]
    public void Convolutional_networks_are_as_accurate(int first) =>
        Compare([.. Enumerable.Range(first, GroupSize).Select(number => new RandomNetwork(number, small: false, convolutional: true))]);

    /// <summary>What the drawn networks are too small for: sums in chunks, gathered inputs, narrow layers between long ones; every loss once.</summary>
    [Fact]
    public void Sums_in_chunks_and_gathered_inputs_are_as_accurate()
    {
        static ActivationOp Activation(ActivationKind function) => Declarations.Activation(function, function == ActivationKind.Softplus ? 1 : 0);
        static LinearOp Linear(int units) => Declarations.Linear(units);
        Compare(
        [
            new(Declarations.Network("Chunks", [1300], new CrossEntropyLossOp(), Linear(70), Linear(256), Linear(40)), 600),
            new(Declarations.Network("Gathered", [1024], Declarations.Loss(ElementwiseLossKind.L1), Linear(64), Activation(ActivationKind.ReLU), Linear(16)), 300),
            new(Declarations.Network("ShortRows", [256], Declarations.Loss(ElementwiseLossKind.BCEWithLogits), Linear(48), Activation(ActivationKind.GELU), Linear(3), Activation(ActivationKind.GELU), Linear(20)), 40),
            new(Declarations.Network("OneMoreThanAChunk", [512], Declarations.Loss(ElementwiseLossKind.Huber), Linear(33)), 257),
            new(Declarations.Network("Narrow", [5], Declarations.Loss(ElementwiseLossKind.HalfSquaredError), Linear(3), Activation(ActivationKind.GELU), Linear(20)), 19),
            new(Declarations.Network("Single", [1], Declarations.Loss(ElementwiseLossKind.MSE), Linear(7), Activation(ActivationKind.SiLU), Linear(1), Activation(ActivationKind.Softplus), Linear(9)), 33),
        ]);
    }

    /// <summary>The same of convolutions: each of the ways to cut taps and channels, pixels and samples, and steps between pixels of both orders.</summary>
    [Fact]
    public void Convolutions_in_chunks_are_as_accurate()
    {
        static LossOp Loss() => Declarations.Loss(ElementwiseLossKind.MSE);
        ActivationOp tanh = Declarations.Activation(ActivationKind.Tanh);
        Compare(
        [
            new(Declarations.Network("RowsOfTaps", [70, 5, 6], Loss(), Declarations.Conv2d(20, 5, padding: 2), tanh), 3),
            new(Declarations.Network("SingleTaps", [900, 3, 3], Loss(), Declarations.Conv2d(18, 3, padding: 1), tanh), 2),
            new(Declarations.Network("Channels", [2100, 3, 4], Loss(), Declarations.Conv2d(17, 2), tanh), 2),
            new(Declarations.Network("PlanesOfChannels", [260, 30], Loss(), Declarations.Conv1d(3, 9), tanh), 3),
            new(Declarations.Network("LinesOfPixels", [3, 40, 41], Loss(), Declarations.Conv2d(20, 3), tanh), 2),
            new(Declarations.Network("LinesOfPlanes", [1, 150, 150], Loss(), Declarations.Conv2d(2, 3), tanh), 2),
            new(Declarations.Network("SamplesOfPixels", [16, 3, 4], Loss(), Declarations.Conv2d(16, 2, padding: 1), tanh), 330),
            new(Declarations.Network("SamplesOfPlanes", [1, 6, 18], Loss(), Declarations.Conv2d(2, 3), tanh), 300),
            new(Declarations.Network("StridedDepthwise", [48, 7, 9], Loss(), tanh, Declarations.Conv2d(48, 3, stride: 2, padding: 1, groups: 48), tanh), 5),
            new(Declarations.Network("StridedGroups", [64, 7, 9], Loss(), tanh, Declarations.Conv2d(32, 3, stride: 2, padding: 1, groups: 2), tanh), 5),
            new(Declarations.Network("SpreadGroups", [12, 7, 19], Loss(), tanh, Declarations.Conv2d(6, 3, stride: 2, padding: 1, groups: 3), tanh), 5),
        ]);
    }

    /// <summary>Fixed filters of many taps, and of many phases of their gradient, are loops over tables.</summary>
    [Fact]
    public void Large_fixed_filters_are_tables()
    {
        static ConvOp Fixed(ConvOp conv, int weights) =>
            conv with { Bias = false, FixedWeight = Enumerable.Range(0, weights).Select(i => i % 4 == 1 ? 0 : Math.Sin(i) / 8).ToEquatableArray() };
        static LossOp Loss() => Declarations.Loss(ElementwiseLossKind.MSE);
        ActivationOp tanh = Declarations.Activation(ActivationKind.Tanh);
        Compare(
        [
            new(Declarations.Network("ManyTaps", [3, 14, 21], Loss(), tanh, Fixed(Declarations.Conv2d(3, 9, padding: 4, groups: 3), 243), tanh), 3),
            new(Declarations.Network("ManyPhases", [2, 17, 35], Loss(), tanh, Fixed(Declarations.Conv2d(4, 4, stride: 3, padding: 1, groups: 2), 64), tanh), 4),
        ]);
    }

    private static void Compare(RandomNetwork[] networks)
    {
        Assembly assembly = NetworkCompiler.Load(Declarations.Print(networks.Select(n => n.Graph.Declaration)));
        var misses = new List<string>();
        foreach (RandomNetwork network in networks)
        {
            var instance = (INetwork)Activator.CreateInstance(assembly.GetType($"{Declarations.Namespace}.{network.Graph.Declaration.Name}", throwOnError: true)!, network.Seed)!;
            string[] own = [.. new Comparison(network, instance).Misses()];
            if (own.Length > 0)
                misses.Add($"{network}\n  {string.Join("\n  ", own)}");
        }

        Assert.True(misses.Count == 0, string.Join('\n', misses));
    }

    private sealed class Comparison(RandomNetwork network, INetwork instance)
    {
        private readonly Dictionary<string, Tensor> _tensors = [];
        private readonly List<string> _misses = [];

        public IEnumerable<string> Misses()
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

            instance.Predict(samples.Input, output);
            instance.VectorJacobianProduct(samples.Input, samples.Vector, inputGradient);

            Add("Predict", output, exact.Output, [.. single.Select(s => s.Output)]);
            AddGradients("VectorJacobianProduct", inputGradient, exact, single);
        }

        private void Train<TTarget>(ITrainableNetwork<TTarget> trainable, Samples samples, TTarget[] target)
            where TTarget : unmanaged
        {
            Pass<double> exact = network.Double(training: true).ComputeGradients(RandomNetwork.ToDouble(samples.Input), RandomNetwork.ToDouble(samples.Target));
            Pass<float>[] single = [.. s_orders.Select(order => network.Single(training: true, order).ComputeGradients(samples.Input, samples.Target))];
            float[] inputGradient = Unwritten(samples.Input.Length);

            float loss = trainable.ComputeGradients(samples.Input, target, inputGradient);

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
        }

        private void Add(string what, float[] actual, double[] exact, float[][] single)
        {
            if (!_tensors.TryGetValue(what, out Tensor? tensor))
                _tensors.Add(what, tensor = new Tensor());
            tensor.Add(actual, exact, single);
        }

        private static float[] Unwritten(int length) => [.. Enumerable.Repeat(1e10f, length)];
    }

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
