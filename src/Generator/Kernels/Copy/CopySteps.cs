using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler;

/// <summary>Copies samples between any two layouts; padding becomes zero. A flat buffer stands for planes that touch each other.</summary>
internal sealed record CopyStep : Step
{
    public CopyStep(string method, Buffer from, Buffer to)
        : base(method, Operand.Read("from", from, NeedOf(from)), Operand.Write("to", to, NeedOf(to)))
    {
    }

    public Buffer From => this["from"];

    public Buffer To => this["to"];

    public override bool Fits => From.Width == To.Width && (From.Shape == To.Shape || From.Order == BufferOrder.Flat || To.Order == BufferOrder.Flat);

    private static BufferNeed NeedOf(Buffer buffer) => buffer.Order == BufferOrder.Flat ? BufferNeed.Elements : BufferNeed.Picture with { IsPadded = false };

    public override Nest ToNest() => CopySchedule.Of(this);
}

/// <summary>Zeroes all of a buffer but the picture.</summary>
internal sealed record ClearBorderStep : Step
{
    public ClearBorderStep(string method, Buffer buffer)
        : base(method, Operand.Write("picture", buffer, BufferNeed.Picture))
    {
    }

    public Buffer Buffer => this["picture"];

    public override bool Fits => true;

    public override Nest ToNest() => CopySchedule.Of(this);
}
