namespace NetGen.Generator.Compiler.Ops;

/// <summary>The initialisers, in the order of the runtime's <c>NetGen.Init</c>.</summary>
internal enum InitKind { Default, KaimingUniform, KaimingNormal, XavierUniform, XavierNormal, Normal, Uniform, Constant }

/// <summary>An initialiser and its parameter; NaN: the initialiser's own default.</summary>
internal sealed record Initializer(InitKind Kind, double Scale)
{
    public static readonly Initializer Default = new(InitKind.Default, double.NaN);

    public static readonly Initializer Zero = new(InitKind.Constant, 0);

    public static readonly Initializer One = new(InitKind.Constant, 1);
}

/// <summary>What is computed, with its options. What the compiler knows of it beside is in its rule.</summary>
/// <param name="Name">The user's name; null where there is none.</param>
internal abstract record Op(string? Name)
{
    /// <summary>The attribute's name as the user writes it: <c>Linear</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The op as the summary shows it: <c>Linear(128)</c>.</summary>
    public virtual string Display => Kind;

    /// <summary>What it computes: ops of equal functions differ in names and initial values at most.</summary>
    public virtual Op Essence => this with { Name = null };
}

/// <summary>A layer as the user declares it.</summary>
/// <inheritdoc/>
internal abstract record LayerOp(string? Name) : Op(Name)
{
    /// <summary>Whether training updates more than its parameters.</summary>
    public virtual bool HasState => false;

    /// <summary>Checks the options that do not depend on the input's shape.</summary>
    public virtual void CheckOptions(ErrorSink errors)
    {
    }
}

/// <summary>A loss: what it takes as a target, and what it checks.</summary>
internal abstract record LossOp
{
    /// <summary>The attribute's name as the user writes it: <c>MSELoss</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether the target is a class number a sample instead of a value an output.</summary>
    public virtual bool TakesClassNumbers => false;

    /// <summary>The type of the target's elements.</summary>
    public string Target => TakesClassNumbers ? "int" : "float";

    public virtual void CheckOptions(ErrorSink errors)
    {
    }

    public virtual void CheckShape(Shape output, ErrorSink errors)
    {
    }
}
