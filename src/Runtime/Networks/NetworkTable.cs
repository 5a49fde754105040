using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;

namespace NetGen.Runtime;

/// <summary>The layers of a network as people read them, made on first use.</summary>
/// <typeparam name="TKernels">The network's steps.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NetworkTable<TKernels>
    where TKernels : struct, INetworkKernels
{
    private static string? s_summary;

    /// <summary>The rows, in order of execution.</summary>
    public static IReadOnlyList<LayerInfo> Layers { get; } = Array.AsReadOnly(TKernels.Layers);

    /// <summary>The table as text.</summary>
    public static string Summary => s_summary ??= SummaryText.Of(
        TKernels.Title,
        SummaryText.Shape(TKernels.InputShape),
        [.. Layers.Select(layer => ($"{layer.Key} {layer.Layer}", SummaryText.Shape(layer.OutputShape), (long)layer.Parameters, layer.Multiplications))]);
}
