using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>The one door into a graph: what comes in is checked, and has its type inferred.</summary>
/// <param name="errors">Where mistakes of the user are reported.</param>
/// <param name="nextId">The number of the first computed value.</param>
internal class GraphBuilder(ErrorSink errors, int nextId = 0)
{
    private readonly List<Node> _nodes = [];
    private readonly List<Value> _parameters = [];
    private int _nextGiven = Graph.InputId;

    public IReadOnlyList<Node> Nodes => _nodes;

    public IReadOnlyList<Value> Parameters => _parameters;

    protected ErrorSink Errors => errors;

    /// <summary>A value that the caller gives.</summary>
    public Value Input(string name, TensorType type) => new(_nextGiven--, type) { Name = name };

    /// <summary>A parameter, or state.</summary>
    public Value Parameter(string key, ParameterSpec spec)
    {
        var parameter = new Value(_nextGiven--, TensorType.Of(spec)) { Role = spec.Role, Name = key + "." + spec.Suffix, Spec = spec };
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="op">What it computes.</param>
    /// <param name="inputs">What it reads, parameters behind the other values.</param>
    /// <param name="owner">The layer that it belongs to.</param>
    /// <returns>The node; null after an error was reported.</returns>
    public Node? Add(Op op, IReadOnlyList<Value> inputs, Owner owner) => Add(op, inputs, owner, null);

    /// <summary>Adds a layer with parameters of its own.</summary>
    public Node? AddLayer(Op op, IReadOnlyList<Value> data, Owner owner)
    {
        // What the parameters are is known where the input fits.
        OpRule rule = OpRule.Of(op);
        return rule.Infer(op, [.. data.Select(value => value.Type)], errors) is null
            ? null
            : Add(op, [.. data, .. rule.Parameters(op, data[0].Shape).Select(spec => Parameter(owner.Key, spec))], owner);
    }

    /// <summary>The same as <see cref="Add(Op, IReadOnlyList{Value}, Owner)"/>, of a part of another node's gradient.</summary>
    /// <param name="op">What it computes.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="owner">The layer that it belongs to.</param>
    /// <param name="of">The node of whose gradient it is a part; null where it is none.</param>
    /// <param name="gradientOf">For each output of a part of a gradient, the value whose gradient it is; fewer where the others are nobody's.</param>
    protected Node? Add(Op op, IReadOnlyList<Value> inputs, Owner owner, Node? of, params Value?[] gradientOf)
    {
        if (OpRule.Of(op).Infer(op, [.. inputs.Select(input => input.Type)], errors) is not { } types)
            return null;
        var node = new Node
        {
            Op = op,
            Inputs = inputs.ToEquatableArray(),
            Outputs = types.Select((type, i) => new Value(nextId++, type) { Role = gradientOf.ElementAtOrDefault(0) is null ? ValueRole.Data : ValueRole.Gradient, GradientOf = gradientOf.ElementAtOrDefault(i) }).ToEquatableArray(),
            Owner = owner,
            Of = of,
        };
        _nodes.Add(node);
        return node;
    }
}
