using System.Globalization;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>y = x Wᵀ + b.</summary>
internal sealed record LinearOp(string? Name, int Units, bool Bias, Initializer WeightInit, Initializer BiasInit) : LayerOp(Name)
{
    public override string Kind => "Linear";

    public override Op Essence => this with { Name = null, WeightInit = Initializer.Default, BiasInit = Initializer.Default };

    public override string Display => string.Format(CultureInfo.InvariantCulture, "Linear({0})", Units);

    public override void CheckOptions(ErrorSink errors)
    {
        Check.Positive(errors, Kind, "units", Units);
        Check.Initializer(errors, Kind, "Init", WeightInit);
        Check.Initializer(errors, Kind, "BiasInit", BiasInit);
    }
}
