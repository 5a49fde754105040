namespace NetGen.Generator.Compiler.Ops;

/// <summary>Zeroes elements with probability <paramref name="P"/> in training and scales the rest by 1/(1−p).</summary>
internal sealed record DropoutOp(string? Name, double P) : LayerOp(Name)
{
    public override string Kind => "Dropout";

    public override string Display => $"Dropout({Check.Text(P)})";

    public override void CheckOptions(ErrorSink errors)
    {
        if (!(P >= 0 && P < 1))
            errors.Report(Rules.DropoutProbability, Check.Text(P));
    }
}
