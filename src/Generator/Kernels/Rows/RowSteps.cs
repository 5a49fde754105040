using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler;

/// <summary>Y = softmax(X) over the features of a row or the channels of a pixel.</summary>
internal sealed record SoftmaxForwardStep : Step
{
    public SoftmaxForwardStep(string method, Buffer x, Buffer y)
        : base(method, Operand.Read("x", x, BufferNeed.Rows), Operand.Write("y", y, BufferNeed.Rows))
    {
    }

    public Buffer X => this["x"];

    public Buffer Y => this["y"];

    public override Nest ToNest() => RowSchedule.Of(this);
}

/// <summary>dX = Y (dY − Σ dY Y), as far as the softmax reaches.</summary>
internal sealed record SoftmaxBackwardStep : Step
{
    public SoftmaxBackwardStep(string method, Buffer dy, Buffer y, Buffer dx)
        : base(method, Operand.Read("dy", dy, BufferNeed.Rows), Operand.Read("y", y, BufferNeed.Rows), Operand.Write("dx", dx, BufferNeed.Rows))
    {
    }

    public Buffer DY => this["dy"];

    public Buffer Y => this["y"];

    public Buffer DX => this["dx"];

    public override Nest ToNest() => RowSchedule.Of(this);
}

/// <summary>Y = (1/β) log Σ e^(βX) over each row.</summary>
internal sealed record LogSumExpForwardStep : Step
{
    public LogSumExpForwardStep(string method, double beta, Buffer x, Buffer y)
        : base(method, Operand.Read("x", x, BufferNeed.Rows), Operand.Write("y", y, BufferNeed.Rows)) => Beta = beta;

    public double Beta { get; }

    public Buffer X => this["x"];

    public Buffer Y => this["y"];

    public override object Variant => Beta;

    public override bool Fits => Y.Width == 1;

    public override Nest ToNest() => RowSchedule.Of(this);
}

/// <summary>dX = dY softmax(βX) over each row.</summary>
internal sealed record LogSumExpBackwardStep : Step
{
    public LogSumExpBackwardStep(string method, double beta, Buffer dy, Buffer x, Buffer dx)
        : base(method, Operand.Read("dy", dy, BufferNeed.Rows), Operand.Read("x", x, BufferNeed.Rows), Operand.Write("dx", dx, BufferNeed.Rows)) => Beta = beta;

    public double Beta { get; }

    public Buffer DY => this["dy"];

    public Buffer X => this["x"];

    public Buffer DX => this["dx"];

    public override object Variant => Beta;

    public override bool Fits => DY.Width == 1 && X.IsLike(DX);

    public override Nest ToNest() => RowSchedule.Of(this);
}
