using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>A convolution goes across a picture whose channels are written last.</summary>
internal sealed class ChannelsFirstRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        Shape input = network.Graph.Input;
        if (!Ops.Check.HasChannelsLast(input) || network.Graph.Nodes.FirstOrDefault(node => node.Op is ConvOp) is not { Op: ConvOp { Dimensions: 2, Kernel.Width: > 1 } } first || first.Input != input)
            return;
        (Shape picture, Shape meant) = (new Shape(input.Sizes.Skip(1).ToEquatableArray()), Ops.Check.ChannelsFirst(input));
        sink.AtNetwork(
            Rules.ChannelsFirst, network.Graph.Declaration.Name, input.ToString(), new Shape(EquatableArray.Of(input.Sizes[0])).ToString(), picture.ToString(),
            meant.ToString().Replace("x", ", "), new Shape(meant.Sizes.Skip(1).ToEquatableArray()).ToString());
    }
}
