namespace NetGen.Generator.Compiler;

/// <summary>Budgets and cost: NG3001 to NG3039.</summary>
internal static partial class Rules
{
    public const string Budget = "NG3001";
    public const string MostOfNetwork = "NG3002";
    public const string WideConvolution = "NG3003";
    public const string Rewritten = "NG3004";
    public const string MemoryBound = "NG3005";
}
