using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>From the gradient of a layer's output to the gradients of its inputs.</summary>
internal delegate IReadOnlyList<Buffer> GradientRule(Buffer outputGradient, LoweringContext backward);

/// <summary>Where an op appends its steps, and where it gets buffers and kernels.</summary>
internal sealed class LoweringContext(Lowering lowering, List<Step> steps, Dictionary<int, GradientRule>? tape)
{
    private int _node;

    private readonly Dictionary<(Buffer, BufferOrder, Picture), Buffer> _copies = [];

    /// <summary>Whether this is the training pass; otherwise nothing is kept for gradients.</summary>
    public bool IsTraining => tape is not null;

    public void Add(Step step) => steps.Add(step);

    /// <summary>A new buffer of the workspace.</summary>
    public Buffer Workspace(string name, Picture shape, BufferOrder order) => lowering.Workspace(name, shape, order);

    /// <summary>A new buffer of the workspace, laid out like another.</summary>
    public Buffer Like(string name, Buffer buffer) => Workspace(name, buffer.Shape, buffer.Order);

    /// <summary>A buffer for the gradient of <paramref name="buffer"/>.</summary>
    public Buffer Gradient(Buffer buffer) => Like("d" + buffer.Name, buffer);

    /// <summary>The picture in an order; copied there if it is in another.</summary>
    public Buffer As(Buffer x, BufferOrder order, Picture shape)
    {
        if (x.Order == order)
            return x;
        if (_copies.TryGetValue((x, order, shape), out Buffer copy))
            return copy;
        copy = Workspace(x.Name + (order == BufferOrder.Planes ? "Planes" : order == BufferOrder.Flat ? "Flat" : "Pixels"), shape, order);
        Add(new CopyStep(lowering.CopyMethod(), x, copy));
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

    /// <summary>Copies a value into a part of another.</summary>
    public void Place(Buffer from, Buffer part) => Add(new CopyStep(lowering.CopyMethod(), from, part));

    /// <summary>Lowers a node; <see cref="Differentiate"/> keeps the rule of that node.</summary>
    public Buffer Lower(Node node, IReadOnlyList<Buffer> inputs)
    {
        _node = node.Id;
        return node.Op.Lower(node, inputs, this);
    }

    /// <summary>Keeps the layer's gradient rule for the backward half. Without one, the gradient passes as it is.</summary>
    public void Differentiate(System.Func<Buffer, LoweringContext, Buffer> rule) => DifferentiateAll((dy, backward) => [rule(dy, backward)]);

    /// <summary>The same of an op with several inputs.</summary>
    public void DifferentiateAll(GradientRule rule) => tape?.Add(_node, rule);
}

/// <summary>Graph to program, a step an op; the backward half comes from each op's gradient rule.</summary>
internal sealed class Lowering
{
    private readonly Graph _graph;
    private readonly Graph _declared;
    private readonly Dictionary<(int Node, int Parameter), ParameterLayout> _views = [];
    private readonly Dictionary<int, ParameterLayout[]> _parameters = [];
    private readonly Dictionary<int, LinearKernel> _linear = [];
    private readonly Dictionary<int, ConvKernel> _convolutions = [];
    private readonly int _packed;
    private int _buffers;
    private int _copies;

    private Lowering(Graph graph, Graph declared)
    {
        _graph = graph;
        _declared = declared;
        foreach (Node node in graph.Nodes)
        {
            var layouts = new ParameterLayout[node.Parameters.Count];
            for (int i = 0; i < layouts.Length; i++)
            {
                layouts[i] = Packing.Layout(node, node.Parameters[i], _packed);
                bool isSum = i == 1 && node.SumsBiases;
                for (int j = 0; j < node.Merged.Count; j++)
                {
                    MergedLayer part = node.Merged[j];
                    ParameterSpec spec = part.Node.Parameters[i];
                    _views.Add((part.Node.Id, i), isSum
                        ? layouts[i] with { Name = part.Node.Key + "." + spec.Suffix, Spec = spec, Offset = layouts[i].Offset + (j * layouts[i].PackedLength) }
                        : layouts[i].Part(part.Node.Key, spec, part.FirstOutput, i == 0 ? part.FirstInput : 0));
                }

                _packed += layouts[i].PackedLength * (isSum ? node.Merged.Count : 1);
            }

            _parameters.Add(node.Id, layouts);
        }
    }

    /// <param name="graph">The network after its rewrites.</param>
    /// <param name="declared">The network as declared, whose parameters users see.</param>
    public static Program Run(Graph graph, Graph? declared = null) => new Lowering(graph, declared ?? graph).Lower();

    public Buffer Workspace(string name, Picture shape, BufferOrder order) => new(_buffers++, name, shape, order, BufferKind.Workspace);

    public string CopyMethod() => "Copy" + (_copies++).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public LinearKernel Linear(Node node, Buffer x)
    {
        if (!_linear.TryGetValue(node.Id, out LinearKernel kernel))
        {
            var op = (LinearOp)node.Op;
            ParameterLayout[] parameters = _parameters[node.Id];
            if (x.Order == BufferOrder.ChannelsLast)
                parameters[0] = parameters[0] with { Minor = x.Shape.Pixels };
            kernel = new LinearKernel(
                node.Stem, node.Key, x.Width, op.Units, Packing.Form(op.Units, x.Width), parameters[0].Offset, op.Bias ? parameters[1].Offset : -1);
            _linear.Add(node.Id, kernel);
        }

        return kernel;
    }

    public ConvKernel Convolution(Node node)
    {
        if (!_convolutions.TryGetValue(node.Id, out ConvKernel kernel))
        {
            var op = (ConvOp)node.Op;
            ParameterLayout[] parameters = _parameters[node.Id];
            kernel = new ConvKernel(
                node.Stem, node.Key, op, Picture.Of(node.Input), Picture.Of(node.Output), ConvKernel.FormOf(op, Picture.Of(node.Input)),
                op.IsFixed ? -1 : parameters[0].Offset, parameters.Length > 1 ? parameters[1].Offset : -1)
            {
                Biases = node.SumsBiases ? node.Merged.Count : 1,
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

        var inference = new List<Step>();
        Buffer y = LowerForward(input, new LoweringContext(this, inference, tape: null))[_graph.OutputId];
        inference.Add(new CopyStep("CopyOutput", y, output));

        var forward = new List<Step>();
        var tape = new Dictionary<int, GradientRule>();
        var context = new LoweringContext(this, forward, tape);
        Dictionary<int, Buffer> values = LowerForward(input, context);
        y = values[_graph.OutputId];
        if (_graph.Loss is not null && (y.Kind != BufferKind.Workspace || !LossStep.Takes(_graph.Loss, y)))
            y = context.Flat(y);

        Buffer dy = Workspace("d" + y.Name, y.Shape, y.Order);
        var seed = new CopyStep("CopyOutputGradient", outputGradient, dy);
        LossStep? loss = _graph.Loss is null ? null : new LossStep("Loss", _graph.Loss, y, dy);
        var backward = new List<Step>();
        context = new LoweringContext(this, backward, tape: null);
        Buffer dx = LowerBackward(dy, values, tape, context);
        backward.Add(new CopyStep("CopyInputGradient", dx, inputGradient));

        var parameters = new List<ParameterLayout>();
        foreach (Node node in _declared.Nodes)
            parameters.AddRange(Enumerable.Range(0, node.Parameters.Count).Select(i => _views.TryGetValue((node.Id, i), out ParameterLayout view) ? view : _parameters[node.Id][i]));
        return new Program(
            _declared, parameters.ToEquatableArray(), _packed, inference.ToEquatableArray(), forward.ToEquatableArray(), loss, seed, backward.ToEquatableArray());
    }

    private Buffer Callers(string name, Shape shape, BufferKind kind) =>
        new(_buffers++, name, Picture.Of(shape), shape.IsFlat ? BufferOrder.Flat : BufferOrder.Planes, kind);

    private Dictionary<int, Buffer> LowerForward(Buffer input, LoweringContext context)
    {
        var values = new Dictionary<int, Buffer> { [Graph.InputId] = input };
        foreach (Node node in _graph.Nodes)
            values.Add(node.Id, context.Lower(node, [.. node.Sources.Select(source => values[source])]));
        return values;
    }

    /// <summary>The rules of the nodes, the last first. What several nodes read gets the sum of their gradients.</summary>
    /// <returns>The gradient of the network's input.</returns>
    private Buffer LowerBackward(Buffer dy, Dictionary<int, Buffer> values, Dictionary<int, GradientRule> tape, LoweringContext context)
    {
        var shapes = _graph.Nodes.ToDictionary(node => node.Id, node => node.Output);
        shapes.Add(Graph.InputId, _graph.Input);
        var gradients = new Dictionary<int, List<Buffer>> { [_graph.OutputId] = [dy] };
        ILookup<int, Node> uses = _graph.Consumers();
        var slices = new HashSet<int>(_graph.Nodes.Where(node => node.Op is SliceOp).Select(node => node.Id));
        foreach (Node node in _graph.Nodes.Reverse())
        {
            if (slices.Contains(node.Id))
                continue;
            Buffer gradient = uses[node.Id].Any(use => use.Op is SliceOp) ? Joined(node) : Sum(node.Id, node.Stem);
            IReadOnlyList<Buffer> own = tape.TryGetValue(node.Id, out GradientRule rule) ? rule(gradient, context) : [gradient];
            for (int i = 0; i < own.Count; i++)
            {
                if (!gradients.TryGetValue(node.Sources[i], out List<Buffer> summands))
                    gradients.Add(node.Sources[i], summands = []);
                summands.Add(own[i]);
            }
        }

        return Sum(Graph.InputId, "Input");

        // The gradients of slices lie side by side.
        Buffer Joined(Node node)
        {
            Buffer whole = context.Gradient(values[node.Id]);
            foreach (Node slice in uses[node.Id])
            {
                Buffer part = Sum(slice.Id, slice.Stem);
                Buffer own = values[slice.Id];
                context.Place(context.As(part, whole.Order, own.Shape), whole.Channels(((SliceOp)slice.Op).First, own.Shape.Channels));
            }

            return whole;
        }

        Buffer Sum(int value, string stem)
        {
            List<Buffer> summands = gradients[value];
            if (summands.Count == 1)
                return summands[0];
            Buffer like = summands[0];
            if (like.Order == BufferOrder.Flat && !shapes[value].IsFlat)
                like = summands.FirstOrDefault(summand => summand.Order != BufferOrder.Flat) ?? like;
            Buffer sum = context.Like("d" + stem, like);
            context.Sum(stem + "BackwardSum", [.. summands.Select(summand => context.As(summand, like.Order, like.Shape))], sum);
            return sum;
        }
    }
}
