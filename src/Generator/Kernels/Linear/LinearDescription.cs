using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>What the comments of linear kernels share.</summary>
internal static class LinearDescription
{
    public static string Cost(LinearKernel kernel) => $"{Limits.Grouped(kernel.MultiplyAccumulates)} multiply-accumulates a sample; ";

    /// <summary>The first tile of each width, as the nest has it.</summary>
    public static string Tiles(LinearForm form, Statement body, string rowName, string columnName) => form switch
    {
        LinearForm.Tiny => "unrolled whole, the weights in registers.",
        LinearForm.Narrow => "a dot product of 16 lanes an output.",
        _ => $"tiles of {rowName} x {columnName}: {string.Join(", ", Describe.Tiles(body))}.",
    };

    /// <summary>Floats of weight and bias.</summary>
    public static (string Name, long Length)[] Parameters(LinearKernel kernel, string weight, string? bias = null)
    {
        long length = kernel.Form switch
        {
            LinearForm.Narrow => kernel.Outputs * Packing.PadToPanel(kernel.Inputs),
            LinearForm.Tiny => Packing.PadToPanel((long)Packing.TinyPanel * kernel.Inputs),
            _ => Packing.PadToPanel(kernel.Outputs) * kernel.Inputs,
        };
        var parameters = new List<(string, long)> { (weight, length) };
        if (bias is not null && kernel.HasBias)
            parameters.Add((bias, Packing.PadToPanel(kernel.Outputs)));
        return [.. parameters];
    }
}
