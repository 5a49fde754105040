using System.Collections.Generic;
using System.Linq;

namespace NetGen.Reports;

/// <summary>A part of a drawing: a layer, or branches between two layers.</summary>
internal abstract record DrawingPart;

/// <summary>A layer; −1 is the input.</summary>
internal sealed record DrawnLayer(int Layer) : DrawingPart;

/// <summary>Branches side by side: from the layer before, or the one before the branches around, to the layer behind.</summary>
internal sealed record DrawnFork(IReadOnlyList<DrawnBranch> Branches) : DrawingPart;

/// <summary>A branch, and how many there are of it; one without parts is a line.</summary>
/// <param name="Parts">From the input to the output.</param>
/// <param name="Copies">The number of branches that are alike.</param>
/// <param name="Source">The layer that it starts from.</param>
internal sealed record DrawnBranch(IReadOnlyList<DrawingPart> Parts, int Copies, int Source);

/// <summary>Finds the branches of a network in what its layers read.</summary>
internal sealed class Drawing
{
    /// <summary>So many branches that are alike are drawn as one.</summary>
    private const int FewestCopies = 3;

    private readonly IReadOnlyList<LayerFigures> _layers;

    private Drawing(NetworkFigures network) => _layers = network.Layers;

    public static IReadOnlyList<DrawingPart> Of(NetworkFigures network) =>
        [new DrawnLayer(-1), .. new Drawing(network).Between(-1, [.. Enumerable.Range(0, network.Layers.Count)], network.Layers.Count)];

    /// <summary>
    /// A layer that no line passes by stands alone, with all that is before it and all that is behind. Between two of those there are branches. Layers are in an
    /// order of execution in which branches follow each other, so a line passes by where it leads from before a layer to behind it.
    /// </summary>
    /// <param name="source">The layer before.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="target">The layer behind. A line that leads there from the source is another branch.</param>
    /// <param name="isFork">Whether they were found not to be a row.</param>
    private List<DrawingPart> Between(int source, List<int> layers, int target, bool isFork = false)
    {
        var parts = new List<DrawingPart>();
        var place = new Dictionary<int, int> { [source] = 0, [target] = layers.Count + 1 };
        for (int i = 0; i < layers.Count; i++)
            place[layers[i]] = i + 1;
        int[] passing = new int[layers.Count + 3];
        foreach (int layer in layers.Append(target))
        {
            foreach (int read in Sources(layer).Where(read => place.ContainsKey(read) && !(read == source && layer == target)))
            {
                passing[place[read] + 1]++;
                passing[place[layer]]--;
            }
        }

        int lines = 0, start = 0, before = source;
        for (int i = 0; i <= layers.Count; i++)
        {
            lines += passing[i + 1];
            if (i < layers.Count && lines > 0)
                continue;
            int behind = i < layers.Count ? layers[i] : target;

            // What cannot be taken apart is drawn as a row; compositions can.
            if (isFork && i == layers.Count && start == 0)
                return [.. layers.Select(layer => new DrawnLayer(layer))];
            parts.AddRange(Fork(before, layers.GetRange(start, i - start), behind));
            if (i < layers.Count)
                parts.Add(new DrawnLayer(behind));
            (before, start) = (behind, i + 1);
        }

        return parts;
    }

    private IEnumerable<DrawingPart> Fork(int source, List<int> layers, int target)
    {
        List<List<int>> branches = Branches(source, layers, target);
        if (branches.Count == 0 || (branches.Count == 1 && branches[0].Count == 0))
            return [];

        var drawn = new List<DrawnBranch>();
        for (int i = 0; i < branches.Count;)
        {
            int alike = 1;
            while (i + alike < branches.Count && AreAlike(branches[i], branches[i + alike]))
                alike++;
            int copies = alike >= FewestCopies ? alike : 1;
            drawn.Add(new DrawnBranch(Between(source, branches[i], target, branches[i].Count == layers.Count), copies, source));
            i += copies;
        }

        return [new DrawnFork(drawn)];
    }

    /// <summary>The layers of each branch, in the order in which the target reads them.</summary>
    private List<List<int>> Branches(int source, List<int> layers, int target)
    {
        var found = new Dictionary<int, List<int>>();
        foreach (int layer in layers)
        {
            var branch = new List<int> { layer };
            foreach (List<int> other in Sources(layer).Where(found.ContainsKey).Select(read => found[read]).Distinct().ToArray())
                branch.InsertRange(0, other);
            foreach (int member in branch)
                found[member] = branch;
        }

        var branches = new List<List<int>>();
        foreach (int read in Sources(target))
        {
            if (read == source)
                branches.Add([]);
            else if (found.TryGetValue(read, out List<int>? branch) && !branches.Contains(branch))
                branches.Add(branch);
        }

        foreach (List<int> branch in branches)
            branch.Sort();
        return branches;
    }

    /// <summary>What a layer reads; behind the last layer is the output, which reads it.</summary>
    private IReadOnlyList<int> Sources(int layer) => layer < _layers.Count ? _layers[layer].Sources : [_layers.Count - 1];

    private bool AreAlike(List<int> a, List<int> b) => a.Count == b.Count && a.Zip(b, (i, j) => (i, j)).All(pair =>
        _layers[pair.i].Layer == _layers[pair.j].Layer && Enumerable.SequenceEqual(_layers[pair.i].Output, _layers[pair.j].Output)
        && _layers[pair.i].Sources.Select(read => a.IndexOf(read)).SequenceEqual(_layers[pair.j].Sources.Select(read => b.IndexOf(read))));
}
