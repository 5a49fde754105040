using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Samples and what is asked of them.</summary>
/// <param name="Input"><c>[batch, input]</c>.</param>
/// <param name="Target">Values, or class numbers; empty where there is no loss.</param>
/// <param name="Vector">A gradient of the output.</param>
internal sealed record Samples(float[] Input, float[] Target, float[] Vector);

/// <summary>A network drawn from a seed, with parameters and batches on which no value is near a kink of its layer.</summary>
internal sealed partial class RandomNetwork
{
    /// <summary>
    /// Distance from a kink, relative to the layer's largest value, under which rounding might choose the other side; exact zeros are
    /// zero in every implementation.
    /// </summary>
    private const double NearKink = 1e-5;

    private readonly RandomStream _random;
    private readonly int _number;
    private readonly bool _small;
    private readonly bool _convolutional;

    /// <summary>The masks of dropout, by layer and sample: many passes go through them.</summary>
    private readonly ConcurrentDictionary<(int Layer, int Sample), double[]> _masks = new();

    private double[][]? _double;

    public RandomNetwork(int number, bool small, bool convolutional = false, bool composed = false)
        : this(number, small, convolutional || composed, Stream(number, small, convolutional, composed))
    {
        Graph = Declarations.Build(DrawDeclaration(convolutional, composed));
        Batch = DrawBatch();
        Parameters = DrawParameters();
        Batches = DrawBatches();
    }

    private RandomNetwork(int number, bool small, bool convolutional, RandomStream random)
    {
        _random = random;
        _number = number;
        _small = small;
        _convolutional = convolutional;
        Seed = _random.Next();
        (Graph, Parameters, Batches) = (null!, [], []);
    }

    /// <summary>The declaration alone, without samples.</summary>
    public static NetworkDeclaration Draw(int number, bool small, bool convolutional = false, bool composed = false) =>
        new RandomNetwork(number, small, convolutional || composed, Stream(number, small, convolutional, composed)).DrawDeclaration(convolutional, composed);

    private static RandomStream Stream(int number, bool small, bool convolutional, bool composed) =>
        new(((ulong)number << 1) + (small ? 1UL : 0) + (convolutional ? 1UL << 40 : 0) + (composed ? 1UL << 41 : 0));

    /// <summary>The network is given; parameters and samples are drawn.</summary>
    public RandomNetwork(NetworkDeclaration declaration, int batch)
    {
        _random = new RandomStream((ulong)batch);
        Seed = _random.Next();
        Graph = Declarations.Build(declaration);
        Batch = batch;
        Parameters = DrawParameters();
        Running = [.. Graph.Nodes.Where(node => node.Op is BatchNormOp).Select(node => new RunningStatistics<float>(
            _random.Floats(node.Input.Sizes[0], -0.5, 0.5), _random.Floats(node.Input.Sizes[0], 0.5, 2), _random.Between(0, 9)))];
        Batches = DrawBatches();
    }

    /// <summary>The seed of the network's instance: of its dropout.</summary>
    public ulong Seed { get; }

    public Graph Graph { get; }

    public int Batch { get; }

    public float[][] Parameters { get; }

    /// <summary>The state of the batch normalisations.</summary>
    public RunningStatistics<float>[] Running { get; private set; } = [];

    /// <summary>Several where the network, or a parameter, is small: a tensor of one or two numbers may come out exact by luck.</summary>
    public Samples[] Batches { get; }

    /// <summary>Gives an instance the parameters and the state.</summary>
    public void Fill(INetwork instance)
    {
        for (int i = 0; i < Parameters.Length; i++)
            instance.Parameters[i].CopyFrom(Parameters[i]);
        for (int i = 0; i < Running.Length; i++)
        {
            instance.Buffers[3 * i].CopyFrom(Running[i].Mean);
            instance.Buffers[(3 * i) + 1].CopyFrom(Running[i].Variance);
            instance.Buffers[(3 * i) + 2].Int64 = Running[i].BatchesTracked;
        }
    }

    public Interpreter<float> Single(bool training, bool isReversed) => new(Graph, Parameters, training ? Masks : null, isReversed, Running);

    public Interpreter<double> Double(bool training, double[][]? parameters = null) =>
        new(Graph, parameters ?? (_double ??= ToDouble(Parameters)), training ? Masks : null, running: ToDouble(Running));

    private static RunningStatistics<double>[] ToDouble(RunningStatistics<float>[] running) =>
        [.. running.Select(one => new RunningStatistics<double>(ToDouble(one.Mean), ToDouble(one.Variance), one.BatchesTracked))];

    public static double[] ToDouble(float[] values) => Array.ConvertAll(values, value => (double)value);

    public static double[][] ToDouble(float[][] values) => Array.ConvertAll(values, ToDouble);

    public override string ToString() =>
        $"{Graph.Declaration.Name}, batch {Batch}: {Declarations.Print([Graph.Declaration]).Split("/// <summary>A network of a test.</summary>")[^1].ReplaceLineEndings(" ")}";

    private double[] Masks(Node node, int sample) => _masks.GetOrAdd(
        (node.Index, sample),
        _ => PhiloxReference.DropoutMask(Seed, 0, node.Index, sample, (int)node.Input.ElementCount, ((DropoutOp)node.Op).P));

    private NetworkDeclaration DrawDeclaration(bool convolutional, bool composed) =>
        composed ? DrawComposed("Composed" + _number)
        : convolutional ? DrawConvolutional("Convolutional" + _number)
        : DrawFlat("Random" + _number);

    private NetworkDeclaration DrawFlat(string name)
    {
        var layers = new List<LayerOp>();
        int[] input = _random.Chance(0.2)
            ? [_random.Between(1, 5), .. _random.Chance(0.5) ? new[] { _random.Between(1, 9) } : [_random.Between(1, 6), _random.Between(1, 6)]]
            : [Width()];
        if (input.Length > 1)
        {
            // Elementwise layers take any shape.
            while (_random.Chance(0.3))
                layers.Add(Elementwise());
            if (_random.Chance(0.9) || layers.Count == 0)
                layers.Add(new FlattenOp(null));
        }

        bool flat = input.Length == 1 || layers.Count > 0 && layers[^1] is FlattenOp;
        int depth = flat ? _random.Between(_random.Chance(0.1) ? 0 : 1, _small ? 4 : 6) : 0;
        for (int i = 0; i < depth; i++)
        {
            layers.Add(Declarations.Linear(Width(), bias: _random.Chance(0.8), name: _random.Chance(0.3) ? "fc" + i : null));
            if (i == depth - 1 && _random.Chance(0.7))
                break;
            if (_random.Chance(0.9))
                layers.Add(Elementwise());
            if (_random.Chance(0.15))
                layers.Add(Elementwise());
            if (_random.Chance(0.1))
                layers.Add(new SoftmaxOp(null));
        }

        if (layers.Count == 0)
            layers.Add(Elementwise());
        return Declarations.Network(name, input, Loss(flat), [.. layers]);
    }

    private int Width()
    {
        int max = _small ? 12 : 300;
        return _random.Chance(0.1) ? Math.Min(16 * _random.Between(1, 18), max) : (int)Math.Exp(_random.Uniform() * Math.Log(max + 1));
    }

    private LayerOp Elementwise()
    {
        if (_random.Chance(0.2))
            return new DropoutOp(null, _random.Pick(0, 0.1, 0.5, 0.8));

        // Exponentials of exponentials overflow.
        ActivationKind function = _random.Pick([.. Enum.GetValues<ActivationKind>().Where(kind => kind != ActivationKind.Exp)]);
        return Declarations.Activation(function, function switch
        {
            ActivationKind.LeakyReLU => _random.Pick(0.01, 0.25, 0, -0.5, 1.5),
            ActivationKind.Softplus => _random.Pick(1, 0.5, 3),
            ActivationKind.ELU => _random.Pick(1, 0.5, 2, 0, -0.7),
            _ => 0,
        });
    }

    private LossOp? Loss(bool flat) => _random.Between(flat ? 0 : 1, 7) switch
    {
        0 or 7 when flat => new CrossEntropyLossOp(),
        1 => null,
        2 => Declarations.Loss(ElementwiseLossKind.Huber, _random.Pick(1, 0.3, 2.5)),
        3 => Declarations.Loss(ElementwiseLossKind.HalfSquaredError),
        4 => Declarations.Loss(ElementwiseLossKind.BCEWithLogits),
        5 => Declarations.Loss(ElementwiseLossKind.L1),
        _ => Declarations.Loss(ElementwiseLossKind.MSE),
    };

    private int DrawBatch()
    {
        if (_convolutional)
            return (int)Math.Clamp(MostWork / Math.Max(1, Graph.MultiplyAccumulates), 1, _random.Between(1, _small ? 3 : 9));
        if (_small)
            return _random.Between(1, 4);
        int batch = _random.Chance(0.2) ? 130 : (int)Math.Exp(_random.Uniform() * Math.Log(131));
        long limit = 8_000_000 / Math.Max(1, Graph.MultiplyAccumulates);
        return (int)Math.Clamp(batch, 1, Math.Max(1, limit));
    }

    private float[][] DrawParameters() => [.. Graph.Nodes.SelectMany(n => n.Parameters).Select(DrawParameter)];

    private Samples[] DrawBatches()
    {
        long cost = Math.Max(1, Graph.MultiplyAccumulates) * Batch;
        int least = Graph.Nodes.SelectMany(node => node.Parameters).Any(parameter => parameter.Count <= 2) ? 4 : 1;
        return [.. Enumerable.Range(0, _small ? 1 : (int)Math.Clamp(500_000 / cost, least, 8)).Select(_ => DrawSamples())];
    }

    private float[] DrawParameter(ParameterSpec parameter) =>
        parameter.Shape.Count == 1
            ? _random.Floats((int)parameter.Count, -0.3, 0.3)
            : _random.Floats((int)parameter.Count, -1.7 / Math.Sqrt(parameter.FanIn), 1.7 / Math.Sqrt(parameter.FanIn));

    /// <summary>In training a batch normalisation decides with the whole batch what is near a kink.</summary>
    private Samples DrawSamples()
    {
        Samples samples;
        int tries = 0;
        do
        {
            Assert.True(tries++ < 100, "No batch without a value near a kink: " + this);
            samples = DrawEach();
        }
        while (Graph.HasState && new Interpreter<double>(Graph, ToDouble(Parameters), Masks).KinkDistances(ToDouble(samples.Input), ToDouble(samples.Target), isTraining: true).Any(d => d != 0 && Math.Abs(d) < NearKink));
        return samples;
    }

    private Samples DrawEach()
    {
        int size = (int)Graph.Input.ElementCount;
        var input = new float[Batch * size];
        float[] target = Graph.Loss is null ? [] : new float[Graph.Loss.TakesClassNumbers ? Batch : Batch * (int)Graph.Output.ElementCount];
        for (int sample = 0; sample < Batch; sample++)
        {
            int tries = 0;
            do
            {
                if (tries++ >= 100)
                    Assert.Fail("No sample without a value near a kink: " + this);
                _random.Floats(size, -2, 2).CopyTo(input, sample * size);
                DrawTarget().CopyTo(target, target.Length / Batch * sample);
            }
            while (IsNearKink(input, target, sample));
        }

        return new Samples(input, target, _random.Floats(Batch * (int)Graph.Output.ElementCount, -1, 1));
    }

    private float[] DrawTarget() => Graph.Loss switch
    {
        null => [],
        CrossEntropyLossOp => [_random.Between(0, (int)Graph.Output.ElementCount - 1)],
        ElementwiseLossOp { Function: ElementwiseLossKind.BCEWithLogits } => _random.Floats((int)Graph.Output.ElementCount, 0, 1),
        _ => _random.Floats((int)Graph.Output.ElementCount, -1.5, 1.5),
    };

    private bool IsNearKink(float[] input, float[] target, int sample)
    {
        double[] oneInput = ToDouble(input.AsSpan(input.Length / Batch * sample, input.Length / Batch).ToArray());
        double[] oneTarget = ToDouble(target.AsSpan(target.Length / Batch * sample, target.Length / Batch).ToArray());
        double[][] parameters = _double ??= ToDouble(Parameters);
        return new DropoutMasks?[] { null, (node, _) => Masks(node, sample) }.Any(masks =>
            new Interpreter<double>(Graph, parameters, masks, running: ToDouble(Running)).KinkDistances(oneInput, oneTarget).Any(d => d != 0 && Math.Abs(d) < NearKink));
    }
}
