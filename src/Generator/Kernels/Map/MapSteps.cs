using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>An operand of a map or a reduction: its elements lie wherever they are, a stride an axis.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Operand">The buffer or the parameter.</param>
internal sealed record MapOperand(TensorType Type, Operand Operand)
{
    /// <summary>What is asked of a buffer that is read.</summary>
    public static readonly BufferNeed Read = BufferNeed.Picture with { IsPadded = false };

    /// <summary>What is asked of the result's: the padding around it is cleared, so nothing else may lie there.</summary>
    public static readonly BufferNeed Written = BufferNeed.Picture with { TakesParts = false };

    /// <summary>What the code depends on beside the buffer's layout.</summary>
    public object Code => (Type, Operand.Role);

    public static BufferNeed Reads(TensorType type) => Read with { IsShared = !type.IsPerSample };

    public static BufferNeed Writes(TensorType type) => Written with { IsShared = !type.IsPerSample };

    /// <summary>Floats from one element to the next along an axis; 0 where it does not have it. <c>N</c> is the batch.</summary>
    public int Stride(string axis, Buffer? buffer)
    {
        if (axis == TensorType.Batch)
            return Type.IsPerSample && buffer is not null ? buffer.Stride : 0;
        int place = Type.Axes.ToList().FindIndex(own => own.Name == axis);
        if (place < 0)
            return 0;
        if (buffer is { Order: not BufferOrder.Flat } && place == 0)
            return buffer.ChannelStride;
        if (buffer is { Order: not BufferOrder.Flat } && Type.Axes.Count == 3 && place == 1)
            return buffer.RowStride;
        return Type.Axes.Skip(place + 1).Aggregate(buffer is null || buffer.Order == BufferOrder.Flat ? 1 : buffer.PixelStride, (stride, inner) => stride * inner.Size);
    }
}

/// <summary>Y = an expression of each element.</summary>
internal sealed record MapStep : Step
{
    public MapStep(string method, Expression expression, IReadOnlyList<MapOperand> inputs, MapOperand output)
        : base(method, [.. inputs.Select(input => input.Operand), output.Operand])
    {
        Expression = expression;
        Inputs = inputs.ToEquatableArray();
        Output = output;
    }

    public Expression Expression { get; }

    /// <summary>The operands as the step was made; where they lie now is in <see cref="Step.Operands"/>.</summary>
    public EquatableArray<MapOperand> Inputs { get; }

    /// <inheritdoc cref="Inputs"/>
    public MapOperand Output { get; }

    /// <summary>A mean over the batch divides by its size.</summary>
    public override bool MixesSamples => Expression.Text(ExpressionStyle.Plain with { Samples = "#" }).IndexOf('#') >= 0;

    public override object Variant => (Expression, Inputs.Select(input => input.Code).ToEquatableArray(), Output.Code);

    public override bool Fits => Inputs.Append(Output).All(operand => Operands.Find(operand.Operand.Name)!.Buffer is not { } buffer || buffer.Width == operand.Type.Shape.ElementCount);

    public override Nest ToNest() => MapSchedule.Of(this);
}

/// <summary>Y = the sum or the mean over some axes, in the order of the axes, the batch outermost.</summary>
internal sealed record ReduceStep : Step
{
    public ReduceStep(string method, ReduceOp reduce, MapOperand input, MapOperand output)
        : base(method, input.Operand, output.Operand)
    {
        Reduce = reduce;
        Input = input;
        Output = output;
    }

    public ReduceOp Reduce { get; }

    public MapOperand Input { get; }

    public MapOperand Output { get; }

    public override object Variant => (Reduce, Input.Code, Output.Code);

    public override bool Fits => new[] { Input, Output }.All(operand => Operands.Find(operand.Operand.Name)!.Buffer is not { } buffer || buffer.Width == operand.Type.Shape.ElementCount);

    public override Nest ToNest() => MapSchedule.Of(this);
}
