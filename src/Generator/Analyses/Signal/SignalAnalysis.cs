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
    private readonly Dictionary<int, IReadOnlyList<PartGradient>> _gradients = [];
    private readonly HashSet<int> _gradientOverflows = [];
    private readonly Dictionary<int, LayerSignal> _table = [];

    public SignalAnalysis(Graph graph, InputDistribution input)
    {
        int channels = graph.Input.Sizes[0];
        _signals[graph.Inputs[0].Id] = Signal.Gaussian(channels, Moments.Independent(input.Mean, input.Variance));
        foreach (Node node in graph.Nodes)
            Forward(node);
        _gradients[graph.OutputId] = [.. Known(graph.Outputs[0]).Parts.Select(_ => new PartGradient(1))];
        foreach (Node node in graph.Nodes.Reverse())
            Backward(node);
    }

    /// <summary>What is known of a value.</summary>
    public LayerSignal this[Value value] => _table.TryGetValue(value.Id, out LayerSignal signal) ? signal : _table[value.Id] = Row(value);

    /// <summary>The distribution of a value; null where it overflows.</summary>
    public Signal? Distribution(Value value) => _signals.TryGetValue(value.Id, out Signal signal) ? signal : null;

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
        Signal[] inputs = [.. node.Data.Where(value => _signals.ContainsKey(value.Id)).Select(value => _signals[value.Id])];
        if (inputs.Length == node.Data.Count && SignalRule.Of(node.Op) is { } rule && rule.Forward(node, inputs) is { Moments.Square: < Limit } signal)
            _signals[node.Id] = signal;
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
        Signal[] inputs = [.. node.Data.Select(Known)];
        IReadOnlyList<IReadOnlyList<PartGradient>> found = SignalRule.Of(node.Op)!.Backward(node, inputs, Known(node.Result), gradient);
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
}
