using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>The loss and its gradient with respect to the output; the target is the caller's.</summary>
internal sealed record LossStep : Step
{
    public LossStep(string method, LossOp loss, Buffer y, Buffer dy)
        : base(method, Operand.Read("y", y, BufferNeed.Rows with { IsOwn = true }), Operand.Write("dy", dy, BufferNeed.Rows), Operand.Target(loss.TakesClassNumbers ? "int" : "float")) => Loss = loss;

    public LossOp Loss { get; }

    public Buffer Y => this["y"];

    public Buffer DY => this["dy"];

    public override object Variant => Loss;

    /// <summary>Whether a loss takes its prediction as it lies: rows of features, or a sum over elements of pixels whose channels fill their vectors.</summary>
    public static bool Takes(LossOp loss, Layout y) =>
        y.Order == BufferOrder.Flat || (loss is ElementwiseLossOp && y.Order == BufferOrder.ChannelsLast && y.Shape.Channels % Packing.Panel == 0);

    public override Nest ToNest() => RowSchedule.Of(this);
}
