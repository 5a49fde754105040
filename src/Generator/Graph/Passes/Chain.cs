using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>Two nodes one behind the other.</summary>
internal static class Chain
{
    /// <summary>Whether a node reads another's value and is the only one to do so.</summary>
    public static bool Follows(Node node, Node before, ILookup<int, Node> consumers) =>
        node.Sources.Count == 1 && node.Sources[0] == before.Id && consumers[before.Id].Count() == 1;

    /// <summary>The two in the other order. The first keeps shapes, so the second's output is the pair's.</summary>
    public static (Node First, Node Second) Swap(Node first, Node second) => (
        second with { Id = first.Id, Sources = first.Sources, Inputs = first.Inputs },
        first with { Id = second.Id, Sources = second.Sources, Inputs = EquatableArray.Of(second.Output), Output = second.Output });
}
