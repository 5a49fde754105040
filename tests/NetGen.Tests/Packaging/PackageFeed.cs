using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Tests.Infrastructure;

namespace NetGen.Tests.Packaging;

/// <summary>
/// The packages, packed once into a feed, and projects beside it that use them as a stranger's would. All is in one folder that goes at the end: NuGet's
/// caches too, so no cache knows them and none does afterwards.
/// </summary>
public sealed class PackageFeed : IDisposable
{
    /// <summary>A version of its own.</summary>
    public const string Version = "0.0.1-test";

    /// <summary>That of the tests, with which the packed assemblies were built.</summary>
    public const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    public PackageFeed()
    {
        Environment =
        [
            ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"), ("NUGET_PACKAGES", In("packages")), ("NUGET_HTTP_CACHE_PATH", In("http-cache")), ("NUGET_SCRATCH", In("scratch")),

            // A feed that does not answer at once is no fault of the package.
            ("NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT", "10"),
        ];

        // What is packed was built with the tests. The sources of the machine stay beside the feed, for what the package needs.
        foreach (string project in new[] { "Runtime", "Csv", "Charts", "Templates" })
            Pack(project);
        Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <add key="feed" value="{In("feed")}" />
              </packageSources>
            </configuration>
            """);
    }

    /// <summary>The folder of everything.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("netgen-package-").FullName;

    /// <summary>Variables of the programs that run here: caches of their own.</summary>
    public (string, string)[] Environment { get; }

    private static string[] Quiet => ["--nologo", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false"];

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    /// <summary>A path in the folder.</summary>
    public string In(params string[] parts) => Path.Combine([Directory, .. parts]);

    /// <summary>Writes a file of the folder.</summary>
    public void Write(string path, string text)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
    }

    /// <summary>Writes a project with the package or, where they are given, with other packages instead, or with projects, of whose package it is to know.</summary>
    public void WriteProject(string path, string properties, params string[] references) => Write(path, $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            {string.Concat((references is [] ? ["NetGen"] : references).Select(name => name.EndsWith(".csproj", StringComparison.Ordinal) ? $"<ProjectReference Include=\"{name}\" />" : $"<PackageReference Include=\"{name}\" Version=\"{Version}\" />"))}
          </ItemGroup>
        </Project>
        """);

    /// <summary>Runs <c>dotnet</c> in a folder of the folder, with caches of its own.</summary>
    /// <returns>What it printed.</returns>
    public string Dotnet(string folder, params string[] arguments) => ChildProcess.Run(In(folder), Environment, arguments);

    /// <summary><see cref="Dotnet"/> for what builds: no server stays behind.</summary>
    public string Build(string folder, params string[] arguments) => Dotnet(folder, [.. arguments, .. Quiet]);

    private void Pack(string project) => ChildProcess.Run(
        Directory, Environment[..1],
        [
            "pack", Path.Combine(RepositoryRoot(), "src", project), "--no-build", "-c", Configuration, $"-p:Version={Version}", $"-p:NuspecOutputPath={In("nuspec")}{Path.DirectorySeparatorChar}",
            "--output", In("feed"), .. Quiet,
        ]);

    private static string RepositoryRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
