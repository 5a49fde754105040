using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Tests.Infrastructure;
using NetGen.Training;

namespace NetGen.Tests.Analyses;

/// <summary>How a network is trained.</summary>
/// <param name="Optimizer">Makes the optimizer.</param>
internal sealed record Regime(Func<IOptimizer> Optimizer)
{
    /// <summary>Points: Keras's optimizer and batch, which are those of the structures where none is published.</summary>
    public static readonly Regime Points = new(() => new Adam());

    /// <summary>Pictures and texts: a step takes so long that there are few.</summary>
    public static readonly Regime Pictures = new(() => new Adam()) { SampleCount = 80, BatchSize = 16, Epochs = 6, SampleInterval = 5, Seeds = 1 };

    public int SampleCount { get; init; } = 300;

    public int BatchSize { get; init; } = 32;

    public int Epochs { get; init; } = 30;

    public int SampleInterval { get; init; } = 10;

    public int Seeds { get; init; } = 3;
}

/// <summary>What was found of a fault: in how many trainings, in which layers of the first of them, and since which step.</summary>
internal sealed record Symptom(TrainingFault Fault, int Trainings, string[] Where, long Since);

/// <summary>A network of a published set, trained with a monitor.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Attributes">Its declaration, with Keras's initialisation where none is published.</param>
/// <param name="Kind">What it is trained on.</param>
/// <param name="Regime">How.</param>
internal sealed record MonitoredNetwork(string Id, string Attributes, SampleKind Kind, Regime Regime)
{
    public IReadOnlyList<Symptom> Symptoms { get; private set; } = [];

    /// <summary>Trains all. Those that are alike in everything are trained once.</summary>
    public static IReadOnlyList<MonitoredNetwork> Train(IReadOnlyList<MonitoredNetwork> networks)
    {
        string[] declarations = [.. networks.Select(network => network.Attributes).Distinct()];
        Assembly assembly = NetworkCompiler.Load("using NetGen;\n" + string.Concat(declarations.Select((attributes, i) => string.Create(CultureInfo.InvariantCulture, $"[{attributes}] public sealed partial class Net{i};\n"))));
        foreach (var alike in networks.GroupBy(network => (network.Attributes, network.Kind, network.Regime)))
        {
            Type type = assembly.GetType(string.Create(CultureInfo.InvariantCulture, $"Net{Array.IndexOf(declarations, alike.Key.Attributes)}"))!;
            bool isOfClasses = alike.Key.Attributes.EndsWith("CrossEntropyLoss", StringComparison.Ordinal);
            MethodInfo fit = typeof(MonitoredNetwork).GetMethod(isOfClasses ? nameof(FitClasses) : nameof(FitValues), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type);
            Symptom[] symptoms = Summary([.. Enumerable.Range(1, alike.Key.Regime.Seeds).Select(seed => (IReadOnlyList<TrainingFinding>)fit.Invoke(null, [alike.Key.Kind, alike.Key.Regime, (ulong)seed])!)]);
            foreach (MonitoredNetwork network in alike)
                network.Symptoms = symptoms;
        }

        return networks;
    }

    private static Symptom[] Summary(IReadOnlyList<TrainingFinding>[] trainings) =>
    [
        .. trainings.SelectMany(findings => findings.GroupBy(finding => finding.Fault)).GroupBy(findings => findings.Key)
            .Select(each => new Symptom(each.Key, each.Count(), [.. each.First().Select(finding => finding.Where).Distinct()], each.First().Min(finding => finding.Since))),
    ];

    private static IReadOnlyList<TrainingFinding> FitClasses<TNetwork>(SampleKind kind, Regime regime, ulong seed)
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<int> => Fit<TNetwork, int>(Samples.Of(kind, regime.SampleCount), regime, new Accuracy(), seed);

    private static IReadOnlyList<TrainingFinding> FitValues<TNetwork>(SampleKind kind, Regime regime, ulong seed)
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<float> => Fit<TNetwork, float>(Samples.OneHot(Samples.Of(kind, regime.SampleCount), TNetwork.OutputSize), regime, new OneHotAccuracy(), seed);

    private static IReadOnlyList<TrainingFinding> Fit<TNetwork, TTarget>(Dataset<TTarget> data, Regime regime, Metric<TTarget> accuracy, ulong seed)
        where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<TTarget>
        where TTarget : unmanaged
    {
        var monitor = new TrainingMonitor { SampleInterval = regime.SampleInterval };
        new Trainer<TNetwork, TTarget>(TNetwork.Create(seed), regime.Optimizer()) { Monitor = monitor, Metrics = [accuracy], MeasuresTraining = true }.Fit(data, regime.Epochs, regime.BatchSize, seed: seed);
        return monitor.Findings;
    }

    /// <summary>Of one output above 0, or of the largest of several.</summary>
    private sealed class OneHotAccuracy : Metric<float>
    {
        private int _outputs;
        private int _right;
        private int _count;

        public override string Name => "accuracy";

        public override bool IsLargerBetter => true;

        public override double Value => (double)_right / _count;

        public override void Reset(int outputSize) => (_outputs, _right, _count) = (outputSize, 0, 0);

        public override void Update(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
        {
            for (int i = 0; i < outputs.Length; i += _outputs)
            {
                _count++;
                _right += (_outputs == 1 ? outputs[i] > 0 == targets[i] > 0.5f : Largest(outputs.Slice(i, _outputs)) == Largest(targets.Slice(i, _outputs))) ? 1 : 0;
            }
        }

        private static int Largest(ReadOnlySpan<float> values)
        {
            int largest = 0;
            for (int i = 1; i < values.Length; i++)
                largest = values[i] > values[largest] ? i : largest;
            return largest;
        }
    }
}

/// <summary>Data of the kind that a published network is for.</summary>
internal enum SampleKind
{
    /// <summary>Points about three centres.</summary>
    Blob,

    /// <summary>Points on two circles.</summary>
    Circle,

    /// <summary>Pictures of 28 x 28, ten patterns with noise.</summary>
    Digits,

    /// <summary>Coloured pictures of 32 x 32, ten patterns with noise.</summary>
    Objects,

    /// <summary>Which of 1000 words are in a text, of 46 topics.</summary>
    Topics,
}

/// <summary>Samples that are made, from seeds.</summary>
internal static class Samples
{
    private const int Words = 1000;

    public static Dataset<int> Of(SampleKind kind, int count) => kind switch
    {
        SampleKind.Blob => Make(count, 3, 2, (random, label) => [.. new[] { Math.Cos(label * Math.Tau / 3), Math.Sin(label * Math.Tau / 3) }.Select(centre => (float)((1.2 * centre) + (0.3 * Normal(random))))]),
        SampleKind.Circle => Make(count, 2, 2, (random, label) =>
        {
            double angle = Math.Tau * random.NextDouble();
            double radius = label == 0 ? 1 : 0.5;
            return [(float)((radius * Math.Cos(angle)) + (0.1 * Normal(random))), (float)((radius * Math.Sin(angle)) + (0.1 * Normal(random)))];
        }),
        SampleKind.Digits => Pictures(count, 1, 28),
        SampleKind.Objects => Pictures(count, 3, 32),
        _ => Make(count, 46, Words, (random, label) => [.. Enumerable.Range(0, Words).Select(word => random.NextDouble() < (word / 20 == label ? 0.5 : 0.03) ? 1f : 0f)]),
    };

    public static Dataset<float> OneHot(Dataset<int> data, int outputs)
    {
        var targets = new float[data.Count * outputs];
        for (int i = 0; i < data.Count; i++)
        {
            if (outputs == 1)
                targets[i] = data.Targets[i];
            else
                targets[(i * outputs) + data.Targets[i]] = 1;
        }

        return new(data.Inputs.ToArray(), targets, data.InputSize, outputs);
    }

    private static Dataset<int> Pictures(int count, int channels, int size)
    {
        var waves = new Random(7);
        double[][] patterns = [.. Enumerable.Range(0, 10).Select(_ => Enumerable.Range(0, channels).SelectMany(_ => Pattern(waves, size)).ToArray())];
        return Make(count, 10, channels * size * size, (random, label) => [.. patterns[label].Select(value => (float)Math.Clamp(value + (0.2 * Normal(random)), 0, 1))]);
    }

    private static IEnumerable<double> Pattern(Random random, int size)
    {
        (double x, double y, double phase) = (0.6 * random.NextDouble(), 0.6 * random.NextDouble(), Math.Tau * random.NextDouble());
        return Enumerable.Range(0, size * size).Select(i => 0.5 + (0.5 * Math.Sin((x * (i % size)) + (y * (i / size)) + phase)));
    }

    private static Dataset<int> Make(int count, int classes, int size, Func<Random, int, float[]> sample)
    {
        var random = new Random(1);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % classes)];
        return new(labels.SelectMany(label => sample(random, label)).ToArray(), labels, size);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}
