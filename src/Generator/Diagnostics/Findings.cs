using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Diagnostics;

/// <summary>What a network costs.</summary>
internal sealed record Cost(long Parameters, long MultiplyAccumulates, long FloatingPointOperations);

/// <summary>What the analyzer tells of a class, its places aside; the cost is null where there is no graph.</summary>
internal sealed record Findings(EquatableArray<DeclarationError> Errors, Cost? Cost)
{
    public static Findings Of(ParseResult parsed)
    {
        CheckedNetwork network = CheckedNetwork.Of(parsed);
        EquatableArray<DeclarationError> warnings = network.Graph is { } sound ? Warnings(sound, parsed.Places[0]) : default;
        return new Findings(network.Errors.Concat(warnings).ToEquatableArray(), network.Graph is { } graph ? new Cost(graph.ParameterCount, graph.MultiplyAccumulates, graph.FloatingPointOperations) : null);
    }

    /// <summary>What compiles, but is hardly meant: a convolution goes across a picture whose channels are written last.</summary>
    private static EquatableArray<DeclarationError> Warnings(Graph graph, int place)
    {
        Shape input = graph.Input;
        if (!Check.HasChannelsLast(input) || graph.Nodes.FirstOrDefault(node => node.Op is ConvOp) is not { Op: ConvOp { Dimensions: 2, Kernel.Width: > 1 } } first || first.Input != input)
            return default;
        (Shape picture, Shape meant) = (new Shape(input.Sizes.Skip(1).ToEquatableArray()), Check.ChannelsFirst(input));
        return EquatableArray.Of(new DeclarationError(Rules.ChannelsFirst, place, EquatableArray.Of(
            graph.Declaration.Name, input.ToString(), new Shape(EquatableArray.Of(input.Sizes[0])).ToString(), picture.ToString(),
            meant.ToString().Replace("x", ", "), new Shape(meant.Sizes.Skip(1).ToEquatableArray()).ToString())));
    }
}
