using System.Collections.Generic;
using System.Linq;
using NetGen.Runtime;

namespace NetGen;

/// <summary>Neighbouring packed parameters with the same settings, or the weights of merged layers, which lie between each other and may have different ones.</summary>
/// <param name="First">The first float.</param>
/// <param name="Length">Floats, padding included: a multiple of 16.</param>
/// <param name="Parts">The groups with their parameters; one where all have the same settings.</param>
internal sealed record ParameterRange(int First, int Length, (ParameterGroup? Group, ParameterLayout[] Layouts)[] Parts)
{
    /// <summary>The ranges of parameters that are updated; what is frozen is in none.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="groups">The first that has a parameter decides.</param>
    /// <param name="length">Floats of all.</param>
    public static ParameterRange[] Of(ParameterCollection parameters, IReadOnlyList<ParameterGroup> groups, int length)
    {
        // Parts of one matrix start at the same place.
        var matrices = parameters.Select(parameter => (parameter.Layout, Group: groups.FirstOrDefault(group => group.Contains(parameter))))
            .GroupBy(parameter => parameter.Layout.Offset).OrderBy(matrix => matrix.Key).ToArray();
        var ranges = new List<ParameterRange>();
        for (int i = 0; i < matrices.Length; i++)
        {
            int first = matrices[i].Key;
            int end = i + 1 < matrices.Length ? matrices[i + 1].Key : length;
            (ParameterGroup? Group, ParameterLayout[] Layouts)[] parts =
                [.. matrices[i].GroupBy(parameter => parameter.Group).Select(part => (part.Key, part.Select(parameter => parameter.Layout).ToArray()))];
            if (parts.All(part => part.Group is { IsFrozen: true }))
                continue;
            if (parts.Length == 1 && ranges.LastOrDefault() is { Parts: [var last] } before && last.Group == parts[0].Group && before.First + before.Length == first)
                ranges[^1] = before with { Length = end - before.First };
            else
                ranges.Add(new ParameterRange(first, end - first, parts));
        }

        return [.. ranges];
    }
}

/// <summary>A range for the time of an update.</summary>
internal readonly ref struct PackedRange(ref float parameters, ref float gradients, int first, int length, double scale)
{
    public readonly ref float Parameters = ref parameters;
    public readonly ref float Gradients = ref gradients;

    public int First { get; } = first;

    public int Length { get; } = length;

    /// <summary>What gradients are multiplied by.</summary>
    public double Scale { get; } = scale;
}
