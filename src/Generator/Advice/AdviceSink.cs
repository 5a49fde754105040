using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Collects what rules find. The attributes are numbered as in <see cref="Unfolding"/>: <c>[Network]</c>, the layers, the loss.</summary>
/// <param name="graph">The network's graph.</param>
internal sealed class AdviceSink(Graph graph)
{
    private readonly List<DeclarationError> _found = [];
    private readonly HashSet<(string, int, BlockDeclaration?, EquatableArray<string>)> _told = [];

    public IReadOnlyList<DeclarationError> Found => _found;

    /// <summary>At the attribute that declares a node, be it in a block. What a rule says of an attribute in a block it says once, however many copies there are, and whichever compositions use it.</summary>
    public void At(Node node, string rule, params string[] arguments) =>
        Add(new DeclarationError(rule, node.Path[0] + 1, EquatableArray.Of(arguments), node.Path.Skip(1).ToEquatableArray()));

    public void AtNetwork(string rule, params string[] arguments) => Add(new DeclarationError(rule, 0, EquatableArray.Of(arguments)));

    /// <summary>At the loss, which the network has.</summary>
    public void AtLoss(string rule, params string[] arguments) => Add(new DeclarationError(rule, graph.Declaration.Layers.Count + 1, EquatableArray.Of(arguments)));

    /// <summary>At what the user states.</summary>
    /// <param name="statement">Which of the statements.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="arguments">Those of its message.</param>
    public void AtStatement(int statement, string rule, params string[] arguments) =>
        Add(new DeclarationError(rule, -1, EquatableArray.Of(arguments)) { Statement = statement });

    private void Add(DeclarationError error)
    {
        bool isNested = error.Within.Count > 0;
        (BlockDeclaration? block, int layer) = isNested ? Declared.Attribute(graph.Declaration, error.Within.Prepend(error.Attribute - 1).ToEquatableArray()) : (null, error.Statement ?? error.Attribute);
        if (_told.Add((error.Rule, layer, block, isNested ? default : error.Arguments)))
            _found.Add(error);
    }
}
