using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>A layer in its place: shapes inferred, names given.</summary>
/// <param name="Id">The number of its value; rewrites keep it for what stands in its place.</param>
/// <param name="Index">The position in the order of execution, compositions unfolded.</param>
/// <param name="Op">The layer.</param>
/// <param name="Sources">The values it reads, by number; <see cref="Graph.InputId"/> is the network's input.</param>
/// <param name="Inputs">Their shapes.</param>
/// <param name="Output">The shape of its output.</param>
/// <param name="Key">The prefix of its parameters: the keys of the compositions around it, then the user's name or the index.</param>
/// <param name="Stem">The start of its methods' names: <c>Fc1</c>, <c>Linear0</c>.</param>
/// <param name="Path">Where it is declared: a layer of the network, then a branch of that composition and a layer of its block, and so on.</param>
/// <param name="Merged">The layers that a rewrite made it from; their parameters are its own.</param>
/// <param name="SumsBiases">Whether their biases are summed; otherwise they are side by side.</param>
internal sealed record Node(
    int Id, int Index, LayerOp Op, EquatableArray<int> Sources, EquatableArray<Shape> Inputs, Shape Output, string Key, string Stem, EquatableArray<int> Path,
    EquatableArray<MergedLayer> Merged = default, bool SumsBiases = false)
{
    /// <summary>The shape of its first input, of most layers the only one.</summary>
    public Shape Input => Inputs[0];

    public EquatableArray<ParameterSpec> Parameters => Op.Parameters(Input);

    /// <summary>Its parameters as PyTorch counts them.</summary>
    public long ParameterCount => Parameters.Sum(parameter => parameter.Count);

    /// <summary>Multiply-accumulates of one sample's forward pass.</summary>
    public long MultiplyAccumulates => Op.MultiplyAccumulates(Input, Output);

    /// <summary>Additions of one sample's forward pass.</summary>
    public long Additions => Op.Additions(Inputs, Output);

    /// <summary>Evaluations of an activation function in one sample's forward pass.</summary>
    public long ActivationEvaluations => Op.ActivationEvaluations(Output);
}

/// <summary>A layer whose parameters are a part of another one's.</summary>
/// <param name="Node">The layer as declared.</param>
/// <param name="FirstOutput">Its first output channel among the other's.</param>
/// <param name="FirstInput">Its first input channel among those of the other's group.</param>
internal sealed record MergedLayer(Node Node, int FirstOutput, int FirstInput);

/// <summary>The network with every shape known: nodes in an order in which they can be executed, the last of which gives the output.</summary>
internal sealed record Graph(NetworkDeclaration Declaration, EquatableArray<Node> Nodes, LossOp? Loss)
{
    /// <summary>The number of the network's input among the values.</summary>
    public const int InputId = -1;

    public Shape Input => Declaration.InputShape;

    public Shape Output => Nodes.Count == 0 ? Input : Nodes[Nodes.Count - 1].Output;

    /// <summary>The value that is the network's output.</summary>
    public int OutputId => Nodes.Count == 0 ? InputId : Nodes[Nodes.Count - 1].Id;

    /// <summary>The nodes that read a value, once a reading.</summary>
    public ILookup<int, Node> Consumers() => Nodes.SelectMany(node => node.Sources.Select(source => (source, node))).ToLookup(use => use.source, use => use.node);

    /// <summary>Parameters as PyTorch counts them.</summary>
    public long ParameterCount => Nodes.Sum(node => node.ParameterCount);

    /// <summary>Multiply-accumulates of one sample's forward pass.</summary>
    public long MultiplyAccumulates => Nodes.Sum(node => node.MultiplyAccumulates);

    /// <summary>Multiplications and additions of one sample's forward pass.</summary>
    public long FloatingPointOperations => Nodes.Sum(node => node.MultiplyAccumulates + node.Additions);

    /// <summary>Evaluations of activation functions in one sample's forward pass.</summary>
    public long ActivationEvaluations => Nodes.Sum(node => node.ActivationEvaluations);
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

    /// <summary>The most layers, every copy of a block counted.</summary>
    internal const int MaxLayers = 4096;

    /// <summary>
    /// Infers the shapes. Attribute 0 is <c>[Network]</c>, attribute i + 1 is layer i; the loss comes after the layers. Mistakes in the layers of a
    /// block that do not depend on its input are the block's own, and not reported here.
    /// </summary>
    /// <returns>The graph; null where there is a mistake.</returns>
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

        var builder = new Builder(errors);
        if (builder.IsTooLarge(declaration.InputShape, "Network"))
            return null;
        builder.Reserve(declaration.Layers.Select(Naming.Stem));
        Value? output = builder.Sequence(declaration.Layers, new Value(Graph.InputId, declaration.InputShape), "", "", []);
        errors.Attribute = declaration.Layers.Count + 1;
        declaration.Loss?.CheckOptions(errors);
        if (errors.Errors.Count == before && output is not null)
            declaration.Loss?.CheckShape(output.Shape, errors);
        return errors.Errors.Count > before || output is null ? null : new Graph(declaration, builder.Nodes.ToEquatableArray(), declaration.Loss);
    }

    /// <summary>Too many layers, in words.</summary>
    public static string Layers(long count) => Grouped(count) + " layers, every copy of a block counted";

    public static string Grouped(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A value while the graph is built.</summary>
    private sealed record Value(int Id, Shape Shape);

    private sealed class Builder(ErrorSink errors)
    {
        private readonly HashSet<string> _stems = [];
        private double _activations;
        private double _padded;
        private long _parameters;

        public List<Node> Nodes { get; } = [];

        /// <summary>Keeps the names of the network's own layers, which its users see; those inside blocks give way.</summary>
        public void Reserve(IEnumerable<string> stems) => _stems.UnionWith(stems);

        /// <summary>Puts layers into the graph, one behind the other.</summary>
        /// <returns>The value of the last; null where a layer has a mistake.</returns>
        public Value? Sequence(EquatableArray<LayerOp> layers, Value x, string key, string stem, int[] path)
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
            string ownStem = stem + Naming.Stem(op, index);
            if (op is CompositeOp composite)
                return Composite(composite, x, ownKey, ownStem, place);
            Shape? output = op.InferShape(x.Shape, errors);
            if (output is null || IsTooLarge(output, op.Kind, op.BorderCount(x.Shape)))
                return null;
            Value? value = Add(op, [x], output, ownKey, ownStem, place);
            return value is not null && HasRoom(op, x.Shape) ? value : null;
        }

        private Value? Composite(CompositeOp op, Value x, string key, string stem, int[] place)
        {
            var outputs = new List<Value>();
            Value input = x;
            int branch = 0;
            foreach (BlockDeclaration block in op.Branches)
            {
                if (Sequence(block.Layers, input, $"{key}.{op.BranchKey(branch)}.", $"{stem}_{(op.Composition == Composition.Residual ? "" : branch.ToString(CultureInfo.InvariantCulture) + "_")}", [.. place, branch]) is not { } output)
                    return null;
                Locate(place);
                if (op.Composition == Composition.Repeat)
                    input = output;
                else
                    outputs.Add(output);
                branch++;
            }

            if (op.Composition == Composition.Repeat)
                return input;
            if (op.Composition == Composition.Residual)
                outputs.Add(x);
            if (outputs.Count == 1)
                return outputs[0];
            Shape? joined = Joined(op, outputs);
            return joined is null || IsTooLarge(joined, op.Kind) ? null : Add(op.Join, [.. outputs], joined, key, stem, place);
        }

        /// <summary>The shape of the branches' sum or concatenation; null after an error was reported.</summary>
        private Shape? Joined(CompositeOp op, List<Value> outputs)
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
                return null;
            }

            string Branch(int i) => $"{i.ToString(CultureInfo.InvariantCulture)} ({op.Branches.ElementAt(i).Name})";
            if (!isConcat)
                return first;
            long channels = outputs.Sum(output => (long)output.Shape.Sizes[0]);
            return new Shape(new[] { (int)Math.Min(channels, int.MaxValue) }.Concat(first.Sizes.Skip(1)).ToEquatableArray());
        }

        private Value? Add(LayerOp op, Value[] inputs, Shape output, string key, string stem, int[] place)
        {
            if (Nodes.Count >= MaxLayers)
            {
                errors.Report(Rules.TooLarge, op.Kind, Layers(MaxLayers + 1), Grouped(MaxLayers));
                return null;
            }

            if (place.Length > 1)
            {
                while (!_stems.Add(stem))
                    stem += "_";
            }

            int index = Nodes.Count;
            Nodes.Add(new Node(
                index, index, op, inputs.Select(x => x.Id).ToEquatableArray(), inputs.Select(x => x.Shape).ToEquatableArray(), output, key, stem, place.ToEquatableArray()));
            return new Value(index, output);
        }

        private bool HasRoom(LayerOp op, Shape input)
        {
            foreach (ParameterSpec parameter in op.Parameters(input))
            {
                // Panels of 16 can pad a narrow matrix to sixteen times its size.
                long packed = Packing.PackedLength(op, input, parameter);

                // A data gradient turns the filter around, and pads the input's channels.
                if (op is ConvOp convolution && parameter.Shape.Count > 1)
                    packed = Math.Max(packed, Packing.PadToPanel(input.Sizes[0]) * (convolution.Channels / convolution.Groups) * convolution.Kernel.Count);
                _parameters += packed;
                if (packed > MaxFloats || _parameters > MaxFloats)
                {
                    errors.Report(Rules.TooLarge, op.Kind, _parameters.ToString(CultureInfo.InvariantCulture) + " parameters (packed)", MaxFloats.ToString(CultureInfo.InvariantCulture));
                    return false;
                }
            }

            return true;
        }

        public bool IsTooLarge(Shape value, string layer, double border = 0)
        {
            double count = 1;
            foreach (int size in value.Sizes)
                count *= size;
            _activations += count + border;
            if (_activations <= MaxActivations)
            {
                // Channels or rows of pixels are padded to vectors.
                var picture = Picture.Of(value);
                double planes = value.IsFlat ? 0 : (double)picture.Channels * picture.Height * Packing.PadToPanel(picture.Width);
                _padded += Math.Max((double)Packing.PadToPanel(picture.Channels) * picture.Pixels, planes) + (Packing.Panel * border);
                if (_padded <= MaxPadded)
                    return false;
                errors.Report(Rules.TooLarge, layer, _padded.ToString("R", CultureInfo.InvariantCulture) + " floats of activations a sample (padded)", MaxPadded.ToString(CultureInfo.InvariantCulture));
                return true;
            }

            errors.Report(Rules.TooLarge, layer, _activations.ToString("R", CultureInfo.InvariantCulture) + " floats of activations a sample", MaxActivations.ToString(CultureInfo.InvariantCulture));
            return true;
        }
    }
}
