using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace NetGen.Benchmarks.Peers;

/// <summary>Writes a network in evaluation mode as an ONNX model, from its attributes, for one size of batch (github.com/onnx/onnx, onnx.proto).</summary>
/// <param name="parameters">The parameters, in the order of the layers.</param>
internal sealed class Onnx(IEnumerable<NamedTensor> parameters)
{
    /// <summary>The names of input and output.</summary>
    public const string Input = "x", Output = "y";

    private const int FormatVersion = 8, OperatorVersion = 17;

    private const int Float = 1, Ints = 7, Int = 2;

    private readonly Queue<NamedTensor> _parameters = new(parameters);
    private readonly Message _graph = new();
    private int _values;

    /// <summary>The model's bytes.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="input">The shape of the input, with the batch.</param>
    /// <param name="output">The shape of the output, with the batch.</param>
    public byte[] Model(DeclaredLayer[] layers, int[] input, int[] output)
    {
        string last = Sequence(layers, Input);
        Node("Identity", [last], [], Output);
        _graph.Add(2, "network").Add(11, Value(Input, input)).Add(12, Value(Output, output));
        return new Message().Add(1, FormatVersion).Add(8, new Message().Add(1, "").Add(2, OperatorVersion)).Add(7, _graph).ToArray();
    }

    private string Sequence(DeclaredLayer[] layers, string x) => layers.Aggregate(x, (value, layer) => Layer(layer, value));

    private string Layer(DeclaredLayer layer, string x) => layer.Kind switch
    {
        "Linear" => Node("Gemm", [x, .. Parameters(layer)], [Attribute("transB", 1)]),
        "Conv1d" => Convolution(layer, x, 1),
        "Conv2d" => Convolution(layer, x, 2),
        "MaxPool2d" => MaxPool(layer, x),
        "ReLU" => Node("Relu", [x]),
        "Sigmoid" or "Tanh" => Node(layer.Kind, [x]),
        "Flatten" => Node("Flatten", [x], [Attribute("axis", 1)]),
        "Dropout" => x,
        "Repeat" => Copies(layer).Aggregate(x, (value, block) => Sequence(block, value)),
        "Residual" => Node("Add", [Sequence(layer.Blocks[0], x), x]),
        "Sum" => Sum(layer, x),
        "Concat" => Concat(layer, x),
        "Parallel" => layer.Option("Merge", 0) == 0 ? Sum(layer, x) : Concat(layer, x),
        _ => throw new NotSupportedException($"ONNX Runtime's network has no {layer.Kind}."),
    };

    private static IEnumerable<DeclaredLayer[]> Copies(DeclaredLayer layer) =>
        Enumerable.Repeat(layer.Blocks, layer.Arguments.Length > 0 ? (int)layer.Arguments[0] : 1).SelectMany(blocks => blocks);

    /// <summary>One addition behind the other, as PyTorch exports it: ONNX Runtime fuses additions into convolutions.</summary>
    private string Sum(DeclaredLayer layer, string x) => Copies(layer).Select(block => Sequence(block, x)).ToArray().Aggregate((sum, branch) => Node("Add", [sum, branch]));

    private string Concat(DeclaredLayer layer, string x) => Node("Concat", [.. Copies(layer).Select(block => Sequence(block, x))], [Attribute("axis", 1)]);

    private string Convolution(DeclaredLayer layer, string x, int dimensions)
    {
        int[] kernel = _parameters.Peek().Shape[2..];
        int[] padding = layer.Sizes("Padding", 0, dimensions);
        return Node("Conv", [x, .. Parameters(layer)],
        [
            Attribute("kernel_shape", kernel), Attribute("strides", layer.Sizes("Stride", 1, dimensions)), Attribute("pads", [.. padding, .. padding]),
            Attribute("dilations", layer.Sizes("Dilation", 1, dimensions)), Attribute("group", layer.Option("Groups", 1)),
        ]);
    }

    private string MaxPool(DeclaredLayer layer, string x)
    {
        int[] window = layer.Window(0, 2);
        int[] stride = layer.Sizes("Stride", 0, 2);
        int[] padding = layer.Sizes("Padding", 0, 2);
        return Node("MaxPool", [x],
        [
            Attribute("kernel_shape", window), Attribute("strides", stride.Max() > 0 ? stride : window), Attribute("pads", [.. padding, .. padding]),
            Attribute("ceil_mode", layer.Option("CeilMode", false) ? 1 : 0),
        ]);
    }

    private string[] Parameters(DeclaredLayer layer) => layer.Option("Bias", true) ? [Initializer(), Initializer()] : [Initializer()];

    private string Initializer()
    {
        NamedTensor parameter = _parameters.Dequeue();
        var tensor = new Message();
        foreach (int size in parameter.Shape)
            tensor.Add(1, size);
        _graph.Add(5, tensor.Add(2, Float).Add(8, parameter.Name).Add(9, MemoryMarshal.AsBytes<float>(parameter.Values)));
        return parameter.Name;
    }

    private string Node(string kind, string[] inputs, Message[]? attributes = null, string? output = null)
    {
        var node = new Message();
        foreach (string input in inputs)
            node.Add(1, input);
        output ??= $"value{_values++}";
        node.Add(2, output).Add(3, output).Add(4, kind);
        foreach (Message attribute in attributes ?? [])
            node.Add(5, attribute);
        _graph.Add(1, node);
        return output;
    }

    private static Message Attribute(string name, int value) => new Message().Add(1, name).Add(3, value).Add(20, Int);

    private static Message Attribute(string name, int[] values)
    {
        Message attribute = new Message().Add(1, name);
        foreach (int value in values)
            attribute.Add(8, value);
        return attribute.Add(20, Ints);
    }

    private static Message Value(string name, int[] shape)
    {
        var sizes = new Message();
        foreach (int size in shape)
            sizes.Add(1, new Message().Add(1, size));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, Float).Add(2, sizes)));
    }

    /// <summary>A message of protocol buffers (protobuf.dev, Encoding).</summary>
    private sealed class Message
    {
        private const int Varint = 0, Bytes = 2;

        private readonly MemoryStream _stream = new();

        public Message Add(int field, long value)
        {
            Number((field << 3) | Varint);
            Number(value);
            return this;
        }

        public Message Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

        public Message Add(int field, Message value) => Add(field, value._stream.GetBuffer().AsSpan(0, (int)value._stream.Length));

        public Message Add(int field, ReadOnlySpan<byte> value)
        {
            Number((field << 3) | Bytes);
            Number(value.Length);
            _stream.Write(value);
            return this;
        }

        public byte[] ToArray() => _stream.ToArray();

        private void Number(long value)
        {
            ulong rest = (ulong)value;
            for (; rest >= 0x80; rest >>= 7)
                _stream.WriteByte((byte)(rest | 0x80));
            _stream.WriteByte((byte)rest);
        }
    }
}
