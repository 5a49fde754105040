using System.Globalization;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>What is stated of the input cannot be: signals are then predicted for the standard one.</summary>
internal sealed class InputDistributionRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        for (int i = 0; i < network.Statements.Count; i++)
        {
            if (network.Statements[i] is InputDistribution { IsValid: false } stated)
            {
                sink.AtStatement(
                    i, Rules.OptionOutOfRange, "InputDistribution", "Mean and Variance", "finite numbers, the variance not negative",
                    $"{stated.Mean.ToString("R", CultureInfo.InvariantCulture)} and {stated.Variance.ToString("R", CultureInfo.InvariantCulture)}");
            }
        }
    }
}
