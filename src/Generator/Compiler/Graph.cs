using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>A layer in its place: shapes inferred, names given.</summary>
/// <param name="Index">The position among the layers, PyTorch's <c>nn.Sequential</c> key.</param>
/// <param name="Op">The layer.</param>
/// <param name="Input">The shape of its input.</param>
/// <param name="Output">The shape of its output.</param>
/// <param name="Key">The prefix of its parameters: the user's name or the index.</param>
/// <param name="Stem">The start of its methods' names: <c>Fc1</c>, <c>Linear0</c>.</param>
internal sealed record Node(int Index, LayerOp Op, Shape Input, Shape Output, string Key, string Stem)
{
    public EquatableArray<ParameterSpec> Parameters => Op.Parameters(Input);
}

/// <summary>The network with every shape known.</summary>
internal sealed record Graph(NetworkDeclaration Declaration, EquatableArray<Node> Nodes, LossOp? Loss)
{
    public Shape Input => Declaration.InputShape;

    public Shape Output => Nodes[Nodes.Count - 1].Output;

    /// <summary>Parameters as PyTorch counts them.</summary>
    public long ParameterCount => Nodes.Sum(node => node.Parameters.Sum(parameter => parameter.Count));

    /// <summary>Multiply-accumulates of one sample's forward pass.</summary>
    public long MultiplyAccumulates => Nodes.Sum(node => node.Op.MultiplyAccumulates(node.Input, node.Output));

    /// <summary>Floating-point operations of one sample's forward pass.</summary>
    public long FloatingPointOperations => Nodes.Sum(node => node.Op.FloatingPointOperations(node.Input, node.Output));
}

/// <summary>Declaration to graph: shape inference and every check that needs no symbol.</summary>
internal static class GraphBuilder
{
    /// <summary>The largest number of packed parameters: a span indexes twice as many.</summary>
    internal const int MaxFloats = 1 << 30;

    /// <summary>
    /// The largest sum of all values of a sample, with the borders that convolutions need around them.
    /// </summary>
    internal const int MaxActivations = 1 << 24;

    /// <summary>
    /// The same with channels or rows padded to vectors. A workspace holds of each value at most four buffers (output, input of the activation or mask,
    /// and their gradients) and copies of them in another order, so its offsets fit an int.
    /// </summary>
    private const int MaxPadded = 1 << 27;

    /// <summary>
    /// Infers the shapes. Attribute 0 is <c>[Network]</c>, attribute i + 1 is layer i; the loss comes after the layers.
    /// </summary>
    /// <returns>The graph; null where an error was reported.</returns>
    public static Graph? Build(NetworkDeclaration declaration, ErrorSink errors)
    {
        int before = errors.Errors.Count;
        errors.Attribute = 0;
        if (declaration.InputShape.Rank == 0)
            errors.Report(Rules.NonPositiveSize, "Network", "input shape", "nothing");
        foreach (int size in declaration.InputShape.Sizes)
            Check.Positive(errors, "Network", "input size", size);
        if (declaration.Layers.Count == 0)
            errors.ReportAt(-1, Rules.NoLayers, declaration.Name);
        if (errors.Errors.Count > before)
            return null;
        double activations = 0;
        double padded = 0;
        if (IsTooLarge(declaration.InputShape, "Network"))
            return null;

        var nodes = new List<Node>();
        Shape shape = declaration.InputShape;
        long parameters = 0;
        for (int i = 0; i < declaration.Layers.Count; i++)
        {
            LayerOp op = declaration.Layers[i];
            errors.Attribute = i + 1;
            int count = errors.Errors.Count;
            op.CheckOptions(errors);
            if (errors.Errors.Count > count || op.InferShape(shape, errors) is not { } output || IsTooLarge(output, op.Kind, op.BorderCount(shape)))
            {
                // The shapes behind are unknown; the options there can still be checked.
                for (int j = i + 1; j < declaration.Layers.Count; j++)
                {
                    errors.Attribute = j + 1;
                    declaration.Layers[j].CheckOptions(errors);
                }

                break;
            }

            nodes.Add(new Node(i, op, shape, output, Naming.Key(op, i), Naming.Stem(op, i)));
            foreach (ParameterSpec parameter in op.Parameters(shape))
            {
                // Panels of 16 can pad a narrow matrix to sixteen times its size.
                long packed = Packing.PackedLength(op, shape, parameter);

                // A data gradient turns the filter around, and pads the input's channels.
                if (op is ConvOp convolution && parameter.Shape.Count > 1)
                    packed = Math.Max(packed, Packing.PadToPanel(shape.Sizes[0]) * (convolution.Channels / convolution.Groups) * convolution.Kernel.Count);
                parameters += packed;
                if (packed > MaxFloats || parameters > MaxFloats)
                {
                    errors.Report(Rules.TooLarge, op.Kind, parameters.ToString(CultureInfo.InvariantCulture) + " parameters (packed)", MaxFloats.ToString(CultureInfo.InvariantCulture));
                    return null;
                }
            }

            shape = output;
        }

        errors.Attribute = declaration.Layers.Count + 1;
        declaration.Loss?.CheckOptions(errors);
        if (errors.Errors.Count == before)
            declaration.Loss?.CheckShape(shape, errors);
        return errors.Errors.Count > before ? null : new Graph(declaration, nodes.ToEquatableArray(), declaration.Loss);

        bool IsTooLarge(Shape value, string layer, double border = 0)
        {
            double count = 1;
            foreach (int size in value.Sizes)
                count *= size;
            activations += count + border;
            if (activations <= MaxActivations)
            {
                // Channels or rows of pixels are padded to vectors.
                var picture = Picture.Of(value);
                double planes = value.IsFlat ? 0 : (double)picture.Channels * picture.Height * Packing.PadToPanel(picture.Width);
                padded += Math.Max((double)Packing.PadToPanel(picture.Channels) * picture.Pixels, planes) + (Packing.Panel * border);
                if (padded <= MaxPadded)
                    return false;
                errors.Report(Rules.TooLarge, layer, padded.ToString("R", CultureInfo.InvariantCulture) + " floats of activations a sample (padded)", MaxPadded.ToString(CultureInfo.InvariantCulture));
                return true;
            }

            errors.Report(Rules.TooLarge, layer, activations.ToString("R", CultureInfo.InvariantCulture) + " floats of activations a sample", MaxActivations.ToString(CultureInfo.InvariantCulture));
            return true;
        }
    }
}
