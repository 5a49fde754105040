namespace NetGen.Generator.Compiler;

/// <summary>The mean and the variance of an element of the input; elements are independent.</summary>
internal sealed record InputDistribution(double Mean, double Variance) : NetworkStatement
{
    /// <summary>What is assumed where nothing is stated.</summary>
    public static readonly InputDistribution Standard = new(0, 1);

    /// <summary>Whether a network's input can be so.</summary>
    public bool IsValid => Variance >= 0 && Ops.Check.IsFinite(Variance) && Ops.Check.IsFinite(Mean);
}
