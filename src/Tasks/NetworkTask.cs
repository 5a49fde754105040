using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using NetGen.Reports;

namespace NetGen.Tasks;

/// <summary>A task about the networks of the assembly that was just compiled.</summary>
public abstract class NetworkTask : Task
{
    /// <summary>The assembly.</summary>
    [Required]
    public string Assembly { get; set; } = "";

    /// <summary>The samples of a batch; empty: 64.</summary>
    public string Batch { get; set; } = "";

    /// <summary>The operations that a machine does while it moves a byte; empty: 10.</summary>
    public string Balance { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        ReportOptions options = ReportOptions.Default;
        if (Batch.Trim().Length > 0 && !(int.TryParse(Batch, NumberStyles.Integer, CultureInfo.InvariantCulture, out int batch) && batch > 0 && (options = options with { Batch = batch }) != default))
            Log.LogError("NetGenReportBatch is '{0}', which is no number of samples: write a whole number from 1 on.", Batch);
        if (Balance.Trim().Length > 0 && !(double.TryParse(Balance, NumberStyles.Float, CultureInfo.InvariantCulture, out double balance) && balance > 0 && !double.IsInfinity(balance) && (options = options with { Balance = balance }) != default))
            Log.LogError("NetGenReportBalance is '{0}', which is no number of operations: write a number above 0.", Balance);
        try
        {
            if (!Log.HasLoggedErrors)
                Run(AssemblyFigures.Read(Assembly), options);
        }
        catch (Exception failure) when (IsOfFiles(failure))
        {
            Log.LogError("NetGen: {0}", failure.Message);
        }

        return !Log.HasLoggedErrors;
    }

    /// <summary>Does what the task is for.</summary>
    internal abstract void Run(IReadOnlyList<NetworkFigures> networks, ReportOptions options);

    /// <summary>Writes a file whose content is another, so that what has not changed keeps its time.</summary>
    internal static void Write(string path, string text)
    {
        try
        {
            if (File.Exists(path) && File.ReadAllText(path) == text)
                return;
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception failure) when (IsOfFiles(failure))
        {
            throw new IOException($"'{path}' cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Reads a file that is there.</summary>
    internal static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (IsOfFiles(failure))
        {
            throw new IOException($"'{path}' cannot be read: {failure.Message}", failure);
        }
    }

    private static bool IsOfFiles(Exception failure) => failure is IOException or UnauthorizedAccessException;
}
