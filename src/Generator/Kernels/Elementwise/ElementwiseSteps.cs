using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>Y = f(X).</summary>
internal sealed record ActivationForwardStep : Step
{
    public ActivationForwardStep(string method, ActivationOp activation, Buffer x, Buffer y)
        : base(method, Operand.Read("x", x, BufferNeed.Picture), Operand.Write("y", y, BufferNeed.Picture)) => Activation = activation;

    public ActivationOp Activation { get; }

    public Buffer X => this["x"];

    public Buffer Y => this["y"];

    public override object Variant => Activation.Code;

    public override Nest ToNest() => ElementwiseSchedule.Of(this);
}

/// <summary>dX = dY f'(Saved); Saved is the function's input or output.</summary>
internal sealed record ActivationBackwardStep : Step
{
    public ActivationBackwardStep(string method, ActivationOp activation, Buffer dy, Buffer saved, Buffer dx)
        : base(method, Operand.Read("dy", dy, BufferNeed.Picture), Operand.Read("saved", saved, BufferNeed.Picture), Operand.Write("dx", dx, BufferNeed.Picture)) => Activation = activation;

    public ActivationOp Activation { get; }

    public Buffer DY => this["dy"];

    public Buffer Saved => this["saved"];

    public Buffer DX => this["dx"];

    public override object Variant => Activation.Code;

    public override Nest ToNest() => ElementwiseSchedule.Of(this);
}

/// <summary>Y = the sum of the Xs, from the first to the last.</summary>
internal sealed record SumStep : Step
{
    public SumStep(string method, IEnumerable<Buffer> xs, Buffer y)
        : base(method, [.. xs.Select((x, i) => Operand.Read("x" + i.ToString(CultureInfo.InvariantCulture), x, BufferNeed.Picture)), Operand.Write("y", y, BufferNeed.Picture)])
    {
    }

    public IReadOnlyList<Buffer> Xs => Reads;

    public Buffer Y => this["y"];

    public override object Variant => Xs.Count;

    public override Nest ToNest() => ElementwiseSchedule.Of(this);
}

/// <summary>Mask = 0 or 1/(1−p) by the counter-based generator (1 in evaluation), Y = Mask X.</summary>
internal sealed record DropoutForwardStep : Step
{
    public DropoutForwardStep(string method, int layer, double p, Buffer x, Buffer mask, Buffer y)
        : base(
            method, Operand.Read("x", x, BufferNeed.Picture), Operand.Write("mask", mask, BufferNeed.Picture), Operand.Write("y", y, BufferNeed.Picture),
            Operand.Scalar("ulong", "seed"), Operand.Scalar("long", "step"), Operand.Scalar("long", "firstSample"), Operand.Scalar("bool", "isTraining"))
    {
        Layer = layer;
        P = p;
    }

    public int Layer { get; }

    public double P { get; }

    public Buffer X => this["x"];

    public Buffer Mask => this["mask"];

    public Buffer Y => this["y"];

    public override object Variant => (Layer, P);

    /// <summary>A picture's mask, drawn in PyTorch's order before it goes to its places.</summary>
    public override long Scratch => ElementwiseSchedule.Scratch(this);

    public override Nest ToNest() => ElementwiseSchedule.Of(this);
}

/// <summary>dX = Mask dY.</summary>
internal sealed record DropoutBackwardStep : Step
{
    public DropoutBackwardStep(string method, Buffer dy, Buffer mask, Buffer dx)
        : base(method, Operand.Read("dy", dy, BufferNeed.Picture), Operand.Read("mask", mask, BufferNeed.Picture), Operand.Write("dx", dx, BufferNeed.Picture))
    {
    }

    public Buffer DY => this["dy"];

    public Buffer Mask => this["mask"];

    public Buffer DX => this["dx"];

    public override Nest ToNest() => ElementwiseSchedule.Of(this);
}
