using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>A part of a layer's gradient: from the gradient of its result, and what else it reads, to that of one of its inputs.</summary>
/// <param name="Of">The layer.</param>
/// <param name="Input">The place of that input among the layer's.</param>
/// <param name="Type">The type of the input, and so of its gradient.</param>
internal sealed record GradientOp(Op Of, int Input, TensorType Type) : Op((string?)null)
{
    /// <summary>The types of other gradients that it computes at the same time.</summary>
    public EquatableArray<TensorType> Others { get; init; }

    public override string Kind => Of.Kind + "Gradient";

    public override string Display => $"{Of.Display}.gradient({Input.ToString(CultureInfo.InvariantCulture)})";
}

/// <summary>The way of a gradient rule into the graph.</summary>
/// <param name="nextId">The number of the first computed value.</param>
internal sealed class GradientBuilder(int nextId) : GraphBuilder(new ErrorSink(), nextId)
{
    /// <summary>Adds the part of a layer's gradient that is computed by a kernel of its own.</summary>
    /// <param name="node">The layer.</param>
    /// <param name="input">The place of the input whose gradient it is.</param>
    /// <param name="reads">What it reads, the gradient of the layer's result first.</param>
    public Value Part(Node node, int input, params Value[] reads) => Add(node, new GradientOp(node.Op, input, node.Inputs[input].Type), node.Inputs[input], reads);

    /// <summary>Adds the gradients of several inputs, the first and some others, that one kernel computes.</summary>
    /// <inheritdoc cref="Part"/>
    /// <param name="node"></param>
    /// <param name="inputs">The places of the inputs whose gradients they are.</param>
    /// <param name="reads"></param>
    public EquatableArray<Value> Parts(Node node, int[] inputs, params Value[] reads)
    {
        Value[] of = [.. inputs.Select(input => node.Inputs[input])];
        return Added(new GradientOp(node.Op, inputs[0], of[0].Type) { Others = of.Skip(1).Select(value => value.Type).ToEquatableArray() }, reads, node.Owner, node, of).Outputs;
    }

    /// <summary>Adds any op as a part of a node's gradient.</summary>
    /// <param name="node">The node.</param>
    /// <param name="op">What is computed.</param>
    /// <param name="gradientOf">The value whose gradient the result is; null where it is none yet.</param>
    /// <param name="reads">What it reads.</param>
    public Value Add(Node node, Op op, Value? gradientOf, params Value[] reads) => Added(op, reads, node.Owner, node, gradientOf).Result;

    /// <summary>Adds the sum of a value's gradients.</summary>
    public Value Sum(Value of, IReadOnlyList<Value> summands, Owner owner) => summands.Count == 1 ? summands[0] : Added(new SumOp(null, "Sum", "Sum"), summands, owner, null, of).Result;

    private Node Added(Op op, IReadOnlyList<Value> reads, Owner owner, Node? of, params Value?[] gradientOf) =>
        Add(op, reads, owner, of, gradientOf)
        ?? throw new CompilerException(nameof(Differentiation), $"{op.Display} of {owner.Key} does not take {string.Join(", ", reads.Select(read => read.Type))}: {string.Join("; ", Errors.Errors[0].Arguments)}");
}

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
