namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Floats of an operand: so many from one on, or all its elements.</summary>
internal sealed record Slice(string Operand, int From, int? Count)
{
    public static implicit operator Slice(string operand) => new(operand, 0, null);
}

/// <summary>
/// What a kernel that is one call of the runtime is given and what it computes, in the order in which <see cref="Region"/> tells it. An operand that a step
/// does not have is left out.
/// </summary>
internal sealed record CalledKernel(string Function, Slice[] Given, Slice[] Results, params double[] Numbers)
{
    /// <summary>That of a step; null where it is of another kind.</summary>
    public static CalledKernel? Of(Step step)
    {
        static Slice First(string operand, int count) => new(operand, 0, count);
        switch (step)
        {
            case LayerNormForwardStep s:
                return new(
                    s.Statistics is null ? s.Norm.Function : s.Norm.Function + "Keeping", ["x", First("weight", s.Norm.Length), First("bias", s.Norm.Length)], ["y", "statistics"], s.Norm.Eps);
            case LayerNormGradientStep s: return new(s.Norm.Function + "Gradient", ["dy", "x", "statistics", First("weight", s.Norm.Length)], ["dx"]);
            case LayerNormWeightGradientStep: return new("NormKernels.LayerNormWeightGradient", ["dy", "x", "statistics"], ["dw"]);
            case LayerNormBiasGradientStep: return new("NormKernels.LayerNormBiasGradient", ["dy"], ["db"]);
            case BatchNormStatisticsStep s: return new("NormKernels.BatchNormStatistics", ["x", "weight", "bias", "mean", "variance"], ["kept"], s.Norm.Eps);
            case BatchNormScaleStep s: return new("NormKernels.BatchNormScale", ["weight", "bias", "mean", "variance"], ["scale"], s.Norm.Eps);
            case NormalizeStep s: return new("NormKernels.Normalize", ["x", First("scale", BatchNormKernel.ScaleRows * s.Norm.Row)], ["y"]);
            case BatchNormSumsStep: return new("NormKernels.BatchNormSums", ["dy", "x", "kept"], ["dw", "db", "sums"]);
            case BatchNormGradientStep: return new("NormKernels.BatchNormGradient", ["dy", "x", "kept", "sums"], ["dx"]);
            case SelectStatisticStep s: return new("NormKernels.SelectStatistic", ["x", First("running", s.Y.Width)], ["y", "flag"]);
            case RunningStatisticsStep s:
                int channels = s.Norm.Channels;
                Slice[] state = [First("mean", channels), First("variance", channels), First("batches", 2)];
                Slice[] kept = [First("kept", channels), new("kept", s.Norm.Variance, channels), "batchMean", "batchVariance"];
                return new("NormKernels.UpdateRunningStatistics", [.. kept, .. state], state, s.Op.IsCumulative ? 0 : s.Op.Momentum);
            default: return null;
        }
    }
}
