using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>A layer's output of a training pass.</summary>
/// <param name="Key">The layer's key; of merged layers <c>first to last</c>.</param>
/// <param name="Buffer">Where it lies.</param>
internal sealed record LayerValue(string Key, Buffer Buffer);

/// <summary>Which layers' outputs are still in the workspace behind the forward half of a training pass, and where.</summary>
internal static class ActivationTable
{
    /// <summary>
    /// An entry a layer, in order of execution, separated by semicolons: the row of the layer's table (of merged layers the first and the last, <c>2-5</c>), where the values start, so many
    /// floats a row of the batch and so many more, floats from a sample to the next, channels and the floats between them, pixels of a row and the floats between them, and
    /// where pixels do not lie at one distance from each other the rows and the floats between them.
    /// </summary>
    public static string Text(StepProgram program, MemoryPlan plan)
    {
        var rows = new Dictionary<string, int>();
        foreach (Node node in program.Graph.Nodes)
            rows[node.Key] = node.Index;
        var shared = new HashSet<int>(program.Forward.SelectMany(step => step.Operands).Where(operand => operand.Need is { IsShared: true }).Select(operand => operand.Buffer!.Root.Id));
        Buffer[] roots = [.. program.Forward.SelectMany(step => step.Writes).Select(buffer => buffer.Root).Where(root => root.Kind == BufferKind.Workspace && !shared.Contains(root.Id))];
        int[] starts = [.. roots.Select(root => plan.Offset(root).PerRow)];
        var last = new Dictionary<int, int>();
        for (int i = 0; i < roots.Length; i++)
            last[roots[i].Id] = i;

        var entries = new List<string>();
        foreach (LayerValue value in program.Values)
        {
            if (!last.TryGetValue(value.Buffer.Root.Id, out int written) || Rows(value.Key) is not { } layer)
                continue;
            Buffer root = roots[written];
            bool isOverwritten = false;
            for (int i = written + 1; i < roots.Length && !isOverwritten; i++)
                isOverwritten = starts[i] < starts[written] + root.Stride && starts[written] < starts[i] + roots[i].Stride;
            if (!isOverwritten)
                entries.Add(layer + " " + string.Join(" ", Numbers(value.Buffer.IsPart ? root.Channels(value.Buffer.FirstChannel, value.Buffer.Shape.Channels) : root).Select(Number)));
        }

        return string.Join(";", entries);

        string? Rows(string key)
        {
            int[] found = [.. key.Split([" to "], StringSplitOptions.None).Where(rows.ContainsKey).Select(part => rows[part])];
            return found.Length == 0 ? null : string.Join("-", found.Distinct().Select(Number));
        }

        int[] Numbers(Buffer buffer)
        {
            (int perRow, int start) = plan.Offset(buffer);
            (Picture shape, int pixel, int row) = (buffer.Shape, buffer.PixelStride, buffer.RowStride);
            bool isOneRow = shape.Height == 1 || row == shape.Width * pixel;
            int[] numbers = [perRow, start + buffer.PartOffset + buffer.Origin, buffer.Stride, shape.Channels, buffer.ChannelStride, isOneRow ? shape.Height * shape.Width : shape.Width, pixel];
            return isOneRow ? numbers : [.. numbers, shape.Height, row];
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
