using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>All that a value can be, whatever inputs and parameters are: the numbers between two, which it may only come near to.</summary>
internal readonly record struct ValueRange(double Low, double High)
{
    public static readonly ValueRange All = new(double.NegativeInfinity, double.PositiveInfinity);

    public bool IsAll => this == All;

    /// <summary>Whether it has all of another.</summary>
    public bool Contains(ValueRange other) => Low <= other.Low && High >= other.High;

    public ValueRange Or(ValueRange other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    public static ValueRange operator +(ValueRange a, ValueRange b) => new(a.Low + b.Low is var low && double.IsNaN(low) ? All.Low : low, a.High + b.High is var high && double.IsNaN(high) ? All.High : high);

    /// <summary>In words, behind a verb: <c>at least 0</c>, <c>between -1 and 1</c>.</summary>
    public override string ToString() =>
        IsAll ? "any number"
        : Low == High ? "always " + Text(Low)
        : double.IsNegativeInfinity(Low) ? "at most " + Text(High)
        : double.IsPositiveInfinity(High) ? "at least " + Text(Low)
        : $"between {Text(Low)} and {Text(High)}";

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>
/// The ranges of a graph's values in evaluation. Weights can be anything, so what comes out of a layer with weights is any number, and so is the input.
/// </summary>
internal sealed class ValueRanges
{
    private readonly Dictionary<int, ValueRange> _ranges = [];

    public ValueRanges(Graph graph)
    {
        foreach (Node node in graph.Nodes)
            _ranges[node.Id] = Of(node);
    }

    public ValueRange this[Value value] => _ranges.TryGetValue(value.Id, out ValueRange range) ? range : ValueRange.All;

    /// <summary>What a function makes of a range: it rises and falls between its turning points alone.</summary>
    public static ValueRange Image(ActivationOp op, ValueRange x)
    {
        double low = At(op, x.Low), high = At(op, x.High);
        var image = new ValueRange(Math.Min(low, high), Math.Max(low, high));
        double turn = op.Function switch
        {
            ActivationKind.LeakyReLU or ActivationKind.ELU => 0,
            ActivationKind.GELU => -0.751792,
            ActivationKind.GELUTanh => -0.752461,
            ActivationKind.SiLU => -1.278465,
            _ => double.NaN,
        };
        if (!(turn > x.Low && turn < x.High))
            return image;
        double value = At(op, turn);
        return image.Or(new ValueRange(value, value));
    }

    private ValueRange Of(Node node)
    {
        ValueRange input = this[node.Inputs[0]];
        return node.Op switch
        {
            ActivationOp activation => Image(activation, input),
            SoftmaxOp => new ValueRange(node.Input.Sizes[0] == 1 ? 1 : 0, 1),
            PoolOp { Function: PoolKind.Average, CountIncludePad: true } pool when pool.Padding != default => input.Or(new ValueRange(0, 0)),
            FlattenOp or DropoutOp or PoolingOp => input,
            SumOp => node.Data.Select(value => this[value]).Aggregate((a, b) => a + b),
            ConcatOp => node.Data.Select(value => this[value]).Aggregate((a, b) => a.Or(b)),
            _ => ValueRange.All,
        };
    }

    /// <summary>The value, or the limit: where a formula multiplies 0 and infinity that is 0.</summary>
    private static double At(ActivationOp op, double x)
    {
        double value = ActivationFunction.Of(op, x);
        return double.IsNaN(value) ? 0 : value;
    }
}
