using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

internal sealed class MapRule : OpRule, ILowered
{
    public override Type OpType => typeof(MapOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors)
    {
        TensorType type = ((MapOp)op).Type;
        return inputs.Count > 0 && inputs.All(input => input.Element == type.Element && (type.IsPerSample || !input.IsPerSample) && input.Axes.SequenceEqual(type.Axes.Where(input.Axes.Contains))) ? [type] : null;
    }

    public override Arithmetic Cost(Node node, bool isTraining) =>
        node.Result.Type.IsPerSample ? ((MapOp)node.Op).Expression.Cost * node.Output.ElementCount : default;

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder)
    {
        var op = (MapOp)node.Op;
        Value[] operands = [.. node.Inputs, gradient];
        return [.. node.Inputs.Select((input, i) => op.Expression.Derivative(i) is var derivative && derivative == Expression.Zero
            ? null
            : Summed(node, input, derivative * new Placeholder(operands.Length - 1), operands, builder))];
    }

    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts) => ElementLayouts.Of(node, node.Data.Where(input => input.Type == node.Result.Type && !layouts.IsCallers(input)), layouts);

    public void Lower(Node node, LoweringContext context)
    {
        var op = (MapOp)node.Op;
        MapOperand[] inputs = [.. node.Inputs.Select((_, i) => context.Operand("x" + Digits(i), node, i))];
        context.Add(new MapStep(node.Stem + (node.Of is null ? "Map" : "BackwardMap"), op.Expression, inputs, context.Result(node)));
    }

    /// <summary>A map's gradient of the result's type, summed along the axes that an operand does not have.</summary>
    private static Value Summed(Node node, Value input, Expression expression, Value[] operands, GradientBuilder builder)
    {
        TensorType type = node.Result.Type;
        (MapOp map, Value[] reads) = MapOp.Of(expression, type, operands);
        IEnumerable<string> batch = type.IsPerSample && !input.Type.IsPerSample ? [TensorType.Batch] : [];
        string[] missing = [.. batch, .. type.Axes.Where(axis => !input.Type.Axes.Contains(axis)).Select(axis => axis.Name)];
        return missing.Length == 0
            ? builder.Add(node, map, input, reads)
            : builder.Add(node, new ReduceOp(ReduceKind.Sum, missing.ToEquatableArray()), input, builder.Add(node, map, null, reads));
    }

    private static string Digits(int i) => i.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

internal sealed class ReduceRule : OpRule, ILowered
{
    public override Type OpType => typeof(ReduceOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors)
    {
        var reduce = (ReduceOp)op;
        TensorType input = inputs[0];
        return reduce.Axes.Count > 0 && reduce.Axes.Distinct().Count() == reduce.Axes.Count
            && reduce.Axes.All(name => name == TensorType.Batch ? input.IsPerSample : input.Axes.Any(axis => axis.Name == name))
            ? [input with { Axes = input.Axes.Where(axis => !reduce.Axes.Contains(axis.Name)).ToEquatableArray(), IsPerSample = input.IsPerSample && !reduce.IsOverBatch }]
            : null;
    }

    /// <summary>An addition an element, and the division of a mean.</summary>
    public override Arithmetic Cost(Node node, bool isTraining) => Arithmetic.Of(
        ((ReduceOp)node.Op).Function == ReduceKind.Mean && node.Result.Type.IsPerSample ? node.Output.ElementCount : 0,
        node.Inputs[0].Type.IsPerSample ? node.Input.ElementCount : 0);

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder)
    {
        var op = (ReduceOp)node.Op;
        Expression share = new Placeholder(0);
        if (op.Function == ReduceKind.Mean)
            share /= op.Count(node.Inputs[0].Type);
        return [builder.Add(node, new MapOp(share, node.Inputs[0].Type), node.Inputs[0], gradient)];
    }

    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts) => ElementLayouts.Of(node, [], layouts);

    public void Lower(Node node, LoweringContext context)
    {
        var op = (ReduceOp)node.Op;
        MapOperand input = context.Operand("x", node, 0);
        context.Add(new ReduceStep(node.Stem + (node.Of is null ? op.Kind : "Backward" + op.Kind), op, input, context.Result(node)));
    }
}

/// <summary>The layouts of what takes its operands element by element, wherever they lie.</summary>
internal static class ElementLayouts
{
    /// <param name="node">The node.</param>
    /// <param name="like">The operands that the result may lie like, the first if the readers do not matter.</param>
    /// <param name="layouts">How the operands lie.</param>
    public static IEnumerable<NodeLayouts> Of(Node node, IEnumerable<Value> like, Layouts layouts)
    {
        Value y = node.Result;
        if (y.GradientOf is { IsParameter: true } && layouts.Graph.Outputs.Contains(y))
            return [Way(null)];
        bool isPicture = Layouts.IsPicture(y);
        Layout first = like.Select(input => Reads(input, null).Find(layouts[input])).FirstOrDefault() ?? (isPicture ? new Layout(BufferOrder.Planes, Picture.Of(y.Shape)) : Layout.Row(y.Shape));
        IEnumerable<Layout> others = isPicture ? new[] { BufferOrder.Planes, BufferOrder.ChannelsLast }.Where(order => order != first.Order).Select(order => new Layout(order, Picture.Of(y.Shape))) : [];
        return others.Prepend(first).Select(Way);

        // A flattened picture is a row again; another is best in the order that the result is written in.
        Reading Reads(Value input, Layout? result) => input.Shape.IsFlat ? new Reading(Layout.Row(input.Shape))
            : new Reading(input.Type == y.Type && result is not null ? result : layouts[input], TakesOthers: true);
        NodeLayouts Way(Layout? result) => new(node.Data.Select(input => Reads(input, result)).ToEquatableArray(), EquatableArray.Of(result));
    }
}
