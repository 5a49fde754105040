using System;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NetGen.Benchmarks;

/// <summary>
/// A child process that answers one line of JSON with another. While nothing is asked of it, it waits for input and takes no time of ours.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(Process process, JsonNode hello)
    {
        _process = process;
        Hello = hello;
    }

    /// <summary>The line that it introduced itself with.</summary>
    public JsonNode Hello { get; }

    /// <summary>Starts a process.</summary>
    /// <param name="start">What to start; it says hello with a line that has <c>version</c>, or <c>error</c> and ends.</param>
    /// <param name="failure">Why there is none.</param>
    /// <returns>The peer, or null.</returns>
    public static Peer? Start(ProcessStartInfo start, out string failure)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            failure = $"there is no {start.FileName}";
            return null;
        }

        JsonNode? hello = process.StandardOutput.ReadLine() is { } line ? JsonNode.Parse(line) : null;
        if (hello?["version"] is not null)
        {
            failure = "";
            return new Peer(process, hello);
        }

        failure = hello?["error"]?.GetValue<string>() ?? $"{start.FileName} ended without an answer";
        process.Dispose();
        return null;
    }

    /// <summary>Sends a command and waits for the answer.</summary>
    public JsonNode Ask(JsonObject command)
    {
        _process.StandardInput.WriteLine(command.ToJsonString());
        _process.StandardInput.Flush();
        string? answer = _process.StandardOutput.ReadLine();
        return answer is null
            ? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended in the middle of the run, asked for {command["command"]}.")
            : JsonNode.Parse(answer)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
            _process.Kill();
        _process.Dispose();
    }
}
