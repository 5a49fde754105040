using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>The end of a network, seen from its output: what computes the output's numbers, behind layers that only hand them on.</summary>
internal sealed class NetworkOutput
{
    private readonly AnalyzedNetwork _network;

    public NetworkOutput(AnalyzedNetwork network)
    {
        _network = network;
        Value value = network.Graph.Outputs[0];
        var dropouts = new List<Node>();
        Node? node = network.View.Producer(value);
        for (; node is { Op: FlattenOp or DropoutOp }; node = network.View.Producer(node.Inputs[0]))
        {
            if (node.Op is DropoutOp { P: > 0 })
                dropouts.Add(node);
        }

        Head = node;
        while (node is { Op: FlattenOp or DropoutOp or PoolingOp })
            node = network.View.Producer(node.Inputs[0]);
        Activation = node is { Op: ActivationOp or SoftmaxOp } ? node : null;
        Dropouts = dropouts;
        Range = network.Ranges[value];
        Width = network.Graph.Output.ElementCount;
    }

    /// <summary>What computes the numbers; null where the input is handed on.</summary>
    public Node? Head { get; }

    /// <summary>The activation that gives the numbers their range, behind pools too; null where they come from something else.</summary>
    public Node? Activation { get; }

    /// <summary>The dropouts behind the head.</summary>
    public IReadOnlyList<Node> Dropouts { get; }

    /// <summary>What the numbers can be.</summary>
    public ValueRange Range { get; }

    /// <summary>How many there are.</summary>
    public long Width { get; }

    /// <summary>At a node before the output. An attribute of a block that stands elsewhere in the network too is right there, so of that the loss tells.</summary>
    public void Tell(AdviceSink sink, Node node, string rule, params string[] arguments)
    {
        NetworkDeclaration declaration = _network.Graph.Declaration;
        if (_network.Graph.Nodes.Count(other => Declared.Attribute(declaration, other.Path) == Declared.Attribute(declaration, node.Path)) == 1)
            sink.At(node, rule, arguments);
        else
            sink.AtLoss(rule, arguments);
    }
}
