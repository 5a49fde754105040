using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Build.Framework;
using NetGen.Reports;

namespace NetGen.Tasks;

/// <summary>Warns of networks that cost more or less than a file says, or writes the file.</summary>
public sealed class CompareBaseline : NetworkTask
{
    private const string Rule = "NG3040";

    private const string Page = "https://github.com/netgen/netgen/blob/main/docs/rules/NG3040.md";

    /// <summary>The file; empty where the project names none.</summary>
    public string File { get; set; } = "";

    /// <summary>Whether to write it.</summary>
    public bool Update { get; set; }

    /// <summary>Whether all is as the file says.</summary>
    [Output]
    public bool IsEqual { get; set; } = true;

    internal override void Run(IReadOnlyList<NetworkFigures> networks, ReportOptions options)
    {
        if (File.Trim().Length == 0)
        {
            if (networks.Count > 0)
                Log.LogError(null, Rule, null, Page, null, 0, 0, 0, 0, "NetGenUpdateBaseline is true, but the project names no file to write: <NetGenBaseline>NetGen.baseline.json</NetGenBaseline>");
        }
        else if (Update)
        {
            Write(File, Baseline.Write(networks, options));
            Log.LogMessage(MessageImportance.High, "NetGen: {0} holds the figures of {1}.", File, networks.Count == 1 ? "1 network" : Wording.Integer(networks.Count) + " networks");
        }
        else if (System.IO.File.Exists(File) || System.IO.Directory.Exists(File))
        {
            Compare(networks, options);
        }
        else if (networks.Count > 0)
        {
            Warn(0, "The baseline is missing");
        }
    }

    private void Compare(IReadOnlyList<NetworkFigures> networks, ReportOptions options)
    {
        IReadOnlyList<BaselineFigures> baseline;
        try
        {
            baseline = Baseline.Read(Read(File));
        }
        catch (FormatException mistake)
        {
            Warn(0, $"The baseline cannot be read, {mistake.Message}");
            return;
        }

        foreach (NetworkFigures network in networks)
        {
            if (baseline.FirstOrDefault(figures => figures.Name == network.FullName) is not { } figures)
                Warn(0, $"Network '{network.FullName}' is not in the baseline");
            else if (figures.Difference(network, options) is { Length: > 0 } difference)
                Warn(figures.Line, $"Network '{network.FullName}' differs from the baseline: {difference}");
        }

        foreach (BaselineFigures figures in baseline.Where(figures => networks.All(network => network.FullName != figures.Name)))
            Warn(figures.Line, $"Network '{figures.Name}' of the baseline is not in the project");
    }

    private void Warn(int line, string message)
    {
        IsEqual = false;
        Log.LogWarning(null, Rule, null, Page, File, line, 0, 0, 0, "{0}", message + "; -p:NetGenUpdateBaseline=true writes it anew");
    }
}
