using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A layer, or an option of one, changes nothing.</summary>
internal sealed class OptionsRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        foreach (Node node in network.Graph.Nodes)
        {
            if (Idle(node) is { } what)
                sink.At(node, Rules.NoEffect, node.Op.Display, what);
        }
    }

    /// <summary>What changes nothing, in words.</summary>
    private static string? Idle(Node node) => node.Op switch
    {
        DropoutOp { P: 0 } => "it drops nothing",
        ActivationOp { Function: ActivationKind.LeakyReLU, Parameter: 1 } => "with a slope of 1 it hands its input on",
        PoolOp { Kernel.Count: 1 } pool when pool.Stride == Size2.Of(1) => "windows of one place, one place apart, hand its input on",
        AdaptivePoolOp { IsGlobal: true } when Picture.Of(node.Input).Pixels == 1 => "its input has one place already",
        PoolOp { Function: PoolKind.Average, CountIncludePad: false } pool when pool.Padding == default => "CountIncludePad says how the padding counts, and there is none",
        LinearOp { Bias: false } op when op.BiasInit != Initializer.Default => "BiasInit is of a bias, and there is none",
        ConvOp { Bias: false } op when op.BiasInit != Initializer.Default => "BiasInit is of a bias, and there is none",
        ConvOp op when op.Dilation != Size2.Of(1) && (op.Kernel.Height == 1 || op.Dilation.Height == 1) && (op.Kernel.Width == 1 || op.Dilation.Width == 1) =>
            "Dilation is the distance of taps, and there is one" + (op.Kernel.Count == 1 ? "" : " along the dimension that it is of"),
        LogSumExpOp when node.Input.ElementCount == 1 => "of one value it hands that on",
        _ => null,
    };
}
