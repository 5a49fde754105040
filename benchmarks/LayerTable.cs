using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace NetGen.Benchmarks;

/// <summary>A layer of a network whose layers follow each other.</summary>
/// <param name="Key">Its name, or its place in the sequence.</param>
/// <param name="Kind">Its attribute's name.</param>
/// <param name="Input">The shape of a sample before it.</param>
/// <param name="Output">The shape of a sample after it.</param>
/// <param name="MultiplyAccumulates">Of one sample.</param>
internal sealed record LayerRow(string Key, string Kind, int[] Input, int[] Output, long MultiplyAccumulates)
{
    /// <summary>The start of its generated methods' names.</summary>
    public string Stem => char.IsAsciiDigit(Key[0]) ? Kind + Key : char.ToUpperInvariant(Key[0]) + Key[1..];
}

/// <summary>Reads the generated table of a network's layers.</summary>
internal static class LayerTable
{
    private const string Branches = ".branches.";

    /// <summary>Those of a convolution or a linear layer; the multiplications of a normalisation are none.</summary>
    public static long MultiplyAccumulates(this LayerInfo layer) =>
        layer.Layer.StartsWith("Conv", StringComparison.Ordinal) || layer.Layer.StartsWith("Linear", StringComparison.Ordinal) ? layer.Multiplications : 0;

    /// <summary>The layers of a network without compositions, in order.</summary>
    public static LayerRow[] Sequence<TNetwork>()
        where TNetwork : INetwork<TNetwork>
    {
        int[][] outputs = [.. TNetwork.Layers.Select(layer => layer.OutputShape.ToArray())];
        int[][] inputs = [typeof(TNetwork).GetCustomAttribute<NetworkAttribute>()!.InputShape, .. outputs];
        return [.. TNetwork.Layers.Select((layer, i) => new LayerRow(layer.Key, layer.Layer.Split('(')[0], inputs[i], outputs[i], layer.MultiplyAccumulates()))];
    }

    /// <summary>Multiply-accumulates of the data gradients: those of all layers but the first with weights, or the first of each branch where branches come first.</summary>
    public static long DataGradients(IReadOnlyList<LayerInfo> layers)
    {
        LayerInfo[] weighted = [.. layers.Where(layer => layer.MultiplyAccumulates() > 0)];
        int end = weighted[0].Key.IndexOf(Branches, StringComparison.Ordinal) + Branches.Length;
        if (end < Branches.Length)
            return weighted.Skip(1).Sum(layer => layer.MultiplyAccumulates());
        string branches = weighted[0].Key[..end];
        long first = weighted
            .Where(layer => layer.Key.StartsWith(branches, StringComparison.Ordinal))
            .GroupBy(layer => layer.Key[end..].Split('.')[0])
            .Sum(branch => branch.First().MultiplyAccumulates());
        return weighted.Sum(layer => layer.MultiplyAccumulates()) - first;
    }
}
