using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>
/// A change of a graph, the only way to rewrite one: nodes are added that read its values, values are replaced by others of their type, nodes are dropped.
/// A node that replaces another's value stands in its place; the others stand where the first dropped node stood, or as soon as what they read is there.
/// </summary>
internal sealed class GraphPatch
{
    private readonly GraphView _view;
    private readonly GraphBuilder _builder;
    private readonly Dictionary<int, Value> _replaced = [];
    private readonly HashSet<int> _dropped = [];
    private readonly List<Value> _parameters = [];
    private readonly List<Value> _updates = [];
    private int _nextParameter;

    public GraphPatch(GraphView view)
    {
        _view = view;
        _builder = new GraphBuilder(new ErrorSink(), 1 + view.Graph.Nodes.SelectMany(node => node.Outputs).Max(value => value.Id));
        _nextParameter = view.Graph.Inputs.Concat(view.Graph.Parameters).Min(value => value.Id) - 1;
    }

    /// <summary>Adds a node that reads values of the graph, or of this patch.</summary>
    /// <returns>Its result.</returns>
    public Value Add(Op op, IReadOnlyList<Value> inputs, Owner owner) => AddNode(op, inputs, owner).Result;

    /// <summary>Adds an expression of each element of a node's result, of which the node is to be made.</summary>
    /// <param name="node">The node.</param>
    /// <param name="expression">An expression over the operands by their places.</param>
    /// <param name="operands">The operands; one that the expression does not have is left out.</param>
    public Value Map(Node node, Expression expression, params Value[] operands)
    {
        (MapOp map, Value[] inputs) = MapOp.Of(expression, node.Result.Type, operands);
        return Add(map, inputs, node.Owner);
    }

    /// <summary>Adds a node that makes the state of the next training step.</summary>
    public void Update(Op op, IReadOnlyList<Value> inputs, Owner owner) => _updates.Add(Add(op, inputs, owner));

    /// <summary>The same as <see cref="Add"/>, where there are more outputs than one.</summary>
    public Node AddNode(Op op, IReadOnlyList<Value> inputs, Owner owner)
    {
        foreach (Value input in inputs)
        {
            if (!_view.Graph.Inputs.Contains(input) && !_view.Graph.Parameters.Contains(input) && !_parameters.Contains(input)
                && _view.Producer(input)?.Outputs.Contains(input) != true && !_builder.Nodes.Any(node => node.Outputs.Contains(input)))
                throw Broken($"{op.Display} of {owner.Key} reads {input}, which is not in the graph");
        }

        return _builder.Add(op, inputs, owner) ?? throw Broken($"{op.Display} of {owner.Key} does not take {string.Join(", ", inputs.Select(input => input.Type))}");
    }

    /// <summary>Adds a parameter that is made of others.</summary>
    public Value Join(string key, ParameterSpec spec, IEnumerable<ParameterPart> parts, bool isSum)
    {
        var parameter = new Value(_nextParameter--, TensorType.Of(spec)) { Role = ValueRole.Trained, Name = key + "." + spec.Suffix, Spec = spec, Parts = parts.ToEquatableArray(), SumsParts = isSum };
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Puts a value in the place of another for all that read it.</summary>
    public void Replace(Value value, Value by)
    {
        if (value.Type != by.Type)
            throw Broken($"{value} is {value.Type}, what replaces it {by.Type}");
        _replaced.Add(value.Id, by);
    }

    /// <summary>Takes a node out; what read its values must read others by then.</summary>
    public void Drop(Node node) => _dropped.Add(node.Id);

    public Graph Apply()
    {
        EquatableArray<Node> old = _view.Graph.Nodes;
        ILookup<int, Node> added = Places();
        var nodes = new List<Node>(old.Count + _builder.Nodes.Count);
        for (int i = 0; i <= old.Count; i++)
        {
            nodes.AddRange(added[i].Select(Rewired));
            if (i < old.Count && !_dropped.Contains(old[i].Id))
                nodes.Add(Rewired(old[i]));
        }

        var read = new HashSet<Value>(nodes.SelectMany(node => node.ParameterValues));
        return _view.Graph with
        {
            Nodes = nodes.ToEquatableArray(),
            Parameters = _view.Graph.Parameters.Concat(_parameters).Where(read.Contains).ToEquatableArray(),
            Outputs = _view.Graph.Outputs.Select(Replaced).ToEquatableArray(),
            Updates = _view.Graph.Updates.Select(Replaced).Concat(_updates).ToEquatableArray(),
        };
    }

    /// <summary>The added nodes by the number of the old node that they stand before.</summary>
    private ILookup<int, Node> Places()
    {
        EquatableArray<Node> old = _view.Graph.Nodes;
        var places = new Dictionary<int, int>();
        int first = old.Count;
        for (int i = 0; i < old.Count; i++)
        {
            foreach (Value output in old[i].Outputs)
                places.Add(output.Id, i);
            if (_dropped.Contains(old[i].Id))
                first = Math.Min(first, i);
        }

        var behind = new Dictionary<int, int>();
        foreach (Node node in _builder.Nodes)
        {
            int place = first;
            foreach (KeyValuePair<int, Value> replacement in _replaced.Where(replacement => node.Outputs.Contains(replacement.Value)))
                place = Math.Max(place, places[replacement.Key]);
            foreach (Value input in node.Inputs)
                place = Math.Max(place, behind.TryGetValue(input.Id, out int other) ? other : places.TryGetValue(input.Id, out int own) ? own + 1 : 0);
            foreach (Value output in node.Outputs)
                behind.Add(output.Id, place);
        }

        return _builder.Nodes.ToLookup(node => behind[node.Id]);
    }

    private Node Rewired(Node node) =>
        node.Inputs.Any(input => _replaced.ContainsKey(input.Id)) ? node with { Inputs = node.Inputs.Select(Replaced).ToEquatableArray() } : node;

    private Value Replaced(Value value) => _replaced.TryGetValue(value.Id, out Value by) ? by : value;

    private static CompilerException Broken(string what) => new(nameof(GraphPatch), what);
}

/// <summary>Runs a rewrite over a graph: at each node in order, until it finds nothing more.</summary>
internal static class Rewriter
{
    /// <param name="graph">The graph.</param>
    /// <param name="rewrite">The change at a node; null where there is none.</param>
    public static Graph Run(Graph graph, Func<Node, GraphView, GraphPatch?> rewrite)
    {
        var view = new GraphView(graph);
        int place = 0;
        while (place < graph.Nodes.Count)
        {
            if (rewrite(graph.Nodes[place], view) is not { } patch)
            {
                place++;
                continue;
            }

            Graph next = patch.Apply();

            // What stands before the change has been looked at.
            int same = 0;
            while (same < place && same < next.Nodes.Count && next.Nodes[same].Id == graph.Nodes[same].Id)
                same++;
            (graph, view, place) = (next, new GraphView(next), same);
        }

        return graph;
    }
}
