using System;
using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>The initialisers, in the order of the runtime's <c>NetGen.Init</c>.</summary>
internal enum InitKind { Default, KaimingUniform, KaimingNormal, XavierUniform, XavierNormal, Normal, Uniform, Constant }

/// <summary>An initialiser and its parameter; NaN: the initialiser's own default.</summary>
internal sealed record Initializer(InitKind Kind, double Scale)
{
    public static readonly Initializer Default = new(InitKind.Default, double.NaN);
}

/// <summary>A parameter in PyTorch's shape, with what its initialiser needs.</summary>
internal sealed record ParameterSpec(string Suffix, EquatableArray<int> Shape, Initializer Initializer, int FanIn, int FanOut)
{
    public long Count
    {
        get
        {
            long count = 1;
            foreach (int size in Shape)
                count *= size;
            return count;
        }
    }
}

/// <summary>
/// A layer: what it checks, its shape rule, its parameters and its cost. One file an op.
/// </summary>
/// <param name="Name">The user's name; null where there is none.</param>
internal abstract record LayerOp(string? Name)
{
    /// <summary>The attribute's name as the user writes it: <c>Linear</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The layer as the summary shows it: <c>Linear(128)</c>.</summary>
    public virtual string Display => Kind;

    /// <summary>Checks the options that do not depend on the input's shape.</summary>
    public virtual void CheckOptions(ErrorSink errors)
    {
    }

    /// <summary>The output's shape; null after an error was reported.</summary>
    public virtual Shape? InferShape(Shape input, ErrorSink errors) => input;

    /// <summary>Floats of the border that the layer needs around its input.</summary>
    public virtual double BorderCount(Shape input) => 0;

    /// <summary>The layer's trainable parameters.</summary>
    public virtual EquatableArray<ParameterSpec> Parameters(Shape input) => default;

    /// <summary>
    /// Appends the layer's forward steps and keeps its gradient rule.
    /// </summary>
    /// <returns>The buffer of the output.</returns>
    public virtual Buffer Lower(Node node, Buffer x, LoweringContext context) => throw new InvalidOperationException($"{Kind} does not read a single value.");

    /// <summary>The same of an op with several inputs.</summary>
    public virtual Buffer Lower(Node node, IReadOnlyList<Buffer> inputs, LoweringContext context) => Lower(node, inputs[0], context);

    /// <summary>What it computes: layers of equal functions differ in names and initial values at most.</summary>
    public virtual LayerOp Essence => this with { Name = null };

    /// <summary>Multiply-accumulates of one sample's forward pass.</summary>
    public virtual long MultiplyAccumulates(Shape input, Shape output) => 0;

    /// <summary>
    /// Additions of one sample's forward pass: one a product, because a sum of products starts from the bias, or from zero. Those inside activations and pools are not counted.
    /// </summary>
    public virtual long Additions(EquatableArray<Shape> inputs, Shape output) => MultiplyAccumulates(inputs[0], output);

    /// <summary>Evaluations of an activation function in one sample's forward pass.</summary>
    public virtual long ActivationEvaluations(Shape output) => 0;
}

/// <summary>A loss: what it takes as a target, and what it checks.</summary>
internal abstract record LossOp
{
    /// <summary>The attribute's name as the user writes it: <c>MSELoss</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether the target is a class number a sample instead of a value an output.</summary>
    public virtual bool TakesClassNumbers => false;

    public virtual void CheckOptions(ErrorSink errors)
    {
    }

    public virtual void CheckShape(Shape output, ErrorSink errors)
    {
    }
}
