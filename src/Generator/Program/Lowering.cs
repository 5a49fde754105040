using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>What a rule knows of the steps of its op.</summary>
internal interface ILowered
{
    /// <summary>The ways to compute a node, where they differ in layouts; the first follows from how its inputs lie.</summary>
    IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts);

    /// <summary>Appends the steps of a node.</summary>
    void Lower(Node node, LoweringContext context);
}

/// <summary>The same of an op whose gradient has steps of its own.</summary>
internal interface ILoweredGradient
{
    /// <summary>The ways to compute a part of the gradient of a node of the op.</summary>
    IEnumerable<NodeLayouts> GradientLayouts(Node node, Layouts layouts);

    /// <summary>Appends the steps of a part of the gradient of a node of the op.</summary>
    void LowerGradient(Node node, LoweringContext context);
}

/// <summary>Where nodes append their steps, and where they get buffers and kernels.</summary>
internal sealed class LoweringContext(Lowering lowering, Layouts layouts)
{
    private readonly Dictionary<Value, Buffer> _buffers = [];
    private readonly Dictionary<(Buffer, Layout), Buffer> _copies = [];
    private List<Step> _steps = [];

    /// <summary>Where a value lies.</summary>
    public Buffer this[Value key]
    {
        get => _buffers[key];
        set => _buffers.Add(key, value);
    }

    /// <summary>Whether a node reads a value; what an op keeps for its gradient is kept only then.</summary>
    public bool IsRead(Value value) => layouts.IsRead(value);

    public void Add(Step step) => _steps.Add(step);

    /// <summary>The steps since it was called last.</summary>
    public EquatableArray<Step> Take()
    {
        EquatableArray<Step> steps = _steps.ToEquatableArray();
        _steps = [];
        return steps;
    }

    /// <summary>A new buffer of the workspace.</summary>
    public Buffer Workspace(string name, Layout layout) => lowering.Workspace(name, layout);

    /// <summary>An input of a node, as the node reads it.</summary>
    public Buffer Read(Node node, int input = 0)
    {
        // What takes others takes a copy that is there already.
        (Buffer x, Reading reading) = (this[node.Inputs[input]], layouts[node].Reads[input]);
        return reading.TakesOthers && _copies.TryGetValue((x, reading.Layout), out Buffer copy) ? copy : Read(x, layouts.Found(node, input));
    }

    /// <summary>All inputs that are no parameters.</summary>
    public Buffer[] ReadAll(Node node) => [.. node.Data.Select((_, i) => Read(node, i))];

    /// <summary>The buffer of one of a node's results.</summary>
    public Buffer Result(Node node, string name, int output = 0) => this[node.Outputs[output]] = Workspace(name, layouts[node.Outputs[output]]);

    /// <summary>The buffer of a result that is kept for a gradient; null where nothing reads it.</summary>
    public Buffer? Kept(Node node, string name) => node.Outputs.Count > 1 && IsRead(node.Outputs[1]) ? Result(node, name, 1) : null;

    /// <summary>The buffer of a gradient, that of the input of <paramref name="node"/>'s layer.</summary>
    public Buffer Gradient(Node node) => Result(node, "d" + Read(node.Of!).Name);

    /// <summary>The picture in a layout; copied there, once, if it is in another.</summary>
    public Buffer Read(Buffer x, Layout layout)
    {
        if (layout.IsOf(x))
            return x;
        if (x.Kind == BufferKind.Input && layout.Order == BufferOrder.Flat)
            return x with { Order = layout.Order, Shape = layout.Shape };
        if (_copies.TryGetValue((x, layout), out Buffer copy))
            return copy;
        copy = Workspace(x.Name + (layout.Order switch { BufferOrder.Planes => "Planes", BufferOrder.Flat => "Flat", _ => "Pixels" }), layout);
        Place(x, copy);
        _copies.Add((x, layout), copy);
        return copy;
    }

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
            Buffer first = Workspace(y.Name + "First", new Layout(y.Order, y.Shape));
            Add(new SumStep(method, xs.Take(MostSummands), first));
            xs = [first, .. xs.Skip(MostSummands)];
        }

        Add(new SumStep(method, xs, y));
    }

    /// <summary>Where a parameter, or state, starts that lies in PyTorch's order.</summary>
    public int Offset(Value parameter) => lowering.Offset(parameter);

    /// <summary>Copies a value into another's memory.</summary>
    public void Place(Buffer from, Buffer to) => Add(new CopyStep(lowering.CopyMethod(), from, to));

    /// <summary>An input of a node as an operand whose elements lie anywhere.</summary>
    public MapOperand Operand(string name, Node node, int input)
    {
        Value value = node.Inputs[input];
        return new MapOperand(value.Type, value.IsParameter ? Compiler.Operand.Parameter(name, lowering.Offset(value)) : Compiler.Operand.Read(name, Read(node, input), MapOperand.Reads(value.Type)));
    }

    /// <summary>Where the result of a map or a reduction goes: the gradient of a parameter, or a buffer. What all samples share is the first row of its buffer.</summary>
    public MapOperand Result(Node node)
    {
        Value value = node.Result;
        return new MapOperand(value.Type, layouts[node].Results[0] is null
            ? Compiler.Operand.ParameterGradient("dy", lowering.Offset(value.GradientOf!))
            : Compiler.Operand.Write("y", Result(node, (node.Of is null ? "" : "d") + node.Stem + node.Id.ToString(CultureInfo.InvariantCulture)), MapOperand.Writes(value.Type)));
    }

    /// <summary>Checks that all values lie as they should.</summary>
    public void Verify(IEnumerable<Step> steps) => LayoutVerifier.Verify(layouts, _buffers, steps);

    /// <summary>Lowers nodes in their order.</summary>
    public void Lower(IEnumerable<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            int first = _steps.Count;
            ((ILowered)OpRule.Of(node.Op)).Lower(node, this);
            for (int i = first; i < _steps.Count; i++)
                _steps[i] = _steps[i] with { Layers = EquatableArray.Of(node.Key) };
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
    public static StepProgram Run(Graph graph, Graph? declared = null, bool usesKernels = true) => new Lowering(graph, declared ?? graph, usesKernels).Lower();

    public Buffer Workspace(string name, Layout layout) => new(_buffers++, name, layout.Shape, layout.Order, BufferKind.Workspace);

    public string CopyMethod() => "Copy" + (_copies++).ToString(CultureInfo.InvariantCulture);

    /// <summary>Where a parameter, or state, starts that lies in PyTorch's order.</summary>
    public int Offset(Value parameter) => _layouts[parameter] is { IsPart: false } layout && (layout.Spec.Shape.Count <= 1 || (layout.Panel == 1 && layout.PanelStride * layout.Spec.Shape[0] == layout.Spec.Count))
        ? layout.Offset
        : throw new CompilerException(nameof(Lowering), $"the elements of {parameter} do not lie in order");

    public LinearKernel Linear(Node node, Buffer x)
    {
        int pixels = x.Order == BufferOrder.ChannelsLast ? x.Shape.Pixels : 1;
        if (!_linear.TryGetValue(node.Id, out LinearKernel kernel))
        {
            var op = (LinearOp)node.Op;
            _layouts[node.Inputs[1]] = _layouts[node.Inputs[1]] with { Minor = pixels };
            kernel = new LinearKernel(
                node.Stem, node.Key, x.Width, op.Units, Packing.Form(op.Units, x.Width), _layouts[node.Inputs[1]].Offset, op.Bias ? _layouts[node.Inputs[2]].Offset : -1);
            _linear.Add(node.Id, kernel);
        }
        else if (_layouts[node.Inputs[1]].Minor != pixels)
        {
            throw new CompilerException(nameof(Lowering), $"{node.Op.Display} of {node.Key} reads its input in two orders, which its weight cannot follow");
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

    private StepProgram Lower()
    {
        Buffer input = Callers("input", _graph.Input, BufferKind.Input);
        Buffer output = Callers("output", _graph.Output, BufferKind.Output);
        Buffer outputGradient = Callers("outputGradient", _graph.Output, BufferKind.OutputGradient);
        Buffer inputGradient = Callers("inputGradient", _graph.Input, BufferKind.InputGradient);

        Graph evaluation = Expansion.Run(_graph, isTraining: false, _usesKernels);
        var context = new LoweringContext(this, Verified(Layouts.Of(evaluation))) { [_graph.Inputs[0]] = input };
        context.Lower(evaluation.Nodes);
        context.Add(new CopyStep("CopyOutput", context[evaluation.Outputs[0]], output));
        EquatableArray<Step> inference = context.Take();
        context.Verify(inference);

        TrainingGraph training = Differentiation.Run(Expansion.Run(_graph, isTraining: true, _usesKernels));
        GraphVerifier.Verify(training, nameof(Differentiation));
        Layouts layouts = Verified(Layouts.Of(training));
        context = new LoweringContext(this, layouts) { [_graph.Inputs[0]] = input };
        ILookup<bool, Node> first = training.Graph.Nodes.Take(training.ForwardCount).ToLookup(node => training.Graph.Updates.Contains(node.Result));
        context.Lower(first[false]);
        var values = new Dictionary<string, LayerValue>();
        foreach (Node node in first[false].Where(node => node.Path.Count > 0))
            values[node.Key] = new LayerValue(node.Key, context[node.Result]);
        Buffer y = context.Read(context[training.Graph.Outputs[0]], layouts.Head!);
        EquatableArray<Step> forward = context.Take();

        Buffer dy = context.Workspace("d" + y.Name, layouts.Head!);
        context[training.Seed] = dy;
        var seed = new CopyStep("CopyOutputGradient", outputGradient, dy);
        LossStep? loss = _graph.Loss is null ? null : new LossStep("Loss", _graph.Loss, y, dy);
        context.Lower(training.Graph.Nodes.Skip(training.ForwardCount));
        context.Add(new CopyStep("CopyInputGradient", context[training.InputGradient], inputGradient));
        EquatableArray<Step> backward = context.Take();
        context.Lower(first[true]);
        EquatableArray<Step> update = context.Take();
        context.Verify(forward.Concat(backward).Concat(update));
        EquatableArray<ParameterLayout> Placed(ValueRole role) => _declared.Parameters.Where(parameter => parameter.Role == role).Select(parameter => _layouts[parameter]).ToEquatableArray();
        return new StepProgram(_declared, Placed(ValueRole.Trained), _parameterCount, inference, forward, loss, seed, backward)
        {
            Output = new CopyStep("CopyTrainingOutput", y, output),
            State = Placed(ValueRole.State),
            PackedStateCount = _packed - _parameterCount,
            Update = update,
            Values = values.Values.GroupBy(value => (value.Buffer.Root.Id, value.Buffer.FirstChannel)).Select(group => group.First()).ToEquatableArray(),
        };
    }

    private Layouts Verified(Layouts layouts)
    {
        LayoutVerifier.Verify(layouts, nameof(Layouts));
        return layouts;
    }

    private Buffer Callers(string name, Shape shape, BufferKind kind) =>
        new(_buffers++, name, Picture.Of(shape), shape.IsFlat ? BufferOrder.Flat : BufferOrder.Planes, kind);
}
