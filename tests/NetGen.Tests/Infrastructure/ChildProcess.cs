using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace NetGen.Tests.Infrastructure;

/// <summary>Runs <c>dotnet</c>, or another program, in a process of its own.</summary>
internal static class ChildProcess
{
    // Nothing takes so long: what has not ended then hangs.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    /// <summary>Runs to the end; anything but exit code 0 fails the test with what was printed.</summary>
    /// <returns>The standard output.</returns>
    public static string Run(string directory, IReadOnlyList<(string Name, string Value)> environment, params string[] arguments) =>
        RunProgram(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", directory, environment, arguments);

    /// <summary>Runs <c>NetGen.Probe</c>.</summary>
    /// <returns>The lines that it prints.</returns>
    public static string[] Probe(IReadOnlyList<(string Name, string Value)> environment, params string[] arguments) =>
        Run(AppContext.BaseDirectory, environment, [Path.Combine(AppContext.BaseDirectory, "NetGen.Probe.dll"), .. arguments])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <inheritdoc cref="Run"/>
    public static string RunProgram(string program, string directory, IReadOnlyList<(string Name, string Value)> environment, params string[] arguments)
    {
        (int exitCode, string output, string error) = RunAnyway(program, directory, environment, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {exitCode}\n{output}\n{error}");
        return output;
    }

    /// <summary>Runs .NET to the end, whatever that is.</summary>
    public static (int ExitCode, string Output, string Error) RunAnyway(string directory, IReadOnlyList<(string Name, string Value)> environment, params string[] arguments) =>
        RunAnyway(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", directory, environment, arguments);

    private static (int ExitCode, string Output, string Error) RunAnyway(string program, string directory, IReadOnlyList<(string Name, string Value)> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What the build that runs this test has set is not meant for the child.
        foreach (string name in start.Environment.Keys.Where(n => n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end in {s_limit}.");
        }

        return (process.ExitCode, output.Result, error.Result);
    }
}
