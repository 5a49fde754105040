using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using NetGen.Reports;

namespace NetGen.Runtime;

/// <summary>What is known of a network without running it, read on first use from the text that the generator left.</summary>
/// <typeparam name="TKernels">The network's steps.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NetworkTable<TKernels>
    where TKernels : struct, INetworkKernels
{
    private static NetworkReport? s_report;
    private static IReadOnlyList<LayerInfo>? s_layers;
    private static ActivationPlace[]? s_activations;

    /// <summary>All of it.</summary>
    public static NetworkReport Report => s_report ??= new NetworkReport(
        FiguresText.Read(TKernels.Figures) ?? throw new InvalidOperationException("The network was compiled with another version of NetGen, whose figures this one cannot read: build its project with this version."),
        ReportOptions.Default);

    /// <summary>The rows of the table, in order of execution.</summary>
    public static IReadOnlyList<LayerInfo> Layers => s_layers ??= Array.AsReadOnly(Report.Figures.Layers.Select(layer => new LayerInfo(layer)).ToArray());

    /// <summary>Where the layers' outputs lie in the workspace of training.</summary>
    internal static ActivationPlace[] Activations => s_activations ??= [.. TKernels.Activations.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(entry => new ActivationPlace(entry, Layers))];

    /// <summary>The table as text.</summary>
    public static string Summary => Report.ToString();
}
