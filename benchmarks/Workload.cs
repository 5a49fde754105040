using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace NetGen.Benchmarks;

/// <summary>Timings of the same work: ours and, where there is one, PyTorch's and ONNX Runtime's.</summary>
internal readonly record struct Race(Timing Ours, Timing? Torch, Timing? Ort = null);

/// <summary>The best times of a <see cref="Race"/> in microseconds.</summary>
internal readonly record struct Times(double Us, double? TorchUs, double? OrtUs);

/// <summary>What a run has at hand.</summary>
/// <param name="threads">The threads asked for.</param>
/// <param name="torch">PyTorch, where there is one.</param>
/// <param name="ort">ONNX Runtime, where there is one; it needs PyTorch for its networks.</param>
internal sealed class Session(int threads, TorchPeer? torch, OrtPeer? ort)
{
    /// <summary>Threads of PyTorch and ONNX Runtime.</summary>
    public int Threads { get; } = threads;

    /// <summary>PyTorch, where there is one.</summary>
    public TorchPeer? Torch { get; } = torch;

    /// <summary>ONNX Runtime, where there is one and PyTorch to export its networks.</summary>
    public OrtPeer? Ort { get; } = torch is null ? null : ort;

    /// <summary>The highest FMA peak seen since it was last set to 0, in GFLOP/s.</summary>
    public double Peak { get; set; }

    /// <summary>
    /// Worker threads of the others' that have just finished spin for a while before they sleep; with more than one thread
    /// the next sample waits for that.
    /// </summary>
    private int PauseMilliseconds => Torch is not null && Threads > 1 ? 20 : 0;

    /// <summary>Samples all timings of some races in turn, and the FMA peak with them.</summary>
    public Times[] Run(params Race[] races)
    {
        Timing[] timings = [FmaPeak.Seconds, .. races.SelectMany(race => new[] { race.Ours, race.Torch, race.Ort }).OfType<Timing>()];
        double[] best = Sampler.Best(PauseMilliseconds, timings);
        Peak = Math.Max(Peak, FmaPeak.Gflops(best[0]));
        int next = 1;
        return [.. races.Select(race => new Times(best[next++], race.Torch is null ? null : best[next++], race.Ort is null ? null : best[next++]))];
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
    protected static Measurement Line(Session session, string workload, string mode, Times times, double flops, Reach? reach) => new()
    {
        Workload = workload,
        Threads = session.Threads,
        Mode = mode,
        Us = times.Us,
        TorchUs = times.TorchUs,
        OrtUs = times.OrtUs,
        Gflops = flops / times.Us * 1e-3,
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

/// <summary>
/// What a network with a loss should reach, as a share of PyTorch's time. Inference without a share of PyTorch's is compared with ONNX Runtime's.
/// </summary>
internal readonly record struct NetworkReach(double Train, double? Infer = null, double? InferB1 = null, double Ort = OrtSummary.Worst);

/// <summary>A training step, inference at the batch and inference of one sample.</summary>
/// <typeparam name="TNetwork">The generated network.</typeparam>
/// <typeparam name="TTarget">Its loss's target.</typeparam>
/// <param name="name">The name, with the batch.</param>
/// <param name="batch">Samples of a training step and of an inference.</param>
/// <param name="target">Makes a target from a number of samples.</param>
/// <param name="reach">What is to be reached, if anything.</param>
internal sealed class NetworkWorkload<TNetwork, TTarget>(string name, int batch, Func<int, TTarget[]> target, NetworkReach? reach = null) : Workload(name)
    where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<TTarget>
    where TTarget : unmanaged
{
    private const float LearningRate = 1e-3f;

    protected override IEnumerable<Measurement> Measure(Session session)
    {
        TNetwork network = TNetwork.Create(1);
        float[] initial = network.FlatParameters.ToArray();
        float[] input = Uniform(batch * TNetwork.InputSize, 1);
        float[] output = new float[batch * TNetwork.OutputSize];
        TTarget[] targets = target(batch);
        var optimizer = new SGD(LearningRate);

        double inferFlops = 2.0 * TNetwork.Layers.Sum(layer => layer.MultiplyAccumulates());
        double trainFlops = (2 * inferFlops) + (2.0 * LayerTable.DataGradients(TNetwork.Layers));

        session.Torch?.Build<TNetwork>(batch);
        session.Ort?.Build(session.Torch!, batch, 1);
        yield return Compare("train", Train, null, batch * trainFlops, reach is { Train: var train } ? new Reach(Rival.Torch, train) : null);
        yield return Compare("infer", iterations => Infer(iterations, batch), session.Ort?.Timing(batch), batch * inferFlops, InferenceReach(reach?.Infer));
        yield return Compare("infer_b1", iterations => Infer(iterations, 1), session.Ort?.Timing(1), inferFlops, InferenceReach(reach?.InferB1));

        Reach InferenceReach(double? ofTorch) => ofTorch is { } limit ? new Reach(Rival.Torch, limit) : new Reach(Rival.Ort, reach?.Ort ?? OrtSummary.Worst);

        Measurement Compare(string mode, Timing ours, Timing? ort, double flops, Reach? reach) =>
            Line(session, Name, mode, session.Run(new Race(ours, session.Torch?.Timing(mode), ort))[0], flops, reach);

        double Train(int iterations)
        {
            // Each sample starts from the same parameters: a network trained to its minimum would work on other numbers.
            initial.CopyTo(network.FlatParameters);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
                network.TrainStep(input, targets, optimizer);
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
