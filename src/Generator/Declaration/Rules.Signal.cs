namespace NetGen.Generator.Compiler;

internal static partial class Rules
{
    public const string GradientVanishes = "NG2070";
    public const string GradientExplodes = "NG2071";
    public const string SignalExplodes = "NG2072";
    public const string SignalDiesOut = "NG2073";
    public const string Saturation = "NG2074";
    public const string DyingReLU = "NG2075";
    public const string UnsuitedInitializer = "NG2076";
    public const string IdenticalNeurons = "NG2077";
    public const string GradientChanges = "NG2078";
}
