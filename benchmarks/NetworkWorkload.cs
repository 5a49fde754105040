using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using NetGen.Tests.Infrastructure;

namespace NetGen.Benchmarks;

/// <summary>A parameter or its gradient, in PyTorch's shape and order.</summary>
internal sealed record NamedTensor(string Name, int[] Shape, float[] Values);

/// <summary>What a network computes, for others to be compared with.</summary>
/// <param name="Output">Of the batch.</param>
/// <param name="Loss">In evaluation mode.</param>
/// <param name="OutputGradient">What <paramref name="Gradients"/> are the vector-Jacobian product with, in evaluation mode.</param>
/// <param name="Gradients">Of the parameters.</param>
internal sealed record Numbers(float[] Output, float Loss, float[] OutputGradient, NamedTensor[] Gradients);

/// <summary>A network with a loss, apart from its type.</summary>
/// <param name="name">The name, with the batch.</param>
/// <param name="batch">Samples of a training step and of an inference.</param>
/// <param name="rule">The update rule of training.</param>
internal abstract class NetworkWorkload(string name, int batch, Rule rule) : Workload(name)
{
    /// <summary>The network's class.</summary>
    public abstract Type Network { get; }

    /// <summary>Samples of a training step and of an inference.</summary>
    public int Batch { get; } = batch;

    /// <summary>Samples of a pass: of a training step, or of an epoch.</summary>
    public int Samples { get; protected init; } = batch;

    /// <summary>Whether passes over many batches are timed, and nothing else.</summary>
    public bool IsEpoch => Samples > Batch;

    /// <summary>The update rule of training.</summary>
    public Rule Rule { get; } = rule;

    /// <summary>The shape of a sample's output.</summary>
    public abstract int[] OutputShape { get; }

    /// <summary>The parameters at first.</summary>
    public abstract NamedTensor[] Parameters();

    /// <summary>All samples of a pass.</summary>
    public abstract float[] Input();

    /// <summary>Their targets: numbers, or the <see cref="int"/> of classes.</summary>
    public abstract Array Targets();

    /// <summary>What the network computes from the first batch.</summary>
    public abstract Numbers Compute();

    /// <summary>The starts and lengths of the batches of a pass; the last may be shorter.</summary>
    public IEnumerable<(int Start, int Length)> Batches()
    {
        for (int start = 0; start < Samples; start += Batch)
            yield return (start, Math.Min(Batch, Samples - start));
    }
}

/// <summary>A training step, inference at the batch and inference of one sample; or an epoch.</summary>
/// <typeparam name="TNetwork">The generated network.</typeparam>
/// <typeparam name="TTarget">Its loss's target.</typeparam>
internal sealed class NetworkWorkload<TNetwork, TTarget> : NetworkWorkload
    where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<TTarget>
    where TTarget : unmanaged
{
    private readonly Func<int, TTarget[]> _target;

    /// <summary>Describes the workload.</summary>
    /// <param name="name">The name, with the batch.</param>
    /// <param name="batch">Samples of a training step and of an inference.</param>
    /// <param name="target">Makes a target from a number of samples.</param>
    /// <param name="rule">The update rule; SGD by default.</param>
    /// <param name="samples">Samples of an epoch, where epochs are what is timed.</param>
    public NetworkWorkload(string name, int batch, Func<int, TTarget[]> target, Rule? rule = null, int? samples = null)
        : base(name, batch, rule ?? new Rule("SGD", 1e-3))
    {
        _target = target;
        Samples = samples ?? batch;
    }

    public override Type Network => typeof(TNetwork);

    public override int[] OutputShape => TNetwork.Layers[^1].OutputShape.ToArray();

    public override NamedTensor[] Parameters() => Tensors(TNetwork.Create(1).Parameters);

    public override float[] Input() => Uniform(Samples * TNetwork.InputSize, 1);

    public override Array Targets() => _target(Samples);

    public override Numbers Compute()
    {
        TNetwork network = TNetwork.Create(1);
        float[] input = Input()[..(Batch * TNetwork.InputSize)];
        float[] output = new float[Batch * TNetwork.OutputSize];
        float[] outputGradient = Uniform(output.Length, 2);
        network.Predict(input, output);
        float loss = network.EvaluateLoss(input, _target(Samples).AsSpan(0, _target(Batch).Length));
        network.VectorJacobianProduct(input, outputGradient);
        return new Numbers(output, loss, outputGradient, Tensors(network.Gradients));
    }

    protected override IEnumerable<Measurement> Measure(Session session)
    {
        TNetwork network = TNetwork.Create(1);
        float[] initial = network.FlatParameters.ToArray();
        float[] input = Input();
        float[] output = new float[Batch * TNetwork.OutputSize];
        TTarget[] targets = _target(Samples);
        int targetSize = targets.Length / Samples;
        (int Start, int Length)[] batches = [.. Batches()];
        Optimizer optimizer = Rule.Create();

        double inferFlops = 2.0 * TNetwork.Layers.Sum(layer => layer.MultiplyAccumulates());
        double trainFlops = (2 * inferFlops) + (2.0 * LayerTable.DataGradients(TNetwork.Layers));

        Type steps = GeneratedSteps.Of(typeof(TNetwork));
        var training = SharingForecast.Method(nameof(SharingForecast.OfTraining), steps, typeof(TTarget)).CreateDelegate<Func<int, int, int, SharingForecast>>();
        var prediction = SharingForecast.Method(nameof(SharingForecast.OfPrediction), steps).CreateDelegate<Func<int, int, SharingForecast>>();

        yield return session.Run(
            Name, IsEpoch ? "epoch" : "train", Train, Samples * trainFlops, Samples, forecast: session.Forecast(threads => training(Batch, threads, optimizer.SlotCount)));
        if (IsEpoch)
            yield break;
        yield return session.Run(Name, "infer", iterations => Infer(iterations, Batch), Batch * inferFlops, Batch, forecast: session.Forecast(threads => prediction(Batch, threads)));
        yield return session.Run(Name, "infer_b1", iterations => Infer(iterations, 1), inferFlops, 1, forecast: session.Forecast(threads => prediction(1, threads)));

        double Train(int iterations)
        {
            // Each sample starts from the same parameters: a network trained to its minimum would work on other numbers.
            initial.CopyTo(network.FlatParameters);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
            {
                foreach ((int first, int length) in batches)
                {
                    network.TrainStep(
                        input.AsSpan(first * TNetwork.InputSize, length * TNetwork.InputSize), targets.AsSpan(first * targetSize, length * targetSize), optimizer);
                }
            }

            return Seconds(start);
        }

        double Infer(int iterations, int samples)
        {
            initial.CopyTo(network.FlatParameters);
            ReadOnlySpan<float> from = input.AsSpan(0, samples * TNetwork.InputSize);
            Span<float> to = output.AsSpan(0, samples * TNetwork.OutputSize);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
                network.Predict(from, to);
            return Seconds(start);
        }
    }

    private static NamedTensor[] Tensors(ParameterCollection parameters) =>
        [.. parameters.Select(parameter => new NamedTensor(parameter.Name, parameter.Shape.ToArray(), parameter.ToArray()))];
}
