using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What a layer costs as declared.</summary>
/// <param name="Node">The layer.</param>
/// <param name="Inference">A forward pass in evaluation.</param>
/// <param name="Forward">The forward half of a training step.</param>
/// <param name="Backward">Its backward half, without what only the gradient of the network's input needs.</param>
internal sealed record LayerCost(Node Node, PassCost Inference, PassCost Forward, PassCost Backward)
{
    /// <summary>Both halves. Loss and update, which depend on more than the layer, are not in it.</summary>
    public PassCost Training => Forward + Backward;

    public long Parameters => Node.ParameterCount;

    /// <summary>Bytes of a sample's result.</summary>
    public long OutputBytes => Node.Output.ElementCount * sizeof(float);
}

/// <summary>What a network costs as declared, layer by layer. The backward half is that of the graph's own gradients: what nobody needs is not there.</summary>
internal sealed class NetworkCost
{
    private readonly Dictionary<int, LayerCost> _layers;

    private NetworkCost(IReadOnlyList<LayerCost> layers, PassCost inputGradient)
    {
        Layers = layers;
        InputGradient = inputGradient;
        _layers = layers.ToDictionary(layer => layer.Node.Id);
        foreach (LayerCost layer in layers)
        {
            Parameters += layer.Parameters;
            Inference += layer.Inference;
            Forward += layer.Forward;
            Backward += layer.Backward;
        }
    }

    /// <summary>In the order of the graph's nodes.</summary>
    public IReadOnlyList<LayerCost> Layers { get; }

    public LayerCost this[Node node] => _layers[node.Id];

    public long Parameters { get; }

    public PassCost Inference { get; }

    public PassCost Forward { get; }

    public PassCost Backward { get; }

    public PassCost Training => Forward + Backward;

    /// <summary>What the gradient of the network's input costs beside that, where it is asked for.</summary>
    public PassCost InputGradient { get; }

    public static NetworkCost Of(Graph graph)
    {
        Graph evaluation = Expansion.Run(graph, isTraining: false);
        TrainingGraph training = Differentiation.Run(Expansion.Run(graph, isTraining: true));
        IReadOnlyList<Node> forward = [.. training.Graph.Nodes.Take(training.ForwardCount)];
        IReadOnlyList<Node> backward = [.. training.Graph.Nodes.Skip(training.ForwardCount)];
        HashSet<int> read = Read(training.Graph.Nodes);
        HashSet<int> needed = Needed(training, backward);
        ILookup<int, PassCost> inInference = Costs(evaluation.Nodes, Read(evaluation.Nodes), isTraining: false);
        ILookup<int, PassCost> inForward = Costs(forward, read, isTraining: true);
        ILookup<int, PassCost> inBackward = Costs(backward.Where(node => needed.Contains(node.Id)), read, isTraining: true);
        return new NetworkCost(
            [.. graph.Nodes.Select(node => new LayerCost(node, Sum(inInference[node.Index]), Sum(inForward[node.Index]), Sum(inBackward[node.Index])))],
            Sum(Costs(backward.Where(node => !needed.Contains(node.Id)), read, isTraining: true).SelectMany(costs => costs)));
    }

    /// <summary>The backward nodes that the gradients of parameters need.</summary>
    private static HashSet<int> Needed(TrainingGraph training, IReadOnlyList<Node> backward)
    {
        var values = new HashSet<int>(training.Graph.Outputs.Skip(2).Select(gradient => gradient.Id));
        var needed = new HashSet<int>();
        foreach (Node node in backward.Reverse().Where(node => node.Outputs.Any(output => values.Contains(output.Id))))
        {
            needed.Add(node.Id);
            values.UnionWith(node.Inputs.Select(input => input.Id));
        }

        return needed;
    }

    private static HashSet<int> Read(IEnumerable<Node> nodes) => [.. nodes.SelectMany(node => node.Inputs).Select(value => value.Id)];

    private static PassCost Sum(IEnumerable<PassCost> costs) => costs.Aggregate(default(PassCost), (sum, cost) => sum + cost);

    /// <summary>The costs of nodes by the layers that they belong to.</summary>
    private static ILookup<int, PassCost> Costs(IEnumerable<Node> nodes, HashSet<int> read, bool isTraining) => nodes.ToLookup(node => node.Index, node =>
    {
        OpRule rule = OpRule.Of(node.Op);
        return new PassCost(rule.Cost(node, isTraining), rule.IsView(node.Op, isTraining) ? default : Moved(node, read));
    });

    /// <summary>What it reads, its result, and what it keeps where somebody reads that.</summary>
    private static ByteCount Moved(Node node, HashSet<int> read) =>
        node.Inputs.Distinct().Concat(node.Outputs.Where((output, i) => i == 0 || read.Contains(output.Id))).Aggregate(default(ByteCount), (sum, value) => sum + Bytes(value.Type));

    private static ByteCount Bytes(TensorType type)
    {
        long bytes = type.Shape.ElementCount * (type.Element == ElementType.I64 ? sizeof(long) : sizeof(float));
        return type.IsPerSample ? new ByteCount(0, bytes) : new ByteCount(bytes, 0);
    }
}
