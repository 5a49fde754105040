using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Packaging;

/// <summary>The package, packed and used the way a stranger would.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Program = """
        using System;
        using NetGen;

        var network = new Smoke(seed: 1);
        var optimizer = new SGD(0.5);
        float[] input = [0, 0, 0, 1, 1, 0, 1, 1];
        int[] labels = [0, 1, 1, 0];
        for (int step = 0; step < 2000; step++)
            network.TrainStep(input, labels, optimizer);
        var scores = new float[8];
        network.Predict(input, scores);
        for (int i = 0; i < 4; i++)
            Console.Write(scores[(2 * i) + 1] > scores[2 * i] ? 1 : 0);

        [Network(2)]
        [Linear(8), Tanh, Linear(2)]
        [CrossEntropyLoss]
        internal sealed partial class Smoke;
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("netgen-package-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Lane", "Slow")]
    public void A_fresh_project_with_the_package_alone_trains_a_network()
    {
        // A version of its own and a package directory of its own: no cache knows it.
        const string Version = "0.0.1-smoke";
        string feed = Path.Combine(_directory, "feed");
        Dotnet(_directory, "pack", Path.Combine(RepositoryRoot(), "src", "Runtime"), "-c", "Release", $"-p:Version={Version}",
            "--output", feed, "--artifacts-path", Path.Combine(_directory, "artifacts"), "-p:RunAnalyzers=false");
        string package = Assert.Single(Directory.GetFiles(feed));
        using (ZipArchive archive = ZipFile.OpenRead(package))
        {
            string[] assemblies = [.. archive.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(".dll", StringComparison.Ordinal)).Order()];
            Assert.Equal(["analyzers/dotnet/cs/NetGen.Generator.dll", "lib/net10.0/NetGen.dll"], assemblies);
            Assert.NotNull(archive.GetEntry("buildTransitive/NetGen.targets"));
        }

        string project = Directory.CreateDirectory(Path.Combine(_directory, "app")).FullName;
        File.WriteAllText(Path.Combine(project, "Program.cs"), Program);
        File.WriteAllText(Path.Combine(project, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RestorePackagesPath>{Path.Combine(_directory, "packages")}</RestorePackagesPath>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="NetGen" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);

        // The sources of the machine stay, for System.Numerics.Tensors.
        File.WriteAllText(Path.Combine(project, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="feed" value="{feed}" />
              </packageSources>
            </configuration>
            """);

        Dotnet(project, "build", "-c", "Release", "--output", Path.Combine(_directory, "bin"));
        Assert.Equal("0110", ChildProcess.Run(project, [], Path.Combine(_directory, "bin", "app.dll")));
    }

    private static void Dotnet(string directory, params string[] arguments) =>
        ChildProcess.Run(directory, [("DOTNET_CLI_USE_MSBUILD_SERVER", "0")], [.. arguments, "--nologo", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false"]);

    private static string RepositoryRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
