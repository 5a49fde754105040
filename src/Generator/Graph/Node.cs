using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>The layer that nodes belong to, in its place.</summary>
/// <param name="Key">The prefix of its parameters: the keys of the compositions around it, then the user's name or the index.</param>
/// <param name="Stem">The start of its methods' names: <c>Fc1</c>, <c>Linear0</c>.</param>
/// <param name="Path">Where it is declared: a layer of the network, then a branch of that composition and a layer of its block, and so on.</param>
/// <param name="Index">The position in the order of execution as declared, compositions unfolded.</param>
internal sealed record Owner(string Key, string Stem, EquatableArray<int> Path, int Index);

/// <summary>An op at its place in a graph: the values it reads and those it computes.</summary>
internal sealed record Node
{
    private readonly EquatableArray<Value> _inputs;

    public required Op Op { get; init; }

    /// <summary>What it reads, parameters behind the other values.</summary>
    public required EquatableArray<Value> Inputs
    {
        get => _inputs;
        init
        {
            _inputs = value;
            Data = value.Where(input => !input.IsParameter).ToEquatableArray();
        }
    }

    /// <summary>What it computes: its result, and what it can keep for a gradient.</summary>
    public required EquatableArray<Value> Outputs { get; init; }

    /// <summary>The layer that it belongs to.</summary>
    public required Owner Owner { get; init; }

    /// <summary>The node whose gradient it is a part of.</summary>
    public Node? Of { get; init; }

    /// <summary>The number of its result.</summary>
    public int Id => Outputs[0].Id;

    public Value Result => Outputs[0];

    /// <summary>Its inputs but for parameters.</summary>
    public EquatableArray<Value> Data { get; private init; }

    /// <summary>The numbers of these; <see cref="Graph.InputId"/> is the network's input.</summary>
    public EquatableArray<int> Sources => Data.Select(value => value.Id).ToEquatableArray();

    /// <summary>The shape of its first input, of most layers the only one.</summary>
    public Shape Input => Inputs[0].Shape;

    /// <summary>The shape of its result.</summary>
    public Shape Output => Result.Shape;

    public int Index => Owner.Index;

    public string Key => Owner.Key;

    public string Stem => Owner.Stem;

    public EquatableArray<int> Path => Owner.Path;

    /// <summary>Parameters and state among its inputs.</summary>
    public IEnumerable<Value> ParameterValues => Inputs.Skip(Data.Count);

    /// <summary>The parameters that are trained.</summary>
    public EquatableArray<ParameterSpec> Parameters => ParameterValues.Where(value => value.Role == ValueRole.Trained).Select(value => value.Spec!).ToEquatableArray();

    /// <summary>Its parameters as PyTorch counts them.</summary>
    public long ParameterCount => Parameters.Sum(spec => spec.Count);

    /// <summary>What it computes for one sample in evaluation.</summary>
    public Arithmetic Cost => OpRule.Of(Op).Cost(this, isTraining: false);

    /// <summary>Multiply-accumulates of one sample's forward pass.</summary>
    public long MultiplyAccumulates => Cost.MultiplyAccumulates;
}
