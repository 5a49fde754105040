namespace NetGen.Generator.Compiler.Ops;

internal enum ActivationKind { ReLU, LeakyReLU, Sigmoid, Tanh, GELU, GELUTanh, SiLU, Softplus, ELU, Exp }

/// <summary>An elementwise function; <paramref name="Parameter"/> is LeakyReLU's slope, Softplus's β or ELU's α, else 0.</summary>
internal sealed record ActivationOp(string? Name, ActivationKind Function, double Parameter = 0) : LayerOp(Name)
{
    public override string Kind => Function == ActivationKind.GELUTanh ? "GELU" : Function.ToString();

    public override string Display => Function switch
    {
        ActivationKind.LeakyReLU or ActivationKind.Softplus or ActivationKind.ELU => $"{Kind}({Check.Text(Parameter)})",
        ActivationKind.GELUTanh => "GELU(tanh)",
        _ => Kind,
    };

    /// <summary>Whether its values stay between two bounds, where its slope goes to 0.</summary>
    public bool IsSquashing => Function is ActivationKind.Sigmoid or ActivationKind.Tanh;

    /// <summary>What generated code depends on: not its name.</summary>
    public ActivationOp Code => this with { Name = null };

    /// <summary>
    /// Whether the gradient needs the function's input; otherwise the output is enough.
    /// A negative LeakyReLU slope loses the input's sign in the output, and ELU's output its tail.
    /// </summary>
    public bool GradientNeedsInput => Function switch
    {
        ActivationKind.GELU or ActivationKind.GELUTanh or ActivationKind.SiLU or ActivationKind.Softplus or ActivationKind.ELU => true,
        ActivationKind.LeakyReLU => Parameter < 0,
        _ => false,
    };

    public override void CheckOptions(ErrorSink errors)
    {
        if (Function == ActivationKind.LeakyReLU)
            Check.Finite(errors, Kind, "slope", Parameter);
        else if (Function == ActivationKind.Softplus)
            Check.PositiveFinite(errors, Kind, "beta", Parameter);
        else if (Function == ActivationKind.ELU)
            Check.Finite(errors, Kind, "alpha", Parameter);
    }
}
