namespace NetGen.Generator.Compiler.Ops;

/// <summary>(1/β) log Σ e^(βx) over the features of a flat input: a smooth maximum.</summary>
internal sealed record LogSumExpOp(string? Name, double Beta) : LayerOp(Name)
{
    public override string Kind => "LogSumExp";

    public override string Display => $"LogSumExp({Check.Text(Beta)})";

    public override void CheckOptions(ErrorSink errors) => Check.PositiveFinite(errors, Kind, "beta", Beta);
}
