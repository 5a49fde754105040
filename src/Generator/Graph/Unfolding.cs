using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>A declaration's layers, and those of its blocks, as nodes of a graph.</summary>
internal sealed class Unfolding(NetworkDeclaration declaration, ErrorSink errors)
{
    private readonly GraphBuilder _graph = new(errors);
    private readonly HashSet<string> _stems = [];
    private string[] _own = [];
    private double _activations;
    private double _padded;
    private long _parameters;

    /// <summary>Declaration to graph: shape inference and every check that needs no symbol.</summary>
    /// <returns>The graph; null where there is a mistake.</returns>
    public static Graph? Build(NetworkDeclaration declaration, ErrorSink errors) => new Unfolding(declaration, errors).Run();

    /// <summary>
    /// Infers the shapes. Attribute 0 is <c>[Network]</c>, attribute i + 1 is layer i; the loss comes after the layers. Mistakes in the layers of a
    /// block that do not depend on its input are the block's own, and not reported here.
    /// </summary>
    /// <returns>The graph; null where there is a mistake.</returns>
    private Graph? Run()
    {
        int before = errors.Errors.Count;
        errors.Attribute = 0;
        if (declaration.InputShape.Rank == 0)
            errors.Report(Rules.NonPositiveSize, "Network", "input shape", "is missing: write the sizes of one sample, [Network(784)] or [Network(1, 28, 28)]");
        foreach (int size in declaration.InputShape.Sizes)
            Check.Positive(errors, "Network", "input size", size);
        if (declaration.Layers.Count == 0)
            errors.ReportAt(-1, Rules.NoLayers, declaration.Name);
        if (errors.Errors.Count > before || IsTooLarge(declaration.InputShape, "Network"))
            return null;

        // The names of the network's own layers, which its users see; those inside blocks give way.
        _stems.UnionWith(_own = Naming.Stems(declaration.Layers));
        Value input = _graph.Input("input", TensorType.Of(declaration.InputShape));
        Value? output = Sequence(declaration.Layers, input, "", "", []);
        errors.Attribute = declaration.Layers.Count + 1;
        declaration.Loss?.CheckOptions(errors);
        if (errors.Errors.Count == before && output is not null)
            declaration.Loss?.CheckShape(output.Shape, errors);
        if (errors.Errors.Count > before || output is null)
            return null;
        return new Graph
        {
            Declaration = declaration,
            Inputs = EquatableArray.Of(input),
            Parameters = _graph.Parameters.ToEquatableArray(),
            Nodes = _graph.Nodes.ToEquatableArray(),
            Outputs = EquatableArray.Of(output),
        };
    }

    /// <summary>Puts layers into the graph, one behind the other.</summary>
    /// <returns>The value of the last; null where a layer has a mistake.</returns>
    private Value? Sequence(EquatableArray<LayerOp> layers, Value x, string key, string stem, int[] path)
    {
        bool isNested = path.Length > 0;
        Value? value = x;
        for (int i = 0; i < layers.Count; i++)
        {
            LayerOp op = layers[i];
            int[] place = [.. path, i];
            Locate(place);

            // The shapes behind a mistake are unknown; the options there can still be checked.
            bool isRight = OptionsAreRight(op, isNested);
            value = isRight && value is not null ? Layer(op, value, i, key, stem, place) : null;
            if (value is null && isNested)
                return null;
        }

        return value;
    }

    private bool OptionsAreRight(LayerOp op, bool isNested)
    {
        ErrorSink sink = isNested ? new ErrorSink() : errors;
        int count = sink.Errors.Count;
        op.CheckOptions(sink);
        return sink.Errors.Count == count;
    }

    private void Locate(int[] place)
    {
        errors.Attribute = place[0] + 1;
        errors.Within = place.Skip(1).ToEquatableArray();
    }

    private Value? Layer(LayerOp op, Value x, int index, string key, string stem, int[] place)
    {
        string ownKey = key + Naming.Key(op, index);
        string ownStem = place.Length == 1 ? _own[index] : stem + Naming.Stem(op, index);
        if (op is CompositeOp composite)
            return Composite(composite, x, ownKey, ownStem, place);
        return Add(op, [x], ownKey, ownStem, place) is { } node && !IsTooLarge(node.Output, op.Kind, OpRule.Of(op).BorderCount(op, x.Shape)) && HasRoom(node) ? node.Result : null;
    }

    private Value? Composite(CompositeOp op, Value x, string key, string stem, int[] place)
    {
        var outputs = new List<Value>();
        Value input = x;
        int branch = 0;
        foreach (BlockDeclaration block in op.Branches)
        {
            if (Sequence(block.Layers, input, op.BranchKey(key, branch), $"{stem}_{(op.Composition is Composition.Residual or Composition.Sequential ? "" : branch.ToString(CultureInfo.InvariantCulture) + "_")}", [.. place, branch]) is not { } output)
                return null;
            Locate(place);
            if (op.IsChain)
                input = output;
            else
                outputs.Add(output);
            branch++;
        }

        if (op.IsChain)
            return input;
        if (op.Composition == Composition.Residual)
            outputs.Add(x);
        if (outputs.Count == 1)
            return outputs[0];
        return FitEachOther(op, outputs) && Add(op.Join, outputs, key, stem, place) is { } node && !IsTooLarge(node.Output, op.Kind) ? node.Result : null;
    }

    /// <summary>Whether the branches' outputs can be summed or concatenated.</summary>
    private bool FitEachOther(CompositeOp op, List<Value> outputs)
    {
        Shape first = outputs[0].Shape;
        bool isConcat = op.Join is ConcatOp;
        for (int i = 1; i < outputs.Count; i++)
        {
            Shape other = outputs[i].Shape;
            if (isConcat ? first.Rank == other.Rank && first.Sizes.Skip(1).SequenceEqual(other.Sizes.Skip(1)) : first == other)
                continue;
            if (op.Composition == Composition.Residual)
                errors.Report(Rules.ResidualShape, op.Blocks[0].Name, other.ToString(), first.ToString());
            else
                errors.Report(isConcat ? Rules.ConcatShapes : Rules.SumShapes, op.Kind, Branch(0), first.ToString(), Branch(i), other.ToString());
            return false;
        }

        return true;

        string Branch(int i) => $"{i.ToString(CultureInfo.InvariantCulture)} ({op.Branches.ElementAt(i).Name})";
    }

    private Node? Add(Op op, IReadOnlyList<Value> data, string key, string stem, int[] place)
    {
        int index = _graph.Nodes.Count;
        if (index >= Limits.MaxLayers)
        {
            errors.Report(Rules.TooLarge, op.Kind, Limits.Layers(Limits.MaxLayers + 1), Limits.Grouped(Limits.MaxLayers));
            return null;
        }

        if (place.Length > 1)
        {
            stem = Naming.Short(stem);
            while (!_stems.Add(stem))
                stem += "_";
        }

        return _graph.AddLayer(op, data, new Owner(key, stem, place.ToEquatableArray(), index));
    }

    private bool HasRoom(Node node)
    {
        foreach (ParameterSpec parameter in node.ParameterValues.Select(value => value.Spec!))
        {
            // Panels of 16 can pad a narrow matrix to sixteen times its size.
            long packed = Packing.PackedLength(node.Op, node.Input, parameter);

            // A data gradient turns the filter around, and pads the input's channels.
            if (node.Op is ConvOp convolution && parameter.Shape.Count > 1)
                packed = Math.Max(packed, Packing.PadToPanel(node.Input.Sizes[0]) * (convolution.Channels / convolution.Groups) * convolution.Kernel.Count);
            _parameters += packed;
            if (packed > Limits.MaxFloats || _parameters > Limits.MaxFloats)
            {
                errors.Report(Rules.TooLarge, node.Op.Kind, _parameters.ToString(CultureInfo.InvariantCulture) + " parameters (packed)", Limits.MaxFloats.ToString(CultureInfo.InvariantCulture));
                return false;
            }
        }

        return true;
    }

    private bool IsTooLarge(Shape value, string layer, double border = 0)
    {
        double count = 1;
        foreach (int size in value.Sizes)
            count *= size;
        _activations += count + border;
        if (_activations > Limits.MaxActivations)
        {
            errors.Report(Rules.TooLarge, layer, _activations.ToString("R", CultureInfo.InvariantCulture) + " floats of activations a sample", Limits.MaxActivations.ToString(CultureInfo.InvariantCulture));
            return true;
        }

        // Channels or rows of pixels are padded to vectors.
        var picture = Picture.Of(value);
        double planes = value.IsFlat ? 0 : (double)picture.Channels * picture.Height * Packing.PadToPanel(picture.Width);
        _padded += Math.Max((double)Packing.PadToPanel(picture.Channels) * picture.Pixels, planes) + (Packing.Panel * border);
        if (_padded <= Limits.MaxPadded)
            return false;
        errors.Report(Rules.TooLarge, layer, _padded.ToString("R", CultureInfo.InvariantCulture) + " floats of activations a sample (padded)", Limits.MaxPadded.ToString(CultureInfo.InvariantCulture));
        return true;
    }
}
