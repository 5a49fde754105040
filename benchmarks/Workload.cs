using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace NetGen.Benchmarks;

/// <summary>What a run has at hand.</summary>
/// <param name="threads">The threads asked for.</param>
/// <param name="torch">PyTorch, where there is one.</param>
internal sealed class Session(int threads, TorchPeer? torch)
{
    /// <summary>Threads of PyTorch.</summary>
    public int Threads { get; } = threads;

    /// <summary>PyTorch, where there is one.</summary>
    public TorchPeer? Torch { get; } = torch;

    /// <summary>The highest FMA peak seen since it was last set to 0, in GFLOP/s.</summary>
    public double Peak { get; set; }

    /// <summary>
    /// Worker threads of PyTorch's that have just finished spin for a while before they sleep; with more than one thread
    /// the next sample waits for that.
    /// </summary>
    private int PauseMilliseconds => Torch is not null && Threads > 1 ? 20 : 0;

    /// <summary>Samples timings of ours and of PyTorch's in turn, and the FMA peak with them.</summary>
    /// <param name="ours">Our timings.</param>
    /// <param name="torchModes">PyTorch's for the same work.</param>
    /// <returns>The best of each in microseconds.</returns>
    public (double[] Us, double?[] TorchUs) Compare(Timing[] ours, string[] torchModes)
    {
        Timing[] torch = Torch is null ? [] : [.. torchModes.Select(Torch.Timing)];
        double[] best = Sampler.Best(PauseMilliseconds, [FmaPeak.Seconds, .. ours, .. torch]);
        Peak = Math.Max(Peak, FmaPeak.Gflops(best[0]));
        double[] torchUs = best[(1 + ours.Length)..];
        return (best[1..(1 + ours.Length)], [.. torchModes.Select((_, i) => Torch is null ? (double?)null : torchUs[i])]);
    }
}

/// <summary>Something to measure, under a name that <c>--filter</c> looks into.</summary>
internal abstract class Workload(string name)
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>Measures; the peak of all its lines is the best that was sampled among them.</summary>
    public IReadOnlyList<Measurement> Run(Session session)
    {
        session.Peak = 0;
        Measurement[] lines = [.. Measure(session)];
        return [.. lines.Select(line => line with { PeakFraction = line.Gflops / session.Peak })];
    }

    /// <summary>Measures; the share of the peak is filled in by <see cref="Run"/>.</summary>
    protected abstract IEnumerable<Measurement> Measure(Session session);

    /// <summary>One line.</summary>
    protected static Measurement Line(Session session, string workload, string mode, double us, double? torchUs, double flops, Reach? reach) => new()
    {
        Workload = workload,
        Threads = session.Threads,
        Mode = mode,
        Us = us,
        TorchUs = torchUs,
        Gflops = flops / us * 1e-3,
        PeakFraction = double.NaN,
        Reach = reach,
    };

    /// <summary>The time of so many calls.</summary>
    protected static double Seconds(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;

    /// <summary>Uniform values in [0, 1).</summary>
    public static float[] Uniform(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = random.NextSingle();
        return values;
    }
}

/// <summary>What a network with a loss should reach, as a share of PyTorch's time.</summary>
internal readonly record struct NetworkReach(double Train, double Infer, double InferB1);

/// <summary>A training step, inference at the batch and inference of one sample.</summary>
/// <typeparam name="TNetwork">The generated network.</typeparam>
/// <typeparam name="TTarget">Its loss's target.</typeparam>
/// <param name="name">The name, with the batch.</param>
/// <param name="batch">Samples of a training step and of an inference.</param>
/// <param name="widths">The widths of input, hidden layers and output: PyTorch builds its network from them.</param>
/// <param name="activation">The activation between the linear layers, as <c>torch_peer.py</c> names it.</param>
/// <param name="loss">The loss, as <c>torch_peer.py</c> names it.</param>
/// <param name="multiplyAccumulates">The generated constant.</param>
/// <param name="target">A target for the whole batch.</param>
/// <param name="reach">What is to be reached, if anything.</param>
internal sealed class NetworkWorkload<TNetwork, TTarget>(
    string name, int batch, int[] widths, string activation, string loss, long multiplyAccumulates, TTarget[] target, NetworkReach? reach)
    : Workload(name)
    where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<TTarget>
    where TTarget : unmanaged
{
    private const float LearningRate = 1e-3f;

    protected override IEnumerable<Measurement> Measure(Session session)
    {
        long expected = 0;
        for (int i = 0; i + 1 < widths.Length; i++)
            expected += (long)widths[i] * widths[i + 1];
        if (expected != multiplyAccumulates)
            throw new InvalidOperationException($"{Name}: the network has {multiplyAccumulates} multiply-accumulates, the widths given to PyTorch {expected}.");

        TNetwork network = TNetwork.Create(1);
        float[] initial = network.FlatParameters.ToArray();
        float[] input = Uniform(batch * TNetwork.InputSize, 1);
        float[] output = new float[batch * TNetwork.OutputSize];
        var optimizer = new SGD(LearningRate);

        // The first layer has no data gradient.
        double inferFlops = 2.0 * batch * multiplyAccumulates;
        double trainFlops = 3 * inferFlops - 2.0 * batch * widths[0] * widths[1];

        session.Torch?.Build(widths, activation, loss, batch);
        yield return Compare("train", Train, trainFlops, reach?.Train);
        yield return Compare("infer", iterations => Infer(iterations, batch), inferFlops, reach?.Infer);
        yield return Compare("infer_b1", iterations => Infer(iterations, 1), inferFlops / batch, reach?.InferB1);

        Measurement Compare(string mode, Timing ours, double flops, double? limit)
        {
            (double[] us, double?[] torchUs) = session.Compare([ours], [mode]);
            return Line(session, Name, mode, us[0], torchUs[0], flops, limit is { } ratio ? Reach.OfTorch(ratio) : null);
        }

        double Train(int iterations)
        {
            // Each sample starts from the same parameters: a network trained to its minimum would work on other numbers.
            initial.CopyTo(network.FlatParameters);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
                network.TrainStep(input, target, optimizer);
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
}

/// <summary>
/// The three kernels of one large linear layer as shares of the FMA peak, from whole calls timed in turn: forward is
/// <c>Predict</c>, the weight gradient (with the bias's) is the vector-Jacobian product less <c>Predict</c>, the data gradient
/// what the product takes more when the input's gradient is asked for; differences of minima.
/// </summary>
internal sealed class LinearKernels(string name, int batch) : Workload(name)
{
    protected override IEnumerable<Measurement> Measure(Session session)
    {
        var network = new Linear1024(1);
        float[] input = Uniform(batch * Linear1024.InputSize, 1);
        float[] output = new float[batch * Linear1024.OutputSize];
        float[] outputGradient = Uniform(output.Length, 2);
        float[] inputGradient = new float[input.Length];
        double flops = 2.0 * batch * Linear1024.MultiplyAccumulates;

        session.Torch?.Build([Linear1024.InputSize, Linear1024.OutputSize], "relu", "mse", batch);
        (double[] ours, double?[] torch) = session.Compare(
            [Forward, iterations => Product(iterations, []), iterations => Product(iterations, inputGradient)],
            ["infer", "weight_gradient", "data_gradient"]);
        yield return Line(session, Name + "/forward", "infer", ours[0], torch[0], flops, Reach.OfPeakShare(0.88));
        yield return Line(session, Name + "/weight-gradient", "train", ours[1] - ours[0], torch[1], flops, Reach.OfPeakShare(0.85));
        yield return Line(session, Name + "/data-gradient", "train", ours[2] - ours[1], torch[2], flops, Reach.OfPeakShare(0.82));

        double Forward(int iterations)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
                network.Predict(input, output);
            return Seconds(start);
        }

        double Product(int iterations, float[] wanted)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
                network.VectorJacobianProduct(input, outputGradient, wanted);
            return Seconds(start);
        }
    }
}
