using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Where a node can be computed in several layouts, at first in the one that its inputs have, this takes another if that spares copies at the node or at
/// its readers. One node is tried after the other, and the nodes without a preference that are neighbours together. What depends on a layout in the order
/// of its sums has one way only; but which values a later pass finds side by side, and so adds in a store, follows from layouts too, and there a sum may
/// have another order.
/// </summary>
internal static class SettleLayouts
{
    private const int MostRounds = 4;

    public static void Run(Layouts layouts)
    {
        Node[] free = [.. layouts.Graph.Nodes.Where(node => layouts.Ways(node).Count > 1)];
        Node[][] regions = [.. Regions(free), .. free.Select(node => new[] { node })];
        bool isChanged = true;
        for (int round = 0; round < MostRounds && isChanged; round++)
        {
            isChanged = false;
            foreach (Node[] region in regions)
                isChanged |= Improve(region, layouts);
        }
    }

    /// <summary>Gives a region the order in which the least is moved; whether that is another.</summary>
    private static bool Improve(Node[] region, Layouts layouts)
    {
        NodeLayouts[] best = [.. region.Select(node => layouts[node])];
        Value[] values = [.. region.SelectMany(node => node.Data.Concat(node.Outputs.Where(layouts.IsRead))).Distinct()];
        (long copied, long moved) = Price();
        if (moved == region.Sum(node => Written(layouts[node])))
            return false;
        bool isChanged = false;
        foreach (BufferOrder order in new[] { BufferOrder.Planes, BufferOrder.ChannelsLast, BufferOrder.Flat })
        {
            foreach (Node node in region)
                layouts.Choose(node, layouts.Ways(node).FirstOrDefault(way => way.Results[0]!.Order == order) ?? layouts[node]);
            if (Price() is var (otherCopied, otherMoved) && otherCopied <= copied && otherMoved < moved)
            {
                (copied, moved, isChanged) = (otherCopied, otherMoved, true);
                best = [.. region.Select(node => layouts[node])];
            }

            for (int i = 0; i < region.Length; i++)
                layouts.Choose(region[i], best[i]);
        }

        return isChanged;

        // What copies move without padding may not grow, or a smaller padding would be bought with a copy.
        (long Copied, long Moved) Price()
        {
            long sum = 0, all = region.Sum(node => layouts[node].Moved + Written(layouts[node]));
            foreach (Value value in values)
            {
                (long some, long padded) = layouts.Price(value);
                sum += some;
                all += padded;
            }

            return (sum, all);
        }
    }

    /// <summary>Floats that a node with steps of its own writes.</summary>
    private static long Written(NodeLayouts way) => way.IsAlias ? 0 : way.Results.Sum(result => result?.Length ?? 0);

    /// <summary>Nodes of several ways that read each other's results.</summary>
    private static IEnumerable<Node[]> Regions(Node[] free)
    {
        var regions = new Dictionary<int, List<Node>>();
        var users = free.SelectMany(node => node.Data.Concat(node.Outputs).Select(value => (value.Id, node))).ToLookup(use => use.Id, use => use.node);
        foreach (Node node in free.Where(node => !regions.ContainsKey(node.Id)))
        {
            List<Node> region = [node];
            regions.Add(node.Id, region);
            for (int i = 0; i < region.Count; i++)
            {
                foreach (Node neighbour in region[i].Data.Concat(region[i].Outputs).SelectMany(value => users[value.Id]).Where(other => !regions.ContainsKey(other.Id)))
                {
                    regions.Add(neighbour.Id, region);
                    region.Add(neighbour);
                }
            }

            if (region.Count > 1)
                yield return [.. region.OrderBy(other => other.Id)];
        }
    }
}
