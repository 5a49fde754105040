using System;
using System.CommandLine;
using System.IO;

namespace NetGen.Benchmarks;

/// <summary>The options of a measuring run.</summary>
internal sealed class Options
{
    private readonly Option<string?> _filter = new("--filter") { Description = "Measure only the workloads whose name contains this text.", HelpName = "S" };

    private readonly Option<int> _threads = new("--threads") { HelpName = "N", DefaultValueFactory = _ => 1 };

    private readonly Option<FileInfo?> _json = new("--json") { Description = "Write the figures to this file as well.", HelpName = "FILE" };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="threadsOf">Whose threads are asked for; null: nobody's.</param>
    public Options(Command command, string? threadsOf)
    {
        _threads.Description = $"Threads of {threadsOf}.";
        _threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value and < 1)
                result.AddError($"--threads: expected a number of at least 1, got {value}.");
        });
        _json.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo?>() is { Directory: { Exists: false } directory })
                result.AddError($"--json: there is no directory '{directory}'.");
        });
        command.Add(_filter);
        command.Add(_json);
        if (threadsOf is not null)
            command.Add(_threads);
    }

    /// <summary>Whether a workload is asked for.</summary>
    public Func<string, bool> Selection(ParseResult result)
    {
        string filter = result.GetValue(_filter) ?? "";
        return name => name.Contains(filter, StringComparison.Ordinal);
    }

    /// <summary>The threads asked for.</summary>
    public int Threads(ParseResult result) => result.GetValue(_threads);

    /// <summary>The file to write, if any.</summary>
    public FileInfo? Json(ParseResult result) => result.GetValue(_json);
}
