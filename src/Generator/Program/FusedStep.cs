using System;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>One thing that becomes of a sum of products before it is stored.</summary>
internal abstract record EpilogueEntry
{
    /// <summary>What the code depends on.</summary>
    public virtual EpilogueEntry Code => this;
}

/// <summary>The bias is added: the sums start with it.</summary>
internal sealed record AddBias : EpilogueEntry;

/// <summary>(value − mean) · scale + shift, each one a channel: three rows of an operand.</summary>
internal sealed record ScaleChannels(string Operand) : EpilogueEntry;

/// <summary>Another value is added. Before an activation the sums start with it, where nothing scales them.</summary>
internal sealed record AddTensor(string Operand) : EpilogueEntry;

/// <summary>The value so far is stored as well.</summary>
internal sealed record KeepValue(string Operand) : EpilogueEntry;

/// <summary>An elementwise function of the value.</summary>
internal sealed record Activate(ActivationOp Function) : EpilogueEntry
{
    public override EpilogueEntry Code => new Activate(Function.Code);
}

/// <summary>The value times an elementwise function's derivative at what was saved.</summary>
internal sealed record TimesDerivative(ActivationOp Function, string Operand) : EpilogueEntry
{
    public override EpilogueEntry Code => new TimesDerivative(Function.Code, Operand);
}

/// <summary>A step whose result is sums of products, and what becomes of them before they are stored.</summary>
internal abstract record FusedStep : Step
{
    /// <summary>The names of all operands that a step may have, in the order of its method's parameters.</summary>
    private readonly string[] _order;

    protected FusedStep(string method, string[] order, params Operand[] operands)
        : base(method, operands)
    {
        _order = order;
        Epilogue = Operands.Any(operand => operand.Name == "bias") ? EquatableArray.Of<EpilogueEntry>(new AddBias()) : default;
    }

    /// <summary>What becomes of the sums, in order.</summary>
    public EquatableArray<EpilogueEntry> Epilogue { get; private init; }

    /// <summary>The result: the value behind the last entry.</summary>
    public Buffer Result => this[ResultName];

    /// <summary>The activation, or the one whose derivative multiplies the sums.</summary>
    public ActivationOp? Activation => Epilogue.Select(entry => (entry as Activate)?.Function ?? (entry as TimesDerivative)?.Function).SingleOrDefault(function => function is not null);

    /// <summary>What the sums start with, beside the bias: the activation sees it.</summary>
    public Buffer? Start => Operands.Find("start")?.Buffer;

    protected object EpilogueCode => Epilogue.Select(entry => entry.Code).ToEquatableArray();

    private string ResultName => _order[_order.Length - 1];

    /// <summary>What it asks of values that are as large as the result.</summary>
    protected abstract BufferNeed SideNeed { get; }

    /// <summary>Whether its kernel can add a value as the next entry.</summary>
    public abstract bool CanAdd { get; }

    /// <summary>Whether its kernel can keep the value so far.</summary>
    public virtual bool CanKeep => false;

    /// <summary>The name of what is added next.</summary>
    protected abstract string NextAddend { get; }

    /// <summary>Appends the sum with another value.</summary>
    /// <param name="value">What is added.</param>
    /// <param name="result">Where the sum goes.</param>
    public FusedStep Add(Buffer value, Buffer result) => Append(new AddTensor(NextAddend), Operand.Read(NextAddend, value, SideNeed), result);

    /// <summary>Appends an entry that has an operand.</summary>
    protected FusedStep Append(EpilogueEntry entry, Operand? operand, Buffer result)
    {
        OperandList operands = Operands.Set(ResultName, result);
        return this with { Operands = operand is null ? operands : operands.Insert(operand, other => Place(other.Name) > Place(operand.Name)), Epilogue = Epilogue.Append(entry).ToEquatableArray() };
    }

    /// <summary>Whether all that is as large as the result lies like it.</summary>
    protected bool SidesFit(params string[] names) => names.All(name => Operands.Find(name) is not { } side || side.Buffer!.IsLike(Result));

    private int Place(string name) => Array.IndexOf(_order, name) is var place and >= 0 ? place : int.MaxValue;
}

/// <summary>Y = f(a product of X and weights), and the function's input Z where the gradient needs it.</summary>
internal abstract record ProductStep : FusedStep
{
    private static readonly string[] s_order = ["x", "z", "scale", "start", "addend", "kept", "y"];

    protected ProductStep(string method, Buffer x, BufferNeed xNeed, Buffer y, BufferNeed yNeed, params Operand[] parameters)
        : base(method, s_order, [Operand.Read("x", x, xNeed), Operand.Write("y", y, yNeed), .. parameters]) => SideNeed = yNeed;

    public Buffer X => this["x"];

    public Buffer Y => this["y"];

    /// <summary>The activation's input, where it is kept.</summary>
    public Buffer? Z => Operands.Find("z")?.Buffer;

    /// <summary>Mean, scale and shift of each channel, where the sums are scaled.</summary>
    public Buffer? Scale => Operands.Find("scale")?.Buffer;

    /// <summary>What is added to the activation's output, or to scaled sums before the activation.</summary>
    public Buffer? Addend => Operands.Find("addend")?.Buffer;

    /// <summary>The activation's output before that, where somebody reads it.</summary>
    public Buffer? Kept => Operands.Find("kept")?.Buffer;

    /// <summary>Whether an activation is what the addend's sum goes through.</summary>
    public bool ActivatesLast => Scale is not null && Addend is not null && Epilogue[Epilogue.Count - 1] is Activate;

    /// <summary>Whether an activation can be appended.</summary>
    public bool CanActivate => TakesActivation && Activation is null;

    /// <summary>Whether the sums can be scaled by channels.</summary>
    public bool CanScale => TakesActivation && TakesAddends && Epilogue.All(entry => entry is AddBias);

    /// <summary>How often each of a channel's three numbers stands there: where lanes are pixels, once a lane.</summary>
    public virtual int ScaleLanes => 1;

    public sealed override bool CanAdd => TakesAddends && (StartsWithNext ? Start : Addend) is null;

    public sealed override bool CanKeep => Scale is null && (Activation is null ? TakesActivation : Z is null && Kept is null);

    protected sealed override BufferNeed SideNeed { get; }

    protected sealed override string NextAddend => StartsWithNext ? "start" : "addend";

    /// <summary>Whether its kernel has activations at all.</summary>
    protected abstract bool TakesActivation { get; }

    /// <summary>Whether its kernel has addends at all.</summary>
    protected abstract bool TakesAddends { get; }

    /// <summary>Whether what it keeps and adds fits.</summary>
    protected bool HasFittingSides => SidesFit("z", "start", "addend", "kept")
        && (TakesAddends || (Start ?? Addend) is null) && (Addend is null || Scale is not null || (Activation is not null && (Z is null || Kept is null))) && (Kept is null || Addend is not null)
        && (Scale is null || ((Start ?? Z ?? Kept) is null && Scale.Width == 3 * ScaleLanes * (int)Packing.PadToPanel(Y.Shape.Channels)));

    private bool StartsWithNext => Activation is null && Scale is null;

    /// <summary>Appends a scale of each channel.</summary>
    public ProductStep ScaleBy(Buffer scale, Buffer result) => (ProductStep)Append(new ScaleChannels("scale"), Operand.Read("scale", scale, BufferNeed.Shared), result);

    /// <summary>Appends an activation.</summary>
    public ProductStep Activate(ActivationOp function, Buffer result) => (ProductStep)Append(new Activate(function), null, result);

    /// <summary>Appends that the value so far, which is the result, is stored there although more is to come.</summary>
    public ProductStep Keep() => (ProductStep)Append(new KeepValue(KeptName), Operand.Keep(KeptName, Y, SideNeed), Y);

    private string KeptName => Activation is null ? "z" : "kept";
}

/// <summary>dX = a product of dY and weights, times f'(Saved) where an activation's gradient is fused.</summary>
internal abstract record DataGradientStep : FusedStep
{
    private static readonly string[] s_order = ["dy", "saved", "start", "dx"];

    protected DataGradientStep(string method, Buffer dy, BufferNeed dyNeed, Buffer dx, BufferNeed dxNeed, params Operand[] parameters)
        : base(method, s_order, [Operand.Read("dy", dy, dyNeed), Operand.Write("dx", dx, dxNeed), .. parameters]) => SideNeed = dxNeed;

    public Buffer DY => this["dy"];

    public Buffer DX => this["dx"];

    /// <summary>What the derivative is taken at.</summary>
    public Buffer? Saved => Operands.Find("saved")?.Buffer;

    /// <summary>Whether an activation's gradient can be appended.</summary>
    public bool CanDerive => TakesDerivative && Activation is null;

    /// <summary>Whether the sums can start with another gradient, from other readers of the same value; the activation's derivative multiplies it too.</summary>
    public sealed override bool CanAdd => TakesStart && Activation is null && Start is null;

    protected sealed override BufferNeed SideNeed { get; }

    protected sealed override string NextAddend => "start";

    /// <summary>Whether its kernel has derivatives at all.</summary>
    protected virtual bool TakesDerivative => true;

    /// <summary>Whether its kernel's sums can start with a value.</summary>
    protected abstract bool TakesStart { get; }

    /// <summary>Whether what it adds and multiplies with fits.</summary>
    protected bool HasFittingSides => SidesFit("saved", "start") && (Saved is null) == (Activation is null) && (Start is null || TakesStart);

    /// <summary>Appends the product with an activation's derivative.</summary>
    public DataGradientStep Derive(ActivationOp function, Buffer saved, Buffer result) =>
        (DataGradientStep)Append(new TimesDerivative(function, "saved"), Operand.Read("saved", saved, SideNeed), result);
}
