using System;
using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>The rule of ops that read one value beside parameters, with their types as they are.</summary>
internal abstract class LayerRule<TOp> : OpRule, ILowered
    where TOp : Op
{
    public sealed override Type OpType => typeof(TOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        InferShape((TOp)op, inputs[0].Shape, errors) is { } shape ? [TensorType.Of(shape)] : null;

    public sealed override EquatableArray<ParameterSpec> Parameters(Op op, Shape input) => Parameters((TOp)op, input);

    public sealed override double BorderCount(Op op, Shape input) => BorderCount((TOp)op, input);

    public sealed override long MultiplyAccumulates(Op op, Shape input, Shape output) => MultiplyAccumulates((TOp)op, input, output);

    public sealed override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) => Gradient((TOp)node.Op, node, gradient, builder);

    public Buffer? Lower(Node node, LoweringContext context) => Lower((TOp)node.Op, node, context[node.Inputs[0]], context);

    public Buffer? LowerGradient(Node node, LoweringContext context) => LowerGradient((TOp)node.Of!.Op, node, context[node.Inputs[0]], context);

    /// <summary>The output's shape; null after an error was reported.</summary>
    protected virtual Shape? InferShape(TOp op, Shape input, ErrorSink errors) => input;

    protected virtual EquatableArray<ParameterSpec> Parameters(TOp op, Shape input) => default;

    protected virtual double BorderCount(TOp op, Shape input) => 0;

    protected virtual long MultiplyAccumulates(TOp op, Shape input, Shape output) => 0;

    protected abstract IReadOnlyList<Value?> Gradient(TOp op, Node node, Value gradient, GradientBuilder builder);

    /// <summary>Appends the steps of a node.</summary>
    /// <returns>The buffer of its result.</returns>
    protected abstract Buffer Lower(TOp op, Node node, Buffer x, LoweringContext context);

    /// <summary>Appends the steps of a part of a layer's gradient; its values lie like the layer's, <c>node.Of</c>.</summary>
    /// <returns>The buffer of the result; null of a parameter's gradient, which is the caller's.</returns>
    protected virtual Buffer? LowerGradient(TOp op, Node node, Buffer dy, LoweringContext context) => throw new CompilerException(nameof(Lowering), $"{op.Kind} has no gradient of its own");
}

/// <summary>The parts of layers' gradients: what they are is in the layers' rules.</summary>
internal sealed class GradientRule : OpRule, ILowered
{
    public override Type OpType => typeof(GradientOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) => [((GradientOp)op).Type, .. ((GradientOp)op).Others];

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) => throw new CompilerException(nameof(Differentiation), $"{node.Op.Display} has no gradient");

    public Buffer? Lower(Node node, LoweringContext context) => ((ILowered)Of(node.Of!.Op)).LowerGradient(node, context);

    public Buffer? LowerGradient(Node node, LoweringContext context) => throw new CompilerException(nameof(Lowering), $"{node.Op.Display} has no gradient");
}
