using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler;

/// <summary>Y = the maximum or mean of each window of X, ReLU of it where that is fused; Index keeps where each maximum was, for the gradient.</summary>
internal sealed record PoolForwardStep : Step
{
    public PoolForwardStep(string method, PoolKernel pool, Buffer x, Buffer y, Buffer? index)
        : base(method, [Operand.Read("x", x, BufferNeed.Picture), Operand.Write("y", y, BufferNeed.Picture), .. index is null ? new Operand[0] : [Operand.Keep("index", index, BufferNeed.Picture)]]) => Pool = pool;

    public PoolKernel Pool { get; }

    public bool HasReLU { get; private init; }

    public Buffer X => this["x"];

    public Buffer Y => this["y"];

    public Buffer? Index => Operands.Find("index")?.Buffer;

    public override object Variant => (Pool.Code, HasReLU, Index is null);

    public override bool Fits => X.Shape == Pool.Input && Y.Shape == Pool.Output && X.Order == Y.Order && (Index is null || Index.IsLike(Y));

    /// <summary>The same with a ReLU in its store.</summary>
    public PoolForwardStep WithReLU(Buffer result) => this with { HasReLU = true, Operands = Operands.Set("y", result) };

    public override Nest ToNest() => PoolSchedule.Of(this);
}

/// <summary>dX = dY where its maximum was, or its share of the mean.</summary>
internal sealed record PoolBackwardStep : Step
{
    public PoolBackwardStep(string method, PoolKernel pool, Buffer dy, Buffer? index, Buffer dx)
        : base(method, [Operand.Read("dy", dy, BufferNeed.Picture), .. index is null ? new Operand[0] : [Operand.Read("index", index, BufferNeed.Picture)], Operand.Write("dx", dx, BufferNeed.Picture)]) => Pool = pool;

    public PoolKernel Pool { get; }

    public Buffer DY => this["dy"];

    public Buffer? Index => Operands.Find("index")?.Buffer;

    public Buffer DX => this["dx"];

    public override object Variant => Pool.Code;

    public override bool Fits => DY.Shape == Pool.Output && DX.Shape == Pool.Input && DX.Order == DY.Order && (Index is null || Index.IsLike(DY));

    /// <summary>The same of another gradient.</summary>
    public PoolBackwardStep Of(Buffer dy) => this with { Operands = Operands.Set("dy", dy) };

    public override Nest ToNest() => PoolSchedule.Of(this);
}
