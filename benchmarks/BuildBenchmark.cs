using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NetGen.Generator;

namespace NetGen.Benchmarks;

/// <summary>
/// What five small networks add to a cold <c>dotnet build</c>: no build server runs, nothing is built, and the packages are restored. The same program without them,
/// and without the generator, is built in turn.
/// </summary>
internal static partial class BuildBenchmark
{
    /// <summary>What <c>--filter</c> looks into.</summary>
    public const string Name = "generator/build";

    private const int Repetitions = 5;

    private const string Networks = """
        using NetGen;
        System.Console.WriteLine(Xor.ParameterCount + Iris.ParameterCount + Wine.ParameterCount + Digits.ParameterCount + LeNet.ParameterCount);

        [Network(2), Linear(8), Tanh, Linear(1), MSELoss]
        partial class Xor;

        [Network(4), Linear(16), ReLU, Linear(16), ReLU, Linear(3), CrossEntropyLoss]
        partial class Iris;

        [Network(13), Linear(32), Sigmoid, Linear(1), MSELoss]
        partial class Wine;

        [Network(64), Linear(32), ReLU, Dropout(0.2), Linear(10), CrossEntropyLoss]
        partial class Digits;

        [Network(1, 28, 28), Conv2d(6, 5, Padding = 2), ReLU, MaxPool2d(2), Conv2d(16, 5), ReLU, MaxPool2d(2)]
        [Flatten, Linear(120), ReLU, Linear(84), ReLU, Linear(10), CrossEntropyLoss]
        partial class LeNet;
        """;

    [GeneratedRegex(@"^(real|user|sys)\s+([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Figure { get; }

    /// <summary>Measures and prints.</summary>
    public static void Run(TextWriter output)
    {
        if (OperatingSystem.IsWindows())
        {
            output.WriteLine($"{Name}: not measured, it needs a shell that times what it starts.");
            return;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("netgen-build-");
        try
        {
            string plain = Write(folder, "plain", "System.Console.WriteLine(0);", analyzer: "");
            string five = Write(folder, "five", Networks, $"<Analyzer Include=\"{typeof(NetworkGenerator).Assembly.Location}\" />");
            Shell(plain, "dotnet restore -v q");
            Shell(five, "dotnet restore -v q");
            var times = new (double Wall, double Processor)[2][];
            foreach (ref (double, double)[] row in times.AsSpan())
                row = new (double, double)[Repetitions];
            for (int i = 0; i < Repetitions; i++)
            {
                times[0][i] = Build(plain);
                times[1][i] = Build(five);
            }

            (double wall, double processor) = Median(times[0]);
            (double fiveWall, double fiveProcessor) = Median(times[1]);
            output.WriteLine($"{Name}: a cold dotnet build takes {Seconds(wall)} s and {Seconds(processor)} s of processor time, with five small networks {Seconds(fiveWall)} and {Seconds(fiveProcessor)}: "
                + $"{Seconds(fiveWall - wall)} s more (to reach: 4) and {Seconds(fiveProcessor - processor)} s of processor time (3.5).");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Write(DirectoryInfo folder, string name, string program, string analyzer)
    {
        string project = folder.CreateSubdirectory(name).FullName;
        File.WriteAllText(Path.Combine(project, "Program.cs"), program);
        File.WriteAllText(Path.Combine(project, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{typeof(NetworkAttribute).Assembly.Location}" />
                {analyzer}
              </ItemGroup>
            </Project>
            """);
        return project;
    }

    private static (double Wall, double Processor) Build(string project)
    {
        foreach (string built in new[] { "bin", "obj/Debug" }.Select(name => Path.Combine(project, name)).Where(Directory.Exists))
            Directory.Delete(built, recursive: true);
        string said = Shell(project, "time -p dotnet build --no-restore -v q -nodeReuse:false -p:UseSharedCompilation=false");
        double[] figures = [.. Figure.Matches(said).Select(match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))];
        return (figures[0], figures[1] + figures[2]);
    }

    private static string Shell(string folder, string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"({command}) 2>&1"]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"'{command}' failed: {said}");
    }

    private static (double Wall, double Processor) Median((double Wall, double Processor)[] times) =>
        (times.Select(time => time.Wall).Order().ElementAt(times.Length / 2), times.Select(time => time.Processor).Order().ElementAt(times.Length / 2));

    private static string Seconds(double seconds) => Text.Of(seconds, "0.0");
}
