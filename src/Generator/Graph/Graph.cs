using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>The network with every type known: nodes in an order in which they can be executed.</summary>
internal sealed record Graph
{
    /// <summary>The number of the network's input among the values.</summary>
    public const int InputId = -1;

    public required NetworkDeclaration Declaration { get; init; }

    /// <summary>What the caller gives; the network's input is the first.</summary>
    public required EquatableArray<Value> Inputs { get; init; }

    /// <summary>Parameters and state, in the order of the nodes that read them.</summary>
    public required EquatableArray<Value> Parameters { get; init; }

    public required EquatableArray<Node> Nodes { get; init; }

    /// <summary>What the graph is for; the network's output is the first.</summary>
    public required EquatableArray<Value> Outputs { get; init; }

    /// <summary>What training computes to become the state of the next step.</summary>
    public EquatableArray<Value> Updates { get; init; }

    /// <summary>The fewest samples that it can be trained on.</summary>
    public int LeastTrainingBatch => Nodes.Select(node => OpRule.Of(node.Op).LeastTrainingBatch(node)).DefaultIfEmpty(1).Max();

    /// <summary>Whether training updates more than the parameters.</summary>
    public bool HasState => Declaration.HasState;

    public LossOp? Loss => Declaration.Loss;

    public Shape Input => Inputs[0].Shape;

    public Shape Output => Outputs[0].Shape;

    /// <summary>The value that is the network's output.</summary>
    public int OutputId => Outputs[0].Id;

    /// <summary>Parameters as PyTorch counts them.</summary>
    public long ParameterCount => Nodes.Sum(node => node.ParameterCount);

    /// <summary>What is computed for one sample in evaluation.</summary>
    public Arithmetic Cost => Nodes.Aggregate(default(Arithmetic), (sum, node) => sum + node.Cost);

    /// <summary>Multiply-accumulates of one sample's forward pass.</summary>
    public long MultiplyAccumulates => Cost.MultiplyAccumulates;

    /// <summary>Multiplications and additions of one sample's forward pass.</summary>
    public long FloatingPointOperations => Cost.FloatingPointOperations;

    /// <summary>Evaluations of activation functions in one sample's forward pass.</summary>
    public long ActivationEvaluations => Cost.ActivationEvaluations;
}

/// <summary>A graph with who computes and who reads its values.</summary>
internal sealed class GraphView
{
    private readonly Dictionary<int, Node> _producers = [];
    private readonly ILookup<int, Node> _readers;

    public GraphView(Graph graph)
    {
        Graph = graph;
        foreach (Node node in graph.Nodes)
        {
            foreach (Value output in node.Outputs)
                _producers.Add(output.Id, node);
        }

        _readers = graph.Nodes.SelectMany(node => node.Inputs.Select(input => (input.Id, node))).ToLookup(use => use.Id, use => use.node);
    }

    public Graph Graph { get; }

    /// <summary>The node that computes a value; null of what is given.</summary>
    public Node? Producer(Value value) => _producers.TryGetValue(value.Id, out Node node) ? node : null;

    /// <summary>The nodes that read a value in their order, once a reading.</summary>
    public IEnumerable<Node> Readers(Value value) => _readers[value.Id];

    public bool IsOutput(Value value) => Graph.Outputs.Contains(value);

    /// <summary>The one node that reads a value, and nobody else; null where there is none.</summary>
    public Node? OnlyReader(Value value)
    {
        using IEnumerator<Node> readers = Readers(value).GetEnumerator();
        return !IsOutput(value) && readers.MoveNext() && readers.Current is var first && !readers.MoveNext() ? first : null;
    }
}
