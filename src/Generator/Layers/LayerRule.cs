using System;
using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>The rule of ops that read one value beside parameters, with their types as they are.</summary>
internal abstract class LayerRule<TOp> : OpRule, ILowered, ILoweredGradient
    where TOp : Op
{
    public sealed override Type OpType => typeof(TOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) =>
        InferShape((TOp)op, inputs[0].Shape, errors) is { } shape ? [TensorType.Of(shape)] : null;

    public sealed override EquatableArray<ParameterSpec> Parameters(Op op, Shape input) => Parameters((TOp)op, input);

    public sealed override double BorderCount(Op op, Shape input) => BorderCount((TOp)op, input);

    public sealed override long MultiplyAccumulates(Op op, Shape input, Shape output) => MultiplyAccumulates((TOp)op, input, output);

    public sealed override Arithmetic Cost(Node node, bool isTraining) => Cost((TOp)node.Op, node, isTraining);

    public sealed override Arithmetic GradientCost(Node part) => GradientCost((TOp)part.Of!.Op, part);

    public sealed override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) => Gradient((TOp)node.Op, node, gradient, builder);

    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts) => Layouts((TOp)node.Op, node, layouts);

    public IEnumerable<NodeLayouts> GradientLayouts(Node node, Layouts layouts) => GradientLayouts((TOp)node.Of!.Op, node, layouts);

    public void Lower(Node node, LoweringContext context) => Lower((TOp)node.Op, node, context);

    public void LowerGradient(Node node, LoweringContext context) => LowerGradient((TOp)node.Of!.Op, node, context);

    /// <summary>The output's shape; null after an error was reported.</summary>
    protected virtual Shape? InferShape(TOp op, Shape input, ErrorSink errors) => input;

    protected virtual EquatableArray<ParameterSpec> Parameters(TOp op, Shape input) => default;

    protected virtual double BorderCount(TOp op, Shape input) => 0;

    protected virtual long MultiplyAccumulates(TOp op, Shape input, Shape output) => 0;

    protected virtual Arithmetic Cost(TOp op, Node node, bool isTraining) => base.Cost(node, isTraining);

    protected virtual Arithmetic GradientCost(TOp op, Node part) => base.GradientCost(part);

    // What follows is needed where a layer has a kernel; one that is only a composition has none of it.

    protected virtual IReadOnlyList<Value?> Gradient(TOp op, Node node, Value gradient, GradientBuilder builder) => throw NoKernel(op);

    /// <summary>The ways to compute a node; the first follows from how its input lies.</summary>
    protected virtual IEnumerable<NodeLayouts> Layouts(TOp op, Node node, Layouts layouts) => throw NoKernel(op);

    /// <summary>The ways to compute a part of a layer's gradient; the layer is <c>node.Of</c>.</summary>
    protected virtual IEnumerable<NodeLayouts> GradientLayouts(TOp op, Node node, Layouts layouts) => throw NoKernel(op);

    /// <summary>Appends the steps of a node.</summary>
    protected virtual void Lower(TOp op, Node node, LoweringContext context) => throw NoKernel(op);

    /// <summary>Appends the steps of a part of a layer's gradient.</summary>
    protected virtual void LowerGradient(TOp op, Node node, LoweringContext context) => throw NoKernel(op);

    private static CompilerException NoKernel(TOp op) => new(nameof(Lowering), $"{op.Kind} has no kernel");
}

/// <summary>The parts of layers' gradients: what they are is in the layers' rules.</summary>
internal sealed class GradientRule : OpRule, ILowered
{
    public override Type OpType => typeof(GradientOp);

    public override IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors) => [((GradientOp)op).Type, .. ((GradientOp)op).Others];

    public override Arithmetic Cost(Node node, bool isTraining) => Of(node.Of!.Op).GradientCost(node);

    public override bool IsView(Op op, bool isTraining) => Of(((GradientOp)op).Of).IsView(((GradientOp)op).Of, isTraining);

    public override IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder) => throw new CompilerException(nameof(Differentiation), $"{node.Op.Display} has no gradient");

    public IEnumerable<NodeLayouts> Layouts(Node node, Layouts layouts) => Layer(node).GradientLayouts(node, layouts);

    public void Lower(Node node, LoweringContext context) => Layer(node).LowerGradient(node, context);

    private static ILoweredGradient Layer(Node node) => (ILoweredGradient)Of(node.Of!.Op);
}
