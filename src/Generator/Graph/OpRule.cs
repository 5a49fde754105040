using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>
/// What the graph knows of an op beside its options: the types of its results, its parameters, its cost and its gradient. One class an op; that it exists is
/// enough to be found.
/// </summary>
internal abstract class OpRule
{
    private static readonly Lazy<Dictionary<Type, OpRule>> s_rules = new(() => typeof(OpRule).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && typeof(OpRule).IsAssignableFrom(type))
        .Select(type => (OpRule)Activator.CreateInstance(type))
        .ToDictionary(rule => rule.OpType));

    /// <summary>The type of the ops that it is the rule of.</summary>
    public abstract Type OpType { get; }

    public static OpRule Of(Op op) => s_rules.Value[op.GetType()];

    /// <summary>The types of the outputs; null after an error was reported.</summary>
    /// <param name="op">The op.</param>
    /// <param name="inputs">The types of the inputs; those of a layer's parameters, which follow from the others, may be left out.</param>
    /// <param name="errors">Where mistakes of the user are reported.</param>
    public abstract IReadOnlyList<TensorType>? Infer(Op op, IReadOnlyList<TensorType> inputs, ErrorSink errors);

    /// <summary>The parameters of a layer that reads <paramref name="input"/>, in the order of its inputs.</summary>
    public virtual EquatableArray<ParameterSpec> Parameters(Op op, Shape input) => default;

    /// <summary>Floats of the border that the layer needs around its input.</summary>
    public virtual double BorderCount(Op op, Shape input) => 0;

    /// <summary>
    /// Adds what computes the gradients of a node's inputs to a graph.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="gradient">The gradient of its result.</param>
    /// <param name="builder">Where nodes are added.</param>
    /// <returns>A gradient, or null, for each input.</returns>
    public abstract IReadOnlyList<Value?> Gradient(Node node, Value gradient, GradientBuilder builder);

    /// <summary>Whether the op is a composition of others: <see cref="Expand"/> says which.</summary>
    public virtual bool IsComposition => false;

    /// <summary>Whether a composition has a kernel of its own all the same.</summary>
    public virtual bool HasKernel => false;

    /// <summary>Adds what makes the state of the next training step, where the op, which has a kernel, has state.</summary>
    /// <param name="node">The node.</param>
    /// <param name="patch">Where nodes are added.</param>
    public virtual void Update(Node node, GraphPatch patch)
    {
    }

    /// <summary>Adds what a node of a composition is made of.</summary>
    /// <param name="node">The node.</param>
    /// <param name="patch">Where nodes are added.</param>
    /// <param name="isTraining">Whether the graph is trained; otherwise it is evaluated.</param>
    /// <returns>What becomes of the node's result.</returns>
    public virtual Value Expand(Node node, GraphPatch patch, bool isTraining) => throw new CompilerException(nameof(Expand), $"{node.Op.Kind} is no composition");

    /// <summary>The fewest samples that a node can be trained on.</summary>
    public virtual int LeastTrainingBatch(Node node) => 1;

    /// <summary>Multiply-accumulates of one sample's forward pass.</summary>
    public virtual long MultiplyAccumulates(Op op, Shape input, Shape output) => 0;

    /// <summary>What a node computes for one sample; what it computes once for a whole batch is not counted.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isTraining">Whether in training, where some layers do more than in evaluation.</param>
    public virtual Arithmetic Cost(Node node, bool isTraining) => Arithmetic.OfProducts(MultiplyAccumulates(node.Op, node.Input, node.Output));

    /// <summary>The same of a part of a layer's gradient: the gradients of a layer's input and weight have its products, that of its bias has sums.</summary>
    /// <param name="part">A node whose op is a <see cref="GradientOp"/>; the layer is <c>part.Of</c>.</param>
    public virtual Arithmetic GradientCost(Node part)
    {
        Node layer = part.Of!;
        return ((GradientOp)part.Op).Input < 2 ? Arithmetic.OfProducts(MultiplyAccumulates(layer.Op, layer.Input, layer.Output)) : Arithmetic.Of(0, layer.Output.ElementCount);
    }

    /// <summary>Whether the result is what is read, seen otherwise, so that nothing moves.</summary>
    public virtual bool IsView(Op op, bool isTraining) => false;
}
