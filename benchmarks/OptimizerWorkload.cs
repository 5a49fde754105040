using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using NetGen.Runtime;

namespace NetGen.Benchmarks;

/// <summary>An optimizer's step, apart from the network's type.</summary>
/// <param name="name">The name.</param>
/// <param name="rule">The update rule.</param>
internal abstract class OptimizerWorkload(string name, Rule rule) : Workload(name)
{
    /// <summary>The update rule.</summary>
    public Rule Rule { get; } = rule;

    /// <summary>The shapes of the parameters.</summary>
    public abstract int[][] Shapes();

    /// <summary>Gradients are of this size, whatever the rule makes of them.</summary>
    public static float[] Gradients(int count)
    {
        float[] values = Workload.Uniform(count, 4);
        foreach (ref float value in values.AsSpan())
            value = (value - 0.5f) * 1e-2f;
        return values;
    }
}

/// <summary>An optimizer's step on the parameters of a network, without forward and backward pass.</summary>
/// <typeparam name="TNetwork">The generated network.</typeparam>
/// <param name="size">How many parameters it has, as text.</param>
/// <param name="rule">The update rule.</param>
internal sealed class OptimizerWorkload<TNetwork>(string size, Rule rule) : OptimizerWorkload($"optimizers/{rule}/{size}", rule)
    where TNetwork : class, INetwork<TNetwork>
{
    /// <summary>From here on the caches hold no parameter until the next step.</summary>
    private const int InMemory = 10_000_000;

    /// <summary>Floats between the starts of the plain loop's streams within their pages: equal starts would make it three times as slow.</summary>
    private const int Stagger = 9 * 16;

    /// <summary>The share of the memory's bandwidth that Adam should reach.</summary>
    private const double BandwidthShare = 0.85;

    public override int[][] Shapes() => [.. TNetwork.Create(1).Parameters.Select(parameter => parameter.Shape.ToArray())];

    protected override IEnumerable<Measurement> Measure(Session session)
    {
        TNetwork network = TNetwork.Create(1);
        float[] initial = network.FlatParameters.ToArray();
        Gradients(network.FlatGradients.Length).CopyTo(network.FlatGradients);
        Optimizer optimizer = Rule.Create();
        bool isMemoryBound = Rule.Name == "Adam" && initial.Length >= InMemory;
        AlignedBuffer[] streams = isMemoryBound ? [.. Enumerable.Range(0, 4).Select(_ => new AlignedBuffer(initial.Length + (4 * Stagger)))] : [];
        foreach (AlignedBuffer stream in streams)
            stream.Span.Fill(1);
        Span<float> At(int i) => streams[i].Span.Slice(i * Stagger, initial.Length);

        yield return session.Run(
            Name, "step", Step, 0, 1, isMemoryBound ? Stream : null, isMemoryBound ? new Reach(Rival.Loop, 1 / BandwidthShare) : null);

        double Step(int iterations)
        {
            initial.CopyTo(network.FlatParameters);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
                optimizer.Step(network);
            return Seconds(start);
        }

        double Stream(int iterations)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < iterations; i++)
                MemoryLoops.Stream(At(0), At(1), At(2), At(3));
            return Seconds(start);
        }
    }
}
