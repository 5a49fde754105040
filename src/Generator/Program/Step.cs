using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler;

/// <summary>
/// One kernel call. Buffers are in single-assignment form: each is written by one step, and later steps read it. What a step reads and writes, its method's
/// parameters and what its code depends on fall out of its operands; what a kind of steps knows beside them is in its file in <c>Kernels</c>.
/// </summary>
/// <param name="Method">The generated method's name; equal names are the same method.</param>
/// <param name="Operands">What it works on, in the order of the method's parameters.</param>
internal abstract record Step(string Method, OperandList Operands)
{
    protected Step(string method, params Operand[] operands)
        : this(method, new OperandList(operands))
    {
    }

    /// <summary>The buffers it reads.</summary>
    public IReadOnlyList<Buffer> Reads => Operands.Reads;

    /// <summary>The buffers it writes.</summary>
    public IReadOnlyList<Buffer> Writes => Operands.Writes;

    /// <summary>The parameters, state, or gradients of parameters, by their names in the method.</summary>
    public IEnumerable<Operand> Parameters => Operands.Where(operand => operand.Role is OperandRole.Parameter or OperandRole.ParameterGradient or OperandRole.State);

    /// <summary>Floats of scratch that it needs while it runs.</summary>
    public virtual long Scratch => 0;

    /// <summary>What the method's code depends on besides the buffers' layouts; equal methods have equal kernels.</summary>
    public virtual object? Variant => null;

    /// <summary>Whether the shapes and orders of its operands fit each other: by default all buffers are alike.</summary>
    public virtual bool Fits => Reads.Concat(Writes).All(buffer => buffer.IsLike(Reads[0]));

    /// <summary>Products of a sample that it sums, whatever lies in lanes of padding and in borders.</summary>
    public virtual long MultiplyAccumulates => 0;

    /// <summary>The keys of the layers that it computes, in their order.</summary>
    public EquatableArray<string> Layers { get; init; }

    /// <summary>Its kernel's loops.</summary>
    public abstract Nest ToNest();

    /// <summary>The name of the method before it was shared with others of equal shape.</summary>
    public string? Own { get; init; }

    /// <summary>Whether a sample's result depends on the others of its batch, or on how many they are.</summary>
    public virtual bool MixesSamples => false;

    /// <summary>Whether its result serves the input's gradient alone, so that it runs only when that is asked for.</summary>
    public bool OnlyForInputGradient { get; init; }

    /// <summary>What it asks of one of its buffers.</summary>
    public BufferNeed Need(Buffer buffer) => Operands.Where(operand => operand.Buffer == buffer).Select(operand => operand.Need!).Aggregate((a, b) => a.And(b));

    /// <summary>All that the method's code depends on; steps with equal signatures share one method.</summary>
    public object Signature() => (GetType(), Variant, string.Join(" ", Reads.Concat(Writes).Select(b => $"{b.Shape} {b.Order} {b.Border} {b.IsPadded} {b.PixelStride} {b.RowStride} {b.Stride}")));

    /// <summary>The same step on other buffers.</summary>
    public Step Replace(Buffer from, Buffer to) => this with { Operands = Operands.Replace(from, to) };

    /// <summary>The same step, which another one has become a part of.</summary>
    public Step With(Step part) => this with { Layers = Layers.Union(part.Layers).ToEquatableArray() };

    /// <summary>The buffer of an operand.</summary>
    protected Buffer this[string name] => Operands.Find(name)!.Buffer!;
}
