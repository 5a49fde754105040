using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>A graph and its gradients.</summary>
/// <param name="Graph">The forward half, then the backward half. Its inputs are the network's and <paramref name="Seed"/>, its outputs the network's, the gradient of the input, and those of the parameters.</param>
/// <param name="ForwardCount">The nodes of the forward half.</param>
/// <param name="Seed">The gradient of the output, of the loss or the caller's.</param>
internal sealed record TrainingGraph(Graph Graph, int ForwardCount, Value Seed)
{
    /// <summary>The gradient of the network's input.</summary>
    public Value InputGradient => Graph.Outputs[1];
}

/// <summary>
/// Adds the backward half to a graph: the gradient rules of the nodes, the last first. What several nodes read gets the sum of their gradients, in their order.
/// </summary>
internal sealed class Differentiation
{
    private static readonly Owner s_input = new("input", "Input", default, -1);

    private readonly Graph _graph;
    private readonly GraphView _view;
    private readonly GradientBuilder _builder;
    private readonly Dictionary<int, List<Value>> _gradients = [];

    private Differentiation(Graph graph)
    {
        _graph = graph;
        _view = new GraphView(graph);
        _builder = new GradientBuilder(1 + graph.Nodes.SelectMany(node => node.Outputs).Select(value => value.Id).DefaultIfEmpty(Graph.InputId).Max());
    }

    public static TrainingGraph Run(Graph graph) => new Differentiation(graph).Run();

    private TrainingGraph Run()
    {
        Value output = _graph.Outputs[0];
        int lowest = _graph.Inputs.Concat(_graph.Parameters).Select(value => value.Id).Min();
        var seed = new Value(lowest - 1, output.Type) { Name = "outputGradient", Role = ValueRole.Gradient, GradientOf = output };
        _gradients.Add(output.Id, [seed]);
        foreach (Node node in _graph.Nodes.Reverse())
        {
            // The gradients of slices are gathered where the whole is computed.
            if (node.Op is not SliceOp && Gradient(node) is { } gradient)
                Distribute(node, OpRule.Of(node.Op).Gradient(node, gradient, _builder));
        }

        Value input = _builder.Sum(_graph.Inputs[0], _gradients[Graph.InputId], s_input);
        IEnumerable<Value> parameters = _graph.Parameters
            .Where(parameter => parameter.Role == ValueRole.Trained)
            .Select(parameter => _builder.Sum(parameter, _gradients[parameter.Id], _view.Readers(parameter).First().Owner));
        var graph = _graph with
        {
            Inputs = _graph.Inputs.Append(seed).ToEquatableArray(),
            Outputs = _graph.Outputs.Append(input).Concat(parameters).ToEquatableArray(),
        };
        return new TrainingGraph(graph with { Nodes = _graph.Nodes.Concat(_builder.Nodes).ToEquatableArray() }, _graph.Nodes.Count, seed);
    }

    private Value? Gradient(Node node)
    {
        Node[] slices = [.. _view.Readers(node.Result).Where(reader => reader.Op is SliceOp)];
        if (slices.Length > 0)
            return _builder.Add(node, new ConcatOp(null, "Concat", "Concat"), node.Result, [.. slices.Select(slice => _builder.Sum(slice.Result, _gradients[slice.Id], slice.Owner))]);
        return _gradients.TryGetValue(node.Id, out List<Value> summands) ? _builder.Sum(node.Result, summands, node.Owner) : null;
    }

    private void Distribute(Node node, IReadOnlyList<Value?> gradients)
    {
        for (int i = 0; i < gradients.Count; i++)
        {
            if (gradients[i] is not { } gradient)
                continue;
            if (!_gradients.TryGetValue(node.Inputs[i].Id, out List<Value> summands))
                _gradients.Add(node.Inputs[i].Id, summands = []);
            summands.Add(gradient);
        }
    }
}
