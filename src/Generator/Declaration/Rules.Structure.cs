namespace NetGen.Generator.Compiler;

/// <summary>What stands beside what.</summary>
internal static partial class Rules
{
    public const string ComposedMaps = "NG2040";
    public const string FactoredMap = "NG2041";
    public const string OnlyMaxPools = "NG2042";
    public const string HiddenSoftmax = "NG2043";
    public const string BottleneckOfOne = "NG2044";
    public const string DropoutBeforeActivation = "NG2045";
    public const string DropoutBeforeNormalization = "NG2046";
    public const string DropoutBeforeMaxPool = "NG2047";
    public const string DropoutBeforeAveragePool = "NG2048";
    public const string BiasBeforeNormalization = "NG2049";
    public const string NormalizationOfOne = "NG2050";
    public const string UnreadPlaces = "NG2051";
    public const string SkippedPlaces = "NG2052";
    public const string WindowsInPadding = "NG2053";
    public const string IdleTaps = "NG2054";
    public const string LocalField = "NG2055";
    public const string RepeatingPool = "NG2056";
    public const string NoEffect = "NG2057";
    public const string BatchNormMomentum = "NG2058";
    public const string DropoutOfMost = "NG2059";
}
