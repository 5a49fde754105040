using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A convolution goes across a picture, or along a sequence, whose channels are written last.</summary>
internal sealed class ChannelsFirstRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        Shape input = network.Graph.Input;
        if (!Ops.Check.HasChannelsLast(input) || network.Graph.Nodes.FirstOrDefault(node => node.Op is ConvOp) is not { Op: ConvOp { Kernel.Width: > 1 } convolution } first || first.Input != input)
            return;
        (Shape places, Shape meant) = (new Shape(input.Sizes.Skip(1).ToEquatableArray()), Ops.Check.ChannelsFirst(input));
        sink.AtNetwork(
            Rules.ChannelsFirst, network.Graph.Declaration.Name, input.ToString(), new Shape(EquatableArray.Of(input.Sizes[0])).ToString(), (convolution.Dimensions == 1 ? "length " : "") + places,
            meant.ToString().Replace("x", ", "), (convolution.Dimensions == 1 ? "sequence" : "picture") + " of " + new Shape(meant.Sizes.Skip(1).ToEquatableArray()));
    }
}
