using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler;

/// <summary>Y = X correlated with a filter of constants; planes only.</summary>
internal sealed record FixedConvStep : Step
{
    public FixedConvStep(string method, FixedFilter filter, Buffer x, Buffer y)
        : base(method, Operand.Read("x", x, BufferNeed.Picture with { Border = filter.Reach }), Operand.Write("y", y, BufferNeed.Picture)) => Filter = filter;

    public FixedFilter Filter { get; }

    public Buffer X => this["x"];

    public Buffer Y => this["y"];

    public override object Variant => Filter with { Label = "" };

    public override long MultiplyAccumulates => Filter.Phases.Sum(phase => (long)phase.Taps.Count * phase.Rows.Count * phase.Columns.Count);

    public override bool Fits => X.Shape == Filter.Input && Y.Shape == Filter.Output && X.Order == BufferOrder.Planes && Y.Order == BufferOrder.Planes;

    public override Nest ToNest() => FixedFilterSchedule.Of(this);
}
