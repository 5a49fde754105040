using System;
using System.Collections.Generic;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>From the gradient of a layer's output to the gradient of its input.</summary>
internal delegate Buffer GradientRule(Buffer outputGradient, List<Step> backward);

/// <summary>What an op needs to append its steps.</summary>
internal sealed class LoweringContext(List<Step> steps, Stack<GradientRule>? tape, Func<string, int, Buffer> workspace, Func<Node, LinearKernel> linear)
{
    /// <summary>The forward steps so far.</summary>
    public List<Step> Steps { get; } = steps;

    /// <summary>Whether this is the training pass; otherwise nothing is kept for gradients.</summary>
    public bool IsTraining => tape is not null;

    /// <summary>A new buffer of the workspace.</summary>
    public Buffer Workspace(string name, int width) => workspace(name, width);

    /// <summary>The gradient buffer of <paramref name="buffer"/>.</summary>
    public Buffer Gradient(Buffer buffer) => workspace("d" + buffer.Name, buffer.Width);

    /// <summary>The kernel of a linear layer.</summary>
    public LinearKernel Linear(Node node) => linear(node);

    /// <summary>Keeps the layer's gradient rule for the backward half.</summary>
    public void Differentiate(GradientRule rule) => tape?.Push(rule);
}

/// <summary>Graph to program, a step an op; the backward half comes from each op's gradient rule.</summary>
internal sealed class Lowering
{
    private readonly Graph _graph;
    private readonly List<ParameterLayout> _parameters = [];
    private readonly Dictionary<Node, LinearKernel> _linear = [];
    private int _buffers;

    private Lowering(Graph graph)
    {
        _graph = graph;
        int offset = 0;
        foreach (Node node in graph.Nodes)
        {
            int first = _parameters.Count;
            foreach (ParameterSpec parameter in node.Parameters)
            {
                ParameterLayout layout = Packing.Layout(node.Key + "." + parameter.Suffix, parameter, offset);
                _parameters.Add(layout);
                offset += layout.PackedLength;
            }

            if (node.Op is LinearOp linear)
            {
                int inputs = node.Input.Sizes[0];
                _linear.Add(node, new LinearKernel(
                    node.Stem, node.Key, inputs, linear.Units, Packing.Form(linear.Units, inputs),
                    _parameters[first].Offset, linear.Bias ? _parameters[first + 1].Offset : -1));
            }
        }
    }

    public static Program Run(Graph graph) => new Lowering(graph).Lower();

    private Program Lower()
    {
        int inputWidth = (int)_graph.Input.ElementCount;
        int outputWidth = (int)_graph.Output.ElementCount;
        var input = new Buffer(_buffers++, "input", inputWidth, inputWidth, BufferKind.Input);
        var output = new Buffer(_buffers++, "output", outputWidth, outputWidth, BufferKind.Output);
        var outputGradient = new Buffer(_buffers++, "outputGradient", outputWidth, outputWidth, BufferKind.OutputGradient);
        var inputGradient = new Buffer(_buffers++, "inputGradient", inputWidth, inputWidth, BufferKind.InputGradient);

        var inference = new List<Step>();
        Buffer y = LowerForward(input, inference, tape: null);
        inference.Add(new CopyStep("CopyOutput", y, output));

        var forward = new List<Step>();
        var tape = new Stack<GradientRule>();
        y = LowerForward(input, forward, tape);

        Buffer dy = Workspace("d" + y.Name, outputWidth);
        var seed = new CopyStep("CopyOutputGradient", outputGradient, dy);
        LossStep? loss = _graph.Loss is null ? null : new LossStep("Loss", _graph.Loss, y, dy);
        var backward = new List<Step>();
        while (tape.Count > 0)
            dy = tape.Pop()(dy, backward);
        backward.Add(new CopyStep("CopyInputGradient", dy, inputGradient));

        return new Program(
            _graph, _parameters.ToEquatableArray(), inference.ToEquatableArray(), forward.ToEquatableArray(), loss, seed, backward.ToEquatableArray());
    }

    private Buffer LowerForward(Buffer input, List<Step> steps, Stack<GradientRule>? tape)
    {
        Buffer y = input;
        if (!CanReadInPlace(input))
        {
            y = Workspace("rows", input.Width);
            steps.Add(new CopyStep("CopyInput", input, y));
        }

        var context = new LoweringContext(steps, tape, Workspace, node => _linear[node]);
        foreach (Node node in _graph.Nodes)
            y = node.Op.Lower(node, y, context);
        return y;
    }

    /// <summary>
    /// Whether the first step reads the caller's rows as they are: kernels that broadcast single elements do,
    /// those that load whole vectors need padded rows.
    /// </summary>
    private bool CanReadInPlace(Buffer input)
    {
        foreach (Node node in _graph.Nodes)
        {
            if (node.Op is LinearOp)
                return _linear[node].Form != LinearForm.Narrow || input.IsPadded;
            if (node.Op is not FlattenOp)
                return false;
        }

        return false;
    }

    private Buffer Workspace(string name, int width) => new(_buffers++, name, width, Packing.Pad(width), BufferKind.Workspace);
}
