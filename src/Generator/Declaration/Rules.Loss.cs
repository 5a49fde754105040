namespace NetGen.Generator.Compiler;

/// <summary>Those about outputs, losses and targets: NG2010 to NG2039.</summary>
internal static partial class Rules
{
    public const string SoftmaxOverOne = "NG2010";
    public const string CrossEntropyOfOne = "NG2011";
    public const string ProbabilitiesAsLogits = "NG2012";
    public const string ActivationOnLogits = "NG2013";
    public const string DropoutOnOutput = "NG2014";
    public const string NormalizedLogits = "NG2015";
    public const string BoundedRegression = "NG2016";
    public const string UnreachableTarget = "NG2017";
    public const string LossForOtherTarget = "NG2018";
    public const string SquaredErrorOfSoftmax = "NG2019";
    public const string OutputWidth = "NG2020";
    public const string BinaryLossForClasses = "NG2021";
    public const string RegressionForClasses = "NG2022";
    public const string StackedActivations = "NG2023";
    public const string NoLoss = "NG2024";
    public const string BoundedLogits = "NG2025";
}
