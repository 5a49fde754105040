using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>What a rule knows of the steps of its op.</summary>
internal interface ILowered
{
    /// <summary>Appends the steps of a node.</summary>
    /// <returns>The buffer of its result; null where that is the caller's.</returns>
    Buffer? Lower(Node node, LoweringContext context);

    /// <summary>Appends the steps of a part of the gradient of a node of the op.</summary>
    /// <returns>The buffer of the result; null of a parameter's gradient, which is the caller's.</returns>
    Buffer? LowerGradient(Node node, LoweringContext context);
}

/// <summary>Where nodes append their steps, and where they get buffers and kernels.</summary>
internal sealed class LoweringContext(Lowering lowering, Graph graph)
{
    private readonly HashSet<Value> _read = new(graph.Nodes.SelectMany(node => node.Inputs));
    private readonly Dictionary<Value, Buffer> _buffers = [];
    private readonly Dictionary<(Buffer, BufferOrder, Picture), Buffer> _copies = [];
    private List<Step> _steps = [];

    /// <summary>Where a value lies.</summary>
    public Buffer this[Value key]
    {
        get => _buffers[key];
        set => _buffers.Add(key, value);
    }

    /// <summary>Whether a node reads a value; what an op keeps for its gradient is kept only then.</summary>
    public bool IsRead(Value value) => _read.Contains(value);

    public void Add(Step step) => _steps.Add(step);

    /// <summary>The steps since it was called last.</summary>
    public EquatableArray<Step> Take()
    {
        EquatableArray<Step> steps = _steps.ToEquatableArray();
        _steps = [];
        return steps;
    }

    /// <summary>A new buffer of the workspace.</summary>
    public Buffer Workspace(string name, Picture shape, BufferOrder order) => lowering.Workspace(name, shape, order);

    /// <summary>A new buffer of the workspace, laid out like another.</summary>
    public Buffer Like(string name, Buffer buffer) => Workspace(name, buffer.Shape, buffer.Order);

    /// <summary>A buffer for the gradient of <paramref name="buffer"/>.</summary>
    public Buffer Gradient(Buffer buffer) => Like("d" + buffer.Name, buffer);

    /// <summary>The picture in an order; copied there, once, if it is in another.</summary>
    public Buffer As(Buffer x, BufferOrder order, Picture shape)
    {
        if (x.Order == order)
            return x;
        if (_copies.TryGetValue((x, order, shape), out Buffer copy))
            return copy;
        copy = Workspace(x.Name + (order == BufferOrder.Planes ? "Planes" : order == BufferOrder.Flat ? "Flat" : "Pixels"), shape, order);
        Place(x, copy);
        _copies.Add((x, order, shape), copy);
        return copy;
    }

    /// <summary>As features of a row, in PyTorch's order.</summary>
    public Buffer Flat(Buffer x) => As(x, BufferOrder.Flat, new Picture(x.Width, 1, 1));

    /// <summary>The kernel of a linear layer that reads <paramref name="x"/>, whose order its weight follows.</summary>
    public LinearKernel Linear(Node node, Buffer x) => lowering.Linear(node, x);

    /// <summary>The kernel of a convolution.</summary>
    public ConvKernel Convolution(Node node) => lowering.Convolution(node);

    /// <summary>
    /// The sum of values in their order. A step has few summands, for they are the parameters of a method.
    /// </summary>
    public void Sum(string method, IReadOnlyList<Buffer> xs, Buffer y)
    {
        const int MostSummands = 8;
        while (xs.Count > MostSummands)
        {
            Buffer first = Like(y.Name + "First", y);
            Add(new SumStep(method, xs.Take(MostSummands), first));
            xs = [first, .. xs.Skip(MostSummands)];
        }

        Add(new SumStep(method, xs, y));
    }

    /// <summary>Where a parameter, or state, starts that lies in PyTorch's order.</summary>
    public int Offset(Value parameter) => lowering.Offset(parameter);

    /// <summary>Copies a value into another's memory.</summary>
    public void Place(Buffer from, Buffer to) => Add(new CopyStep(lowering.CopyMethod(), from, to));

    /// <summary>A value as an operand whose elements lie anywhere.</summary>
    public MapOperand Operand(string name, Value value)
    {
        if (value.IsParameter)
            return new MapOperand(value.Type, Compiler.Operand.Parameter(name, lowering.Offset(value)));

        // A flattened picture may lie as it did.
        Buffer buffer = this[value];
        if (buffer.Order != BufferOrder.Flat && buffer.Shape != Picture.Of(value.Shape))
            buffer = Flat(buffer);
        return new MapOperand(value.Type, Compiler.Operand.Read(name, buffer, MapOperand.Read));
    }

    /// <summary>
    /// Where the result of a map or a reduction goes: the gradient of a parameter, or a buffer that lies like an operand of its type. What all samples share is the
    /// first row of its buffer.
    /// </summary>
    public MapOperand Result(Node node, IEnumerable<MapOperand> operands)
    {
        Value value = node.Result;
        if (value.GradientOf is { IsParameter: true } parameter && graph.Outputs.Contains(value))
            return new MapOperand(value.Type, Compiler.Operand.ParameterGradient("dy", lowering.Offset(parameter)));
        bool isPicture = value.Type.Axes.Count > 1 && value.Type == TensorType.Of(value.Shape);
        Buffer? like = operands.Where(operand => operand.Type == value.Type).Select(operand => operand.Operand.Buffer).FirstOrDefault(buffer => buffer is { Kind: BufferKind.Workspace });
        string name = (node.Of is null ? "" : "d") + node.Stem + node.Id.ToString(CultureInfo.InvariantCulture);
        Buffer buffer = like is not null ? Like(name, like)
            : isPicture ? Workspace(name, Picture.Of(value.Shape), BufferOrder.Planes)
            : Workspace(name, new Picture((int)value.Shape.ElementCount, 1, 1), BufferOrder.Flat);
        return new MapOperand(value.Type, Compiler.Operand.Write("y", buffer, MapOperand.Written));
    }

    /// <summary>Lowers nodes in their order.</summary>
    public void Lower(IEnumerable<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            if (((ILowered)OpRule.Of(node.Op)).Lower(node, this) is { } buffer)
                _buffers.Add(node.Result, buffer);
        }
    }
}

/// <summary>Graph to program, node after node.</summary>
internal sealed class Lowering
{
    private readonly Graph _graph;
    private readonly Graph _declared;
    private readonly bool _usesKernels;
    private readonly Dictionary<Value, ParameterLayout> _layouts = [];
    private readonly Dictionary<int, LinearKernel> _linear = [];
    private readonly Dictionary<int, ConvKernel> _convolutions = [];
    private readonly int _parameterCount;
    private int _packed;
    private int _buffers;
    private int _copies;

    private Lowering(Graph graph, Graph declared, bool usesKernels)
    {
        _graph = graph;
        _declared = declared;
        _usesKernels = usesKernels;
        Place(ValueRole.Trained);
        _parameterCount = _packed;
        Place(ValueRole.State);
    }

    private void Place(ValueRole role)
    {
        foreach (Node node in _graph.Nodes)
        {
            foreach (Value parameter in node.ParameterValues.Where(parameter => parameter.Role == role && !_layouts.ContainsKey(parameter)))
                Place(node, parameter);
        }
    }

    /// <summary>The next place for a parameter, and with it for its parts.</summary>
    private void Place(Node reader, Value parameter)
    {
        ParameterLayout layout = Packing.Layout(reader, parameter, _packed);
        _layouts.Add(parameter, layout);
        foreach (ParameterPart part in parameter.Parts)
        {
            _layouts.Add(part.Parameter, parameter.SumsParts
                ? layout with { Name = part.Parameter.Name!, Spec = part.Parameter.Spec!, Offset = _packed }
                : layout.Part(part));
            _packed += parameter.SumsParts ? layout.PackedLength : 0;
        }

        _packed += parameter.SumsParts ? 0 : layout.PackedLength;
    }

    /// <param name="graph">The network after its rewrites.</param>
    /// <param name="declared">The network as declared, whose parameters users see.</param>
    /// <param name="usesKernels">Whether compositions that have a kernel use it.</param>
    public static Program Run(Graph graph, Graph? declared = null, bool usesKernels = true) => new Lowering(graph, declared ?? graph, usesKernels).Lower();

    public Buffer Workspace(string name, Picture shape, BufferOrder order) => new(_buffers++, name, shape, order, BufferKind.Workspace);

    public string CopyMethod() => "Copy" + (_copies++).ToString(CultureInfo.InvariantCulture);

    /// <summary>Where a parameter, or state, starts that lies in PyTorch's order.</summary>
    public int Offset(Value parameter) => _layouts[parameter] is { IsPart: false } layout && (layout.Spec.Shape.Count <= 1 || (layout.Panel == 1 && layout.PanelStride * layout.Spec.Shape[0] == layout.Spec.Count))
        ? layout.Offset
        : throw new CompilerException(nameof(Lowering), $"the elements of {parameter} do not lie in order");

    public LinearKernel Linear(Node node, Buffer x)
    {
        if (!_linear.TryGetValue(node.Id, out LinearKernel kernel))
        {
            var op = (LinearOp)node.Op;
            if (x.Order == BufferOrder.ChannelsLast)
                _layouts[node.Inputs[1]] = _layouts[node.Inputs[1]] with { Minor = x.Shape.Pixels };
            kernel = new LinearKernel(
                node.Stem, node.Key, x.Width, op.Units, Packing.Form(op.Units, x.Width), _layouts[node.Inputs[1]].Offset, op.Bias ? _layouts[node.Inputs[2]].Offset : -1);
            _linear.Add(node.Id, kernel);
        }

        return kernel;
    }

    public ConvKernel Convolution(Node node)
    {
        if (!_convolutions.TryGetValue(node.Id, out ConvKernel kernel))
        {
            var op = (ConvOp)node.Op;
            Value? bias = op.IsFixed || !op.Bias ? null : node.Inputs[2];
            kernel = new ConvKernel(
                node.Stem, node.Key, op, Picture.Of(node.Input), Picture.Of(node.Output), ConvKernel.FormOf(op, Picture.Of(node.Input)),
                op.IsFixed ? -1 : _layouts[node.Inputs[1]].Offset, bias is null ? -1 : _layouts[bias].Offset)
            {
                Biases = bias is { SumsParts: true } ? bias.Parts.Count : 1,
            };
            _convolutions.Add(node.Id, kernel);
        }

        return kernel;
    }

    private Program Lower()
    {
        Buffer input = Callers("input", _graph.Input, BufferKind.Input);
        Buffer output = Callers("output", _graph.Output, BufferKind.Output);
        Buffer outputGradient = Callers("outputGradient", _graph.Output, BufferKind.OutputGradient);
        Buffer inputGradient = Callers("inputGradient", _graph.Input, BufferKind.InputGradient);

        Graph evaluation = Expansion.Run(_graph, isTraining: false, _usesKernels);
        var context = new LoweringContext(this, evaluation) { [_graph.Inputs[0]] = input };
        context.Lower(evaluation.Nodes);
        context.Add(new CopyStep("CopyOutput", context[evaluation.Outputs[0]], output));
        EquatableArray<Step> inference = context.Take();

        TrainingGraph training = Differentiation.Run(Expansion.Run(_graph, isTraining: true, _usesKernels));
        GraphVerifier.Verify(training, nameof(Differentiation));
        context = new LoweringContext(this, training.Graph) { [_graph.Inputs[0]] = input };
        ILookup<bool, Node> first = training.Graph.Nodes.Take(training.ForwardCount).ToLookup(node => training.Graph.Updates.Contains(node.Result));
        context.Lower(first[false]);
        Buffer y = context[training.Graph.Outputs[0]];
        if (_graph.Loss is not null && (y.Kind != BufferKind.Workspace || !LossStep.Takes(_graph.Loss, y)))
            y = context.Flat(y);
        EquatableArray<Step> forward = context.Take();

        Buffer dy = context.Gradient(y);
        context[training.Seed] = dy;
        var seed = new CopyStep("CopyOutputGradient", outputGradient, dy);
        LossStep? loss = _graph.Loss is null ? null : new LossStep("Loss", _graph.Loss, y, dy);
        context.Lower(training.Graph.Nodes.Skip(training.ForwardCount));
        context.Add(new CopyStep("CopyInputGradient", context[training.InputGradient], inputGradient));
        EquatableArray<Step> backward = context.Take();
        context.Lower(first[true]);
        EquatableArray<ParameterLayout> Layouts(ValueRole role) => _declared.Parameters.Where(parameter => parameter.Role == role).Select(parameter => _layouts[parameter]).ToEquatableArray();
        return new Program(_declared, Layouts(ValueRole.Trained), _parameterCount, inference, forward, loss, seed, backward)
        {
            State = Layouts(ValueRole.State),
            PackedStateCount = _packed - _parameterCount,
            Update = context.Take(),
        };
    }

    private Buffer Callers(string name, Shape shape, BufferKind kind) =>
        new(_buffers++, name, Picture.Of(shape), shape.IsFlat ? BufferOrder.Flat : BufferOrder.Planes, kind);
}
