using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Generator;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Packaging;

/// <summary>A project that switches off what it can, built by the real compiler. Each mistake is told, and once.</summary>
public sealed class SilencedBuildTests : IDisposable
{
    private const string Source = """
        using NetGen;

        System.Console.WriteLine(new Pragma());

        #pragma warning disable
        #pragma warning disable NG1014
        [Network(4), Linear(0)]
        partial class Pragma;

        [System.Diagnostics.CodeAnalysis.SuppressMessage("NetGen", "NG1018"), Network(1, 4), BatchNorm2d]
        [System.Diagnostics.CodeAnalysis.SuppressMessage("NetGen", "NG1026")]
        partial class Message;

        [Block, Linear(3)]
        class Shrinking;

        [Network(4), Residual<Shrinking>]
        partial class Composed;
        """;

    private static readonly string[] s_rules = ["NG1014", "NG1026", "NG1033"];

    private readonly string _directory = Directory.CreateTempSubdirectory("netgen-silenced-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [Trait("Lane", "Slow")]
    [InlineData]
    [InlineData("-p:RunAnalyzers=false")]
    [InlineData("-p:RunAnalyzersDuringBuild=false")]
    [InlineData("-p:RunAnalyzers=true", "-p:RunAnalyzersDuringBuild=false")]
    [InlineData("-p:IsImplicitlyTriggeredBuild=true")]
    [InlineData("-p:IsImplicitlyTriggeredBuild=true", "-p:TreatWarningsAsErrors=true")]
    [InlineData("-p:TakesTargets=false")]
    [InlineData("-p:TakesTargets=false", "-p:RunAnalyzers=false")]
    [InlineData("-p:GenerateMSBuildEditorConfigFile=false", "-p:RunAnalyzers=false")]
    public void Each_mistake_is_told_once(params string[] switches) => Build(Source, s_rules, switches);

    /// <summary>Where the generator cannot tell a name that nobody knows from one that another generator writes, the compiler can.</summary>
    [Theory]
    [Trait("Lane", "Slow")]
    [InlineData]
    [InlineData("-p:RunAnalyzers=false")]
    public void What_the_compiler_rejects_is_told_once(params string[] switches) =>
        Build("[NetGen.Network(4), NetGen.Linear(Missing)] partial class Net; class Program { static void Main() => new Net().Predict(default, default); }", ["CS0103"], switches);

    private void Build(string source, string[] expected, string[] switches)
    {
        string Line(string rule, string severity) => $"dotnet_diagnostic.{rule}.severity = {severity}\n";
        File.WriteAllText(Path.Combine(_directory, ".editorconfig"),
            "root = true\n[*.cs]\ngenerated_code = true\ndotnet_analyzer_diagnostic.severity = none\ndotnet_analyzer_diagnostic.category-NetGen.severity = none\n"
            + string.Concat(s_rules.Select(rule => Line(rule, "none"))));
        File.WriteAllText(Path.Combine(_directory, ".globalconfig"), "is_global = true\nglobal_level = 200\n" + string.Concat(s_rules.Select(rule => Line(rule, "suggestion"))));
        File.WriteAllText(Path.Combine(_directory, "Program.cs"), source);
        File.WriteAllText(Path.Combine(_directory, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <WarningLevel>0</WarningLevel>
                <NoWarn>{string.Join(';', s_rules)}</NoWarn>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{typeof(SGD).Assembly.Location}" />
                <Analyzer Include="{typeof(NetworkGenerator).Assembly.Location}" />
              </ItemGroup>
              <Import Condition="'$(TakesTargets)' != 'false'" Project="{Targets()}" />
            </Project>
            """);

        (int exitCode, string output, _) = ChildProcess.RunAnyway(
            _directory, [("DOTNET_CLI_USE_MSBUILD_SERVER", "0")],
            ["build", .. switches, "--nologo", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false"]);
        Assert.NotEqual(0, exitCode);
        string[] errors = [.. output.Split("Build FAILED.")[0].Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal))];
        Assert.True(expected.SequenceEqual(errors.Select(line => line.Split(": error ")[1].Split(':')[0]).Order()), output);
    }

    private static string Targets([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Runtime", "buildTransitive", "NetGen.targets"));
}
