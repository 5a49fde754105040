using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace NetGen.Tests.Training.Checkpoints;

/// <summary>A training in a process (<c>tests/NetGen.Interrupted</c>) that is killed again and again ends with the bits of one that was left in peace.</summary>
[Trait("Lane", "Slow")]
public class KillTests(ITestOutputHelper output)
{
    private const int Kills = 100;

    [Fact]
    public void Killed_a_hundred_times_a_training_ends_with_the_same_bits()
    {
        var random = new Random(11);
        var clock = Stopwatch.StartNew();
        int kills = 0;
        int leftOver = 0;
        for (int training = 1; kills < Kills; training++)
        {
            using var undisturbed = new TemporaryDirectory();
            using var disturbed = new TemporaryDirectory();
            Assert.Equal(0, Run(undisturbed.FullName, training, null));
            while (Run(disturbed.FullName, training, kills < Kills ? random : null) is not 0 and var code)
            {
                // 128 and SIGKILL; a file that is not whole ends it in another way.
                Assert.Equal(OperatingSystem.IsWindows() ? -1 : 137, code);
                kills++;
                leftOver += disturbed.Files.Count(name => name.EndsWith(".netgen-tmp", StringComparison.Ordinal));
            }

            Assert.Equal(undisturbed.Files, disturbed.Files);
            foreach (string name in undisturbed.Files)
                Assert.Equal(Contents(undisturbed.File(name)), Contents(disturbed.File(name)));
        }

        output.WriteLine($"{kills} kills in {clock.Elapsed.TotalSeconds:F1} s, of them {leftOver} while a file was written");
    }

    /// <summary>All that a checkpoint has, but for how long its epochs took.</summary>
    private static string Contents(string path)
    {
        var file = CheckpointFile.Parse(File.ReadAllBytes(path));
        JsonObject metadata = file.Header["__metadata__"]!.AsObject();
        foreach (string key in metadata.Select(entry => entry.Key).Where(key => key.StartsWith("training/trainer.history.", StringComparison.Ordinal) && key.EndsWith(".values", StringComparison.Ordinal)).ToArray())
        {
            string[] names = metadata[Regex.Replace(key, "values$", "names")]!.GetValue<string>().Split('\n');
            IEnumerable<string> values = metadata[key]!.GetValue<string>().Split('\n').Zip(names, (value, name) => name is "seconds" or "samples_per_second" ? "" : value);
            metadata[key] = string.Join('\n', values);
        }

        return $"{file.Header}\n{Convert.ToHexString(file.Data)}";
    }

    /// <summary>Runs to the end, or is killed: now and then while it starts, otherwise so many milliseconds after it began to save its first checkpoint.</summary>
    private static int Run(string directory, int seed, Random? random)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "NetGen.Interrupted.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, directory, $"{seed}", "40"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        if (random is not null)
        {
            if (random.Next(6) == 0)
            {
                Thread.Sleep(random.Next(400));
            }
            else
            {
                process.StandardOutput.ReadLine();
                Wait(TimeSpan.FromMilliseconds(random.NextDouble() * 40));
            }

            process.Kill();
        }

        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>To a part of a millisecond.</summary>
    private static void Wait(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
            Thread.Yield();
    }
}
