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

    /// <summary>Adds the sum of a value's gradients; of what all samples share, one for all.</summary>
    public Value Sum(Value of, IReadOnlyList<Value> summands, Owner owner)
    {
        if (summands.Count == 1)
            return summands[0];
        if (of.Type.IsPerSample)
            return Added(new SumOp(null, "Sum", "Sum"), summands, owner, null, of).Result;
        (MapOp map, Value[] reads) = MapOp.Of(summands.Select((_, i) => (Expression)new Placeholder(i)).Aggregate((sum, next) => sum + next), of.Type, summands);
        return Added(map, reads, owner, null, of).Result;
    }

    private Node Added(Op op, IReadOnlyList<Value> reads, Owner owner, Node? of, params Value?[] gradientOf) =>
        Add(op, reads, owner, of, gradientOf)
        ?? throw new CompilerException(nameof(GradientBuilder), $"{op.Display} of {owner.Key} does not take {string.Join(", ", reads.Select(read => read.Type))}: {string.Join("; ", Errors.Errors[0].Arguments)}");
}
