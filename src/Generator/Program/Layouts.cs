using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>
/// How each value of a graph lies, and how each node reads its inputs. Every node is computed in the first of the ways that its rule lists, which
/// follows from how its inputs lie. Lowering does what is written here.
/// </summary>
internal sealed class Layouts
{
    private readonly GraphView _view;
    private readonly HashSet<Value> _read;
    private readonly Dictionary<Value, Layout> _layouts = [];
    private readonly Dictionary<int, NodeLayouts> _chosen = [];
    private readonly Dictionary<int, NodeLayouts[]> _ways = [];

    private Layouts(Graph graph)
    {
        _view = new GraphView(graph);
        _read = new HashSet<Value>(graph.Nodes.SelectMany(node => node.Inputs).Concat(graph.Outputs));
        Give(graph.Inputs[0], Given(graph.Input));
    }

    public Graph Graph => _view.Graph;

    /// <summary>How the loss reads the network's output, and how the output's gradient lies; null in evaluation.</summary>
    public Layout? Head { get; private set; }

    /// <summary>How a value lies.</summary>
    public Layout this[Value value] => _layouts.TryGetValue(value, out Layout layout) ? layout : throw new CompilerException(nameof(Layouts), $"{value} has no layout");

    public static Layouts Of(Graph graph)
    {
        var layouts = new Layouts(graph);
        layouts.Choose(graph.Nodes);
        return layouts;
    }

    public static Layouts Of(TrainingGraph training)
    {
        Graph graph = training.Graph;
        var layouts = new Layouts(graph);
        layouts.Choose(graph.Nodes.Take(training.ForwardCount));
        Value output = graph.Outputs[0];
        layouts.Head = graph.Loss is { } loss && (layouts.IsCallers(output) || !LossStep.Takes(loss, layouts[output])) ? Layout.Row(output.Shape) : layouts[output];
        layouts.Give(training.Seed, layouts.Head);
        layouts.Choose(graph.Nodes.Skip(training.ForwardCount));
        return layouts;
    }

    /// <summary>Whether anything reads a value; what an op keeps for its gradient is kept only then.</summary>
    public bool IsRead(Value value) => _read.Contains(value);

    /// <summary>The way in which a node is computed.</summary>
    public NodeLayouts this[Node node] => _chosen[node.Id];

    /// <summary>All ways in which it can be computed.</summary>
    public IReadOnlyList<NodeLayouts> Ways(Node node) => _ways[node.Id];

    /// <summary>How a node's step finds an input.</summary>
    public Layout Found(Node node, int input) => this[node].Reads[input].Find(this[node.Inputs[input]]);

    /// <summary>The layouts that a value can have, the one that it has first.</summary>
    public IEnumerable<Layout> Of(Value value)
    {
        Layout lies = this[value];
        yield return lies;
        Picture? picture = value.Shape.IsFlat ? PictureOf(value) : IsPicture(value) ? Picture.Of(value.Shape) : null;
        foreach (BufferOrder order in picture is null ? new[] { BufferOrder.Flat } : [BufferOrder.Planes, BufferOrder.ChannelsLast, BufferOrder.Flat])
        {
            if (order != lies.Order)
                yield return order == BufferOrder.Flat ? Layout.Row(value.Shape) : new Layout(order, picture!.Value);
        }
    }

    /// <summary>Whether a value is a picture of channels, rows and columns.</summary>
    public static bool IsPicture(Value value) => value.Shape.Rank > 1 && value.Type == TensorType.Of(value.Shape);

    /// <summary>Whether a value lies in the caller's memory.</summary>
    public bool IsCallers(Value value) => value.Equals(Graph.Inputs[0]) || (_view.Producer(value) is { } node && this[node].IsAlias && IsCallers(node.Inputs[0]));

    /// <summary>
    /// Whether an accumulator of a layer is stored as the value, normalised perhaps, or its sum with others. What is added or applied to it there keeps its order, for another would take it out.
    /// </summary>
    public bool IsProduct(Value value) => Computed(value) is { } node && (IsProduct(node) || (node.Op is SumOp && node.Inputs.Any(input => Computed(input) is { } summand && IsProduct(summand))));

    /// <summary>Chooses the way in which a node is computed.</summary>
    public void Choose(Node node, NodeLayouts way)
    {
        _chosen[node.Id] = way;
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (way.Results[i] is { } layout)
                _layouts[node.Outputs[i]] = layout;
        }
    }

    private void Choose(IEnumerable<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            _ways[node.Id] = [.. ((ILowered)OpRule.Of(node.Op)).Layouts(node, this)];
            Choose(node, _ways[node.Id][0]);
        }
    }

    private void Give(Value value, Layout layout) => _layouts.Add(value, layout);

    private static Layout Given(Shape shape) => new(shape.IsFlat ? BufferOrder.Flat : BufferOrder.Planes, Picture.Of(shape));

    /// <summary>The picture that a flat value can lie as: that of what was flattened.</summary>
    private Picture? PictureOf(Value value) => _layouts[value] is { Order: not BufferOrder.Flat, Shape: { } shape } ? shape
        : _view.Producer(value) is not { } node || !_ways.TryGetValue(node.Id, out NodeLayouts[] ways) ? null
        : ways.Select(way => way.Results[0]).FirstOrDefault(layout => layout is { Order: not BufferOrder.Flat })?.Shape;

    /// <summary>The node that computes a value; where it is another's memory as a whole, that one's.</summary>
    public Node? Computed(Value value)
    {
        Node? node = _view.Producer(value);
        while (node is not null && this[node] is { IsAlias: true } way && way.Results[0] == way.Reads[0].Layout)
            node = _view.Producer(node.Inputs[0]);
        return node;
    }

    private static bool IsProduct(Node node) => node.Op is LinearOp or ConvOp { IsFixed: false } or BatchNormOp or GradientOp { Input: 0, Of: LinearOp or ConvOp { IsFixed: false } };
}
