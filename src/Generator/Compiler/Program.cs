using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>Whose memory a buffer is.</summary>
internal enum BufferKind
{
    /// <summary>A part of the workspace, placed by the memory plan.</summary>
    Workspace,

    /// <summary>The caller's input span.</summary>
    Input,

    /// <summary>The caller's output span.</summary>
    Output,

    /// <summary>The caller's gradient of the output.</summary>
    OutputGradient,

    /// <summary>The caller's span for the input's gradient.</summary>
    InputGradient,
}

/// <summary>A matrix of activations or their gradients: one row a sample, <paramref name="Width"/> floats at a distance of <paramref name="Stride"/>.</summary>
internal sealed record Buffer(int Id, string Name, int Width, int Stride, BufferKind Kind)
{
    /// <summary>Whether kernels may read and write in whole vectors up to the next multiple of 16 floats of all rows.</summary>
    public bool IsPadded => Kind == BufferKind.Workspace || Width % Packing.Panel == 0;
}

/// <summary>
/// One kernel call. Buffers are in single-assignment form: each is written by one step, and later steps read it.
/// </summary>
/// <param name="Method">The generated method's name; equal names are the same method.</param>
internal abstract record Step(string Method)
{
    /// <summary>The buffers it reads.</summary>
    public abstract IEnumerable<Buffer> Reads { get; }

    /// <summary>The buffers it writes.</summary>
    public abstract IEnumerable<Buffer> Writes { get; }

    /// <summary>Floats of scratch that it needs while it runs.</summary>
    public virtual int Scratch => 0;

    /// <summary>Whether its result serves the input's gradient alone, so that it runs only when that is asked for.</summary>
    public bool OnlyForInputGradient { get; init; }

    /// <summary>The same step on other buffers.</summary>
    public abstract Step Replace(Buffer from, Buffer to);

    protected static Buffer Swap(Buffer buffer, Buffer from, Buffer to) => buffer == from ? to : buffer;

    protected static Buffer? SwapOptional(Buffer? buffer, Buffer from, Buffer to) => buffer == from ? to : buffer;
}

/// <summary>Copies rows between the caller's memory and the workspace; padding becomes zero.</summary>
internal sealed record CopyStep(string Method, Buffer From, Buffer To) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [From];

    public override IEnumerable<Buffer> Writes => [To];

    public override Step Replace(Buffer from, Buffer to) => this with { From = Swap(From, from, to), To = Swap(To, from, to) };
}

/// <summary>Y = f(X Wᵀ + b), and the function's input Z where the gradient needs it.</summary>
internal sealed record LinearForwardStep(string Method, LinearKernel Kernel, Buffer X, Buffer Y, ActivationOp? Activation = null, Buffer? Z = null) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => Z is null ? [Y] : [Y, Z];

    public override Step Replace(Buffer from, Buffer to) =>
        this with { X = Swap(X, from, to), Y = Swap(Y, from, to), Z = SwapOptional(Z, from, to) };
}

/// <summary>dW = dYᵀ X.</summary>
internal sealed record LinearWeightGradientStep(string Method, LinearKernel Kernel, Buffer X, Buffer DY) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X, DY];

    public override IEnumerable<Buffer> Writes => [];

    /// <summary>Room to gather columns in.</summary>
    public override int Scratch => Schedule.GatherScratch(Kernel, X);

    public override Step Replace(Buffer from, Buffer to) => this with { X = Swap(X, from, to), DY = Swap(DY, from, to) };
}

/// <summary>db = the sum of dY over the samples.</summary>
internal sealed record LinearBiasGradientStep(string Method, LinearKernel Kernel, Buffer DY) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY];

    public override IEnumerable<Buffer> Writes => [];

    public override Step Replace(Buffer from, Buffer to) => this with { DY = Swap(DY, from, to) };
}

/// <summary>dX = dY W, times f'(Saved) where an activation's gradient is fused.</summary>
internal sealed record LinearDataGradientStep(string Method, LinearKernel Kernel, Buffer DY, Buffer DX, ActivationOp? Activation = null, Buffer? Saved = null) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => Saved is null ? [DY] : [DY, Saved];

    public override IEnumerable<Buffer> Writes => [DX];

    /// <summary>A column group of the transposed weight.</summary>
    public override int Scratch => Kernel.Form == LinearForm.Panels ? Schedule.MostPanels(Kernel.Inputs) * Kernel.Outputs * Packing.Panel : 0;

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = Swap(DY, from, to), DX = Swap(DX, from, to), Saved = SwapOptional(Saved, from, to) };
}

/// <summary>Y = f(X).</summary>
internal sealed record ActivationForwardStep(string Method, ActivationOp Activation, Buffer X, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => [Y];

    public override Step Replace(Buffer from, Buffer to) => this with { X = Swap(X, from, to), Y = Swap(Y, from, to) };
}

/// <summary>dX = dY f'(Saved); Saved is the function's input or output.</summary>
internal sealed record ActivationBackwardStep(string Method, ActivationOp Activation, Buffer DY, Buffer Saved, Buffer DX) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY, Saved];

    public override IEnumerable<Buffer> Writes => [DX];

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = Swap(DY, from, to), Saved = Swap(Saved, from, to), DX = Swap(DX, from, to) };
}

/// <summary>Y = softmax(X), a row at a time.</summary>
internal sealed record SoftmaxForwardStep(string Method, Buffer X, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => [Y];

    public override Step Replace(Buffer from, Buffer to) => this with { X = Swap(X, from, to), Y = Swap(Y, from, to) };
}

/// <summary>dX = Y (dY − Σ dY Y), a row at a time.</summary>
internal sealed record SoftmaxBackwardStep(string Method, Buffer DY, Buffer Y, Buffer DX) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY, Y];

    public override IEnumerable<Buffer> Writes => [DX];

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = Swap(DY, from, to), Y = Swap(Y, from, to), DX = Swap(DX, from, to) };
}

/// <summary>Mask = 0 or 1/(1−p) by the counter-based generator (1 in evaluation), Y = Mask X.</summary>
internal sealed record DropoutForwardStep(string Method, int Layer, double P, Buffer X, Buffer Mask, Buffer Y) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [X];

    public override IEnumerable<Buffer> Writes => [Mask, Y];

    public override Step Replace(Buffer from, Buffer to) =>
        this with { X = Swap(X, from, to), Mask = Swap(Mask, from, to), Y = Swap(Y, from, to) };
}

/// <summary>dX = Mask dY.</summary>
internal sealed record DropoutBackwardStep(string Method, Buffer DY, Buffer Mask, Buffer DX) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [DY, Mask];

    public override IEnumerable<Buffer> Writes => [DX];

    public override Step Replace(Buffer from, Buffer to) =>
        this with { DY = Swap(DY, from, to), Mask = Swap(Mask, from, to), DX = Swap(DX, from, to) };
}

/// <summary>The loss and its gradient with respect to the output; the target is the caller's.</summary>
internal sealed record LossStep(string Method, LossOp Loss, Buffer Y, Buffer DY) : Step(Method)
{
    public override IEnumerable<Buffer> Reads => [Y];

    public override IEnumerable<Buffer> Writes => [DY];

    public override Step Replace(Buffer from, Buffer to) => this with { Y = Swap(Y, from, to), DY = Swap(DY, from, to) };
}

/// <summary>What the kernels of a linear layer know of it.</summary>
/// <param name="Stem">The start of its methods' names.</param>
/// <param name="Label">The layer in comments.</param>
/// <param name="Inputs">Input features.</param>
/// <param name="Outputs">Output features.</param>
/// <param name="Form">How the weight is packed.</param>
/// <param name="WeightOffset">Where the weight starts in the packed parameters.</param>
/// <param name="BiasOffset">Where the bias starts; −1 without one.</param>
internal sealed record LinearKernel(string Stem, string Label, int Inputs, int Outputs, LinearForm Form, int WeightOffset, int BiasOffset)
{
    public bool HasBias => BiasOffset >= 0;
}

/// <summary>
/// The network as steps over buffers. <see cref="Inference"/> stands alone; a training pass is
/// <see cref="Forward"/>, then <see cref="Loss"/> (or <see cref="Seed"/>, which takes the caller's gradient of the output instead), then <see cref="Backward"/>.
/// </summary>
internal sealed record Program(
    Graph Graph,
    EquatableArray<ParameterLayout> Parameters,
    EquatableArray<Step> Inference,
    EquatableArray<Step> Forward,
    LossStep? Loss,
    CopyStep Seed,
    EquatableArray<Step> Backward)
{
    /// <summary>The steps of a training pass in order; loss and seed write the same buffer.</summary>
    public IEnumerable<Step> Training =>
        Forward.Concat(Loss is null ? [Seed] : new Step[] { Loss, Seed }).Concat(Backward);

    /// <summary>Floats of the packed parameters.</summary>
    public int PackedParameterCount => Parameters.Count == 0 ? 0 : Parameters[Parameters.Count - 1].Offset + Parameters[Parameters.Count - 1].PackedLength;
}
