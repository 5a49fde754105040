using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Decides in which order a step's kernel does its work: the pass from steps to nests.</summary>
internal static class Schedule
{
    /// <summary>A nest for each method, in the order of the steps that call it first.</summary>
    public static IReadOnlyList<Nest> Of(Program program)
    {
        var methods = new HashSet<string>();
        return [.. program.Inference.Concat(program.Training).Where(step => methods.Add(step.Method)).Select(Of)];
    }

    public static Nest Of(Step step) => step switch
    {
        CopyStep s => CopySchedule.Of(s),
        ClearBorderStep s => CopySchedule.Of(s),
        SumStep s => ElementwiseSchedule.Of(s),
        ActivationForwardStep s => ElementwiseSchedule.Of(s),
        ActivationBackwardStep s => ElementwiseSchedule.Of(s),
        DropoutForwardStep s => ElementwiseSchedule.Of(s),
        DropoutBackwardStep s => ElementwiseSchedule.Of(s),
        MapStep s => MapSchedule.Of(s),
        ReduceStep s => MapSchedule.Of(s),
        LinearForwardStep s => LinearForward.Of(s),
        LinearDataGradientStep s => LinearDataGradient.Of(s),
        LinearWeightGradientStep s => LinearWeightGradient.Of(s),
        LinearBiasGradientStep s => LinearWeightGradient.Of(s),
        ConvForwardStep s => ConvolutionForward.Of(s),
        ConvDataGradientStep s => ConvolutionDataGradient.Of(s),
        ConvWeightGradientStep s => ConvolutionWeightGradient.Of(s),
        ConvBiasGradientStep s => ConvolutionWeightGradient.Of(s),
        FixedConvStep s => FixedFilterSchedule.Of(s),
        PoolForwardStep s => PoolSchedule.Of(s),
        PoolBackwardStep s => PoolSchedule.Of(s),
        SoftmaxForwardStep s => RowSchedule.Of(s),
        SoftmaxBackwardStep s => RowSchedule.Of(s),
        LogSumExpForwardStep s => RowSchedule.Of(s),
        LogSumExpBackwardStep s => RowSchedule.Of(s),
        LossStep s => RowSchedule.Of(s),
        _ => throw new InvalidOperationException($"No schedule for {step.GetType().Name}."),
    };
}
