using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>
/// Mean-field theory of a network at initialisation (Poole et al. 2016, Schoenholz et al. 2017): what its values are over all seeds, forward, and the gradients that reach them,
/// backward, as if layers were wide. Dropout and normalisations are as in training, batches large.
/// </summary>
internal sealed class SignalAnalysis
{
    /// <summary>The square of the largest float.</summary>
    private const double Limit = 1.1579e77;

    private readonly Dictionary<int, Signal> _signals = [];

    /// <summary>Of values that are alike but for being other random numbers, as those of equal branches, the first one.</summary>
    private readonly Dictionary<int, Signal> _alike = [];
    private readonly Dictionary<Layer, Signal> _results = [];
    private readonly Dictionary<(Layer, IReadOnlyList<PartGradient>), IReadOnlyList<PartGradient>> _sources = [];
    private readonly Dictionary<int, IReadOnlyList<PartGradient>> _gradients = [];
    private readonly HashSet<int> _gradientOverflows = [];
    private readonly Dictionary<int, LayerSignal> _table = [];
    private readonly Dictionary<int, double> _slopes = [];

    public SignalAnalysis(Graph graph, InputDistribution input)
    {
        int channels = graph.Input.Sizes[0];
        _signals[Graph.InputId] = _alike[Graph.InputId] = Signal.Gaussian(channels, Moments.Independent(input.Mean, input.Variance));
        foreach (Node node in graph.Nodes)
            Forward(node);
        _gradients[graph.OutputId] = [.. Known(graph.Outputs[0]).Parts.Select(_ => new PartGradient(1))];
        foreach (Node node in graph.Nodes.Reverse())
            Backward(node);
    }

    /// <summary>How often a rule was asked.</summary>
    public int Evaluations { get; private set; }

    /// <summary>What is known of a value.</summary>
    public LayerSignal this[Value value] => _table.TryGetValue(value.Id, out LayerSignal signal) ? signal : _table[value.Id] = Row(value);

    /// <summary>The distribution of a value; null where it overflows.</summary>
    public Signal? Distribution(Value value) => _signals.TryGetValue(value.Id, out Signal signal) ? signal : null;

    /// <summary>The mean of the squared slope of an activation; NaN where its input overflows.</summary>
    public double SquaredSlope(Node activation) => _slopes.TryGetValue(activation.Id, out double known) ? known : _slopes[activation.Id] = SquaredSlope(activation, 1);

    /// <summary>The same were its inputs multiplied by a number.</summary>
    public double SquaredSlope(Node activation, double scale)
    {
        if (Distribution(activation.Inputs[0]) is not { } z)
            return double.NaN;
        var op = (ActivationOp)activation.Op;
        return z.Parts.Sum(part => part.Channels * part.Whole.Marginal.MeanOf(x =>
        {
            double slope = ActivationFunction.Slope(op, scale * x);
            return slope * slope;
        })) / z.Channels;
    }

    /// <summary>What is known of a value, or of one that overflows a stand-in, for the gradients that do not depend on it.</summary>
    private Signal Known(Value value) => Distribution(value) ?? Signal.Gaussian(value.Shape.Sizes[0], Moments.Independent(0, 1));

    private LayerSignal Row(Value value)
    {
        int id = value.Id;
        double gradient = _gradientOverflows.Contains(id) ? double.PositiveInfinity
            : _gradients.TryGetValue(id, out IReadOnlyList<PartGradient> parts) ? Known(value).Parts.Zip(parts, (part, each) => part.Channels * each.Variance).Sum() / Known(value).Channels
            : 0;
        return _signals.TryGetValue(id, out Signal signal)
            ? new LayerSignal(signal.Moments.Mean, signal.Moments.Variance, gradient, signal.Moments.Correlation)
            : new LayerSignal(double.PositiveInfinity, double.PositiveInfinity, gradient, 1);
    }

    private void Forward(Node node)
    {
        if (SignalRule.Of(node.Op) is not { } rule || !node.Data.All(value => _signals.ContainsKey(value.Id)))
            return;
        if (node.Data.Count > 1)
        {
            Evaluations++;
            Keep(rule.Forward(node, [.. node.Data.Select(value => _signals[value.Id])]), null);
            return;
        }

        int source = node.Data[0].Id;
        var layer = Layer.Of(node, _alike[source]);
        if (!_results.TryGetValue(layer, out Signal result))
        {
            Evaluations++;
            _results[layer] = result = rule.Forward(node, [layer.Input]);
            if (layer.Input == _signals[source])
            {
                Keep(result, null);
                return;
            }
        }

        Keep(result.Like(layer.Input, _signals[source]), result);

        void Keep(Signal signal, Signal? first)
        {
            if (signal.Moments.Square < Limit)
                (_signals[node.Id], _alike[node.Id]) = (signal, first ?? signal);
        }
    }

    private void Backward(Node node)
    {
        if (_gradientOverflows.Contains(node.Id) || (!_signals.ContainsKey(node.Id) && node.Op is not (LinearOp or ConvOp or FlattenOp)))
        {
            _gradientOverflows.UnionWith(node.Sources);
            return;
        }

        if (!_gradients.TryGetValue(node.Id, out IReadOnlyList<PartGradient> gradient))
            return;
        Signal[] inputs = [.. node.Data.Select(value => _alike.TryGetValue(value.Id, out Signal input) ? input : Known(value))];
        Signal output = _alike.TryGetValue(node.Id, out Signal known) ? known : Known(node.Result);
        IReadOnlyList<IReadOnlyList<PartGradient>> found = node.Data.Count > 1 ? OfBranches(node, inputs, output, gradient) : [OfLayer(node, inputs[0], output, gradient)];
        for (int i = 0; i < inputs.Length; i++)
        {
            int id = node.Data[i].Id;
            IReadOnlyList<PartGradient> sum = _gradients.TryGetValue(id, out IReadOnlyList<PartGradient> before) ? [.. before.Select((each, part) => each.Plus(found[i][part], inputs[i].Parts[part].Whole.Marginal))] : found[i];
            if (sum.All(part => part.Variance < Limit))
                _gradients[id] = sum;
            else
                _gradientOverflows.Add(id);
        }
    }

    private IReadOnlyList<PartGradient> OfLayer(Node node, Signal input, Signal output, IReadOnlyList<PartGradient> gradient)
    {
        var layer = Layer.Of(node, input);
        if (_sources.TryGetValue((layer, gradient), out IReadOnlyList<PartGradient> found))
            return found;
        Evaluations++;
        return _sources[(layer, gradient)] = SignalRule.Of(node.Op)!.Backward(node, [input], output, gradient)[0];
    }

    /// <summary>Branches that are alike have one gradient where theirs are equal, so that what comes before it in them is computed once.</summary>
    private IReadOnlyList<IReadOnlyList<PartGradient>> OfBranches(Node node, Signal[] inputs, Signal output, IReadOnlyList<PartGradient> gradient)
    {
        Evaluations++;
        IReadOnlyList<PartGradient>[] found = [.. SignalRule.Of(node.Op)!.Backward(node, inputs, output, gradient)];
        var first = new Dictionary<Signal, List<IReadOnlyList<PartGradient>>>();
        for (int i = 0; i < found.Length; i++)
        {
            if (!first.TryGetValue(inputs[i], out List<IReadOnlyList<PartGradient>> others))
                first[inputs[i]] = others = [];
            if (others.Find(other => other.Zip(found[i], (a, b) => a.IsSameAs(b)).All(same => same)) is { } same)
                found[i] = same;
            else
                others.Add(found[i]);
        }

        return found;
    }

    /// <summary>What the result of a layer that reads one value depends on.</summary>
    private readonly record struct Layer(Op Function, EquatableArray<ParameterSpec> Parameters, Shape Shape, Signal Input)
    {
        public static Layer Of(Node node, Signal input) => new(node.Op.Essence, node.Parameters, node.Input, input);
    }
}
