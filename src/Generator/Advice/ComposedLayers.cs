using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Two layers with weights that compose to one linear map.</summary>
internal sealed class ComposedLayers
{
    private readonly Node _first;
    private readonly Node _last;

    /// <summary>What lies between, from the first to the last.</summary>
    private readonly List<Node> _between = [];

    /// <summary>Whether branches meet between.</summary>
    private readonly bool _hasBranches;

    public ComposedLayers(Node first, Node last, GraphView view)
    {
        (_first, _last) = (first, last);
        HashSet<int> before = Before(last, view);
        for (Node? node = first; node is not null && !view.Readers(node.Result).Contains(last);)
        {
            node = view.Readers(node.Result).FirstOrDefault(reader => before.Contains(reader.Id));
            if (node is not null)
                _between.Add(node);
        }

        _hasBranches = _between.Exists(node => node.Op is JoinOp);
    }

    /// <summary>What lies between, in words; empty where nothing does.</summary>
    public string Between => _between.Count == 0 ? "" : $" ({string.Join(", ", _between.Select(node => node.Op.Display))})";

    /// <summary>What the product saves, in words; empty where it saves nothing, or branches meet between.</summary>
    public string Saving
    {
        get
        {
            if (_hasBranches)
                return "";
            (long parameters, long products) = Product();
            (long apart, long productsApart) = (_first.ParameterCount + _last.ParameterCount, _first.MultiplyAccumulates + _last.MultiplyAccumulates);
            string[] saved =
            [
                .. parameters < apart ? [$"{Limits.Grouped(apart - parameters)} of {Limits.Grouped(apart)} parameters"] : new string[0],
                .. products < productsApart ? [$"{Limits.Grouped(productsApart - products)} of {Limits.Grouped(productsApart)} multiply-accumulates a sample"] : new string[0],
            ];
            return saved.Length == 0 ? "" : ", which would save " + string.Join(" and ", saved);
        }
    }

    /// <summary>What the two make of a linear map that one layer would not, in words: factors of a larger map, which are made on purpose. Null where they make nothing of it.</summary>
    public string? Factors
    {
        get
        {
            (ConvOp? a, ConvOp? b) = (_first.Op as ConvOp, _last.Op as ConvOp);
            if (a?.IsFixed == true || b?.IsFixed == true)
                return "one with a fixed filter";
            if ((a?.Groups ?? 1) != (b?.Groups ?? 1))
                return "one that treats groups of channels and places apart";
            if (a is not null && b is not null && a.Kernel.Count > 1 && b.Kernel.Count > 1 && ((a.Kernel.Width == 1 && b.Kernel.Height == 1) || (a.Kernel.Height == 1 && b.Kernel.Width == 1)))
                return "one that treats rows and columns apart";
            bool isPicture = b is not null;
            long Width(Shape shape) => isPicture ? shape.Sizes[0] : shape.ElementCount;
            long middle = _hasBranches ? Width(_last.Input) : _between.Select(node => node.Output).Append(_first.Output).Min(Width);
            return middle < Math.Min(Width(_first.Input), Width(_last.Output)) ? $"one of rank {Limits.Grouped(middle)} at most" : null;
        }
    }

    /// <summary>What leads to a node with no layer between that has weights.</summary>
    private static HashSet<int> Before(Node last, GraphView view)
    {
        var found = new HashSet<int>();
        var open = new Stack<Node>([last]);
        while (open.Count > 0)
        {
            foreach (Value value in open.Pop().Data)
            {
                if (view.Producer(value) is { } node && !LinearMaps.IsLayer(node.Op) && found.Add(node.Id))
                    open.Push(node);
            }
        }

        return found;
    }

    /// <summary>Parameters and multiply-accumulates of the one map.</summary>
    private (long Parameters, long MultiplyAccumulates) Product()
    {
        long biases = HasBias(_first) || HasBias(_last) ? _last.Output.Sizes[0] : 0;
        if (_last.Op is LinearOp)
        {
            long flat = _first.Input.ElementCount * _last.Output.ElementCount;
            return (flat + biases, flat);
        }

        // Where both have groups they have the same, and so has the product.
        double weights = (double)_first.Input.Sizes[0] / ((ConvOp)_last.Op).Groups * _last.Output.Sizes[0];
        ReceptiveField field = _between.Prepend(_first).Append(_last).Aggregate(ReceptiveFields.OfInput(_first.Input), (seen, node) => ReceptiveFields.Through(node, [seen], _first.Input));
        weights = field.Axes.Aggregate(weights, (product, axis) => product * axis.Size);
        double products = weights * (_last.Output.ElementCount / _last.Output.Sizes[0]);
        return (Bounded(weights + biases), Bounded(products));
    }

    private static long Bounded(double count) => count < 1e18 ? (long)count : long.MaxValue;

    private static bool HasBias(Node node) => node.Op is LinearOp { Bias: true } or ConvOp { Bias: true, IsFixed: false };
}
