using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>
/// An expression of each element. An operand that lacks an axis of the result, or is one for all samples, is the same along it.
/// </summary>
/// <param name="Expression">The expression; its operands are the node's inputs by their places.</param>
/// <param name="Type">The type of the result.</param>
internal sealed record MapOp(Expression Expression, TensorType Type) : Op((string?)null)
{
    public override string Kind => "Map";

    public override string Display => $"Map({Expression})";

    /// <summary>The op and its inputs in the order that nodes have, parameters behind the other values.</summary>
    /// <param name="expression">An expression over the operands by their places.</param>
    /// <param name="type">The type of the result.</param>
    /// <param name="operands">The operands; one that the expression does not have is left out.</param>
    public static (MapOp Op, Value[] Inputs) Of(Expression expression, TensorType type, IReadOnlyList<Value> operands)
    {
        var used = new HashSet<Value>();
        expression.Replace(operand =>
        {
            used.Add(operands[operand]);
            return new Placeholder(operand);
        });
        Value[] inputs = [.. used.OrderBy(value => value.IsParameter)];
        return (new MapOp(expression.Replace(operand => new Placeholder(System.Array.IndexOf(inputs, operands[operand]))), type), inputs);
    }
}

internal enum ReduceKind { Sum, Mean }

/// <summary>The sum or the mean over some axes; <c>N</c> is the batch.</summary>
/// <param name="Function">Sum or mean.</param>
/// <param name="Axes">The axes.</param>
internal sealed record ReduceOp(ReduceKind Function, EquatableArray<string> Axes) : Op((string?)null)
{
    public override string Kind => Function.ToString();

    public override string Display => $"{Function}({string.Join(", ", Axes)})";

    public bool IsOverBatch => Axes.Contains(TensorType.Batch);

    /// <summary>The number of elements of an input that become one.</summary>
    public Expression Count(TensorType input)
    {
        Expression count = input.Axes.Where(axis => Axes.Contains(axis.Name)).Aggregate(1.0, (product, axis) => product * axis.Size);
        return IsOverBatch ? new BatchSize() * count : count;
    }
}
