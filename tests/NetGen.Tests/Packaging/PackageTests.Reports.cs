using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Packaging;

/// <summary>What a build tells and writes of the networks of a fresh project.</summary>
public sealed partial class PackageTests
{
    private const string Networks = """
        using System.IO;
        using NetGen;

        if (args.Length > 0)
        {
            File.WriteAllText(Path.Combine(args[0], "Digits.md"), Digits.Report.ToMarkdown());
            File.WriteAllText(Path.Combine(args[0], "Digits.json"), Digits.Report.ToJson());
            File.WriteAllText(Path.Combine(args[0], "Digits.svg"), Digits.Report.ToSvg());
            File.WriteAllText(Path.Combine(args[0], "Digits.html"), Digits.Report.ToHtml());
            System.Console.Write(Digits.Summary);
        }

        [Network(1, 28, 28)]
        [Conv2d(16, 5, Name = "conv1"), ReLU, MaxPool2d(2)]
        [Flatten, Linear(10, Name = "fc")]
        [CrossEntropyLoss]
        sealed partial class Digits;

        namespace One
        {
            [Network(8), Linear(4), Tanh, Linear(1), MSELoss]
            partial class Twin;
        }

        namespace Two
        {
            [Network(8), Linear(5), Tanh, Linear(1), MSELoss]
            partial class Twin;
        }
        """;

    private static readonly string[] s_forms = [".html", ".json", ".md", ".svg"];

    private static readonly string[] s_build = ["build", "-c", "Release", "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false"];

    /// <summary>MSBuild has what the tasks need besides, that of the .NET Framework too.</summary>
    [Fact]
    public void Tasks_need_nothing_but_MSBuild()
    {
        using var archive = System.IO.Compression.ZipFile.OpenRead(feed.In("feed", $"NetGen.{PackageFeed.Version}.nupkg"));
        using var copy = new MemoryStream();
        using (Stream stream = archive.GetEntry("tasks/netstandard2.0/NetGen.Tasks.dll")!.Open())
            stream.CopyTo(copy);
        copy.Position = 0;
        using var assembly = new PEReader(copy);
        MetadataReader metadata = assembly.GetMetadataReader();
        string[] references = [.. metadata.AssemblyReferences.Select(metadata.GetAssemblyReference).Select(reference => metadata.GetString(reference.Name)).Order(StringComparer.Ordinal)];
        Assert.All(references, name => Assert.Contains(name, (string[])["Microsoft.Build.Framework", "Microsoft.Build.Utilities.Core", "System.Collections.Immutable", "System.Reflection.Metadata", "netstandard"]));
    }

    [Fact]
    public void Reports_are_told_and_written_once()
    {
        feed.WriteProject("reports/reports.csproj", "<OutputType>Exe</OutputType><TreatWarningsAsErrors>false</TreatWarningsAsErrors>");
        feed.Write("reports/Program.cs", Networks);
        string said = Build("-p:NetGenReport=true");
        Assert.Contains("  Digits, CrossEntropyLoss\n", said, StringComparison.Ordinal);
        Assert.Contains("  conv1 Conv2d(16, 5)  16x24x24         416               230,400", said, StringComparison.Ordinal);
        Assert.Contains("report: " + Report("Digits.html"), said, StringComparison.Ordinal);
        Assert.Contains("0 Warning(s)", said, StringComparison.Ordinal);
        Assert.Equal(new[] { "Digits", "One.Twin", "Two.Twin" }.SelectMany(name => s_forms.Select(form => name + form)), Files().Keys);

        // At run time it is the same.
        feed.Write("reports/run/empty.txt", "");
        string table = feed.Dotnet("reports", feed.In("reports", "bin", "Release", "net10.0", "reports.dll"), "run");
        Assert.Contains(string.Concat(table.TrimEnd('\n').Split('\n').Select(line => $"  {line}\n")), said, StringComparison.Ordinal);
        Assert.All(s_forms, form => Assert.Equal(File.ReadAllText(Report("Digits" + form)), File.ReadAllText(feed.In("reports", "run", "Digits" + form))));

        Dictionary<string, DateTime> before = Files();
        Assert.DoesNotContain("multiply-accumulates", Build("-p:NetGenReport=true"), StringComparison.Ordinal);
        Assert.Equal(before, Files());

        // Compiled anew, and as it was.
        feed.Write("reports/Program.cs", Networks.Replace("args.Length > 0", "args.Length > 1 - 1", StringComparison.Ordinal));
        Assert.Contains("Digits, CrossEntropyLoss", Build("-p:NetGenReport=true"), StringComparison.Ordinal);
        Assert.Equal(before, Files());

        // Of other options, though nothing is compiled; a name that is none is told.
        said = Build("-p:NetGenReport=One.Twin%3BNone", "-p:NetGenReportBatch=8", "-p:NetGenReportBalance=0.5");
        Assert.Contains("memory, batch of 8:", said, StringComparison.Ordinal);
        Assert.Contains("warning NGREPORT: NetGenReport names 'None', which is no network of this project; write true, false, or names of these: Digits, One.Twin, Two.Twin", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Digits, CrossEntropyLoss", said, StringComparison.Ordinal);
        Assert.Contains("  One.Twin, MSELoss\n", said, StringComparison.Ordinal);

        // Those of the other networks stay, and all do in a build without reports.
        Assert.Equal(before.Keys, Files().Keys);
        Assert.DoesNotContain("Twin", Build(), StringComparison.Ordinal);
        Assert.DoesNotContain("Twin", Build("-p:NetGenReport=%20false%20"), StringComparison.Ordinal);
        Assert.Equal(before.Keys, Files().Keys);

        // What was deleted by hand is written again, though nothing is compiled.
        Build("-p:NetGenReport=true");
        File.Delete(Report("Digits.md"));
        Assert.Contains("Digits, CrossEntropyLoss", Build("-p:NetGenReport=true"), StringComparison.Ordinal);
        Assert.Equal(before.Keys, Files().Keys);

        // Those of a network that is gone go.
        feed.Write("reports/Program.cs", Networks.Replace("namespace Two", "namespace Three", StringComparison.Ordinal));
        Build("-p:NetGenReport=true");
        Assert.Equal(new[] { "Digits", "One.Twin", "Three.Twin" }.SelectMany(name => s_forms.Select(form => name + form)), Files().Keys);

        // One that cannot be written is an error of one line.
        File.Delete(Report("Digits.md"));
        Directory.CreateDirectory(Report("Digits.md"));
        (int exitCode, string failed, _) = ChildProcess.RunAnyway(feed.In("reports"), feed.Environment, [.. s_build, "-p:NetGenReport=true", "-p:NetGenReportBatch=7"]);
        Assert.NotEqual(0, exitCode);
        Assert.Matches("error : NetGen: '.*Digits.md' cannot be written: ", failed);
        Assert.DoesNotContain("MSB4018", failed, StringComparison.Ordinal);
        (exitCode, failed, _) = ChildProcess.RunAnyway(feed.In("reports"), feed.Environment, [.. s_build, "-p:NetGenUpdateBaseline=true"]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("error NG3040: NetGenUpdateBaseline is true, but the project names no file to write", failed, StringComparison.Ordinal);

        string Build(params string[] options) => feed.Dotnet("reports", [.. s_build, .. options]);

        string Report(string file) => feed.In("reports", "obj", "Release", "net10.0", "NetGen", file);

        Dictionary<string, DateTime> Files() => new(Directory.GetFiles(Report("")).Where(path => s_forms.Contains(Path.GetExtension(path)))
            .OrderBy(path => Path.GetFileName(path), StringComparer.Ordinal).Select(path => KeyValuePair.Create(Path.GetFileName(path), File.GetLastWriteTimeUtc(path))));
    }

    [Fact]
    public void A_network_that_differs_from_the_baseline_is_a_warning_until_it_is_written()
    {
        feed.WriteProject("baseline/baseline.csproj", "<OutputType>Exe</OutputType><NetGenBaseline>NetGen.baseline.json</NetGenBaseline><TreatWarningsAsErrors>false</TreatWarningsAsErrors>");
        feed.Write("baseline/Program.cs", Networks);
        Assert.Contains("NetGen.baseline.json : warning NG3040: The baseline is missing; -p:NetGenUpdateBaseline=true writes it anew", Build(), StringComparison.Ordinal);
        Assert.Contains("NetGen: NetGen.baseline.json holds the figures of 3 networks.", Build("-p:NetGenUpdateBaseline=true"), StringComparison.Ordinal);
        string path = feed.In("baseline", "NetGen.baseline.json"), written = File.ReadAllText(path);
        Assert.Contains("  \"One.Twin\": {\n    \"parameters\": 41,\n    \"multiplyAccumulates\": 36,\n", written, StringComparison.Ordinal);
        Assert.DoesNotContain("NG3040", Build(), StringComparison.Ordinal);

        // At each build, compiled or not; the file as a formatter may have left it.
        feed.Write("baseline/NetGen.baseline.json", written.Replace("\n    ", " ", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));
        feed.Write("baseline/Program.cs", Networks.Replace("Linear(4)", "Linear(6)", StringComparison.Ordinal).Replace("Two", "Three", StringComparison.Ordinal));
        for (int i = 0; i < 2; i++)
        {
            string said = Build();
            Assert.Contains("NetGen.baseline.json(4): warning NG3040: Network 'One.Twin' differs from the baseline: 61 parameters (were 41, +48.78 %), 54 multiply-accumulates forward (were 36, +50 %), ", said, StringComparison.Ordinal);
            Assert.Contains("NetGen.baseline.json : warning NG3040: Network 'Three.Twin' is not in the baseline; ", said, StringComparison.Ordinal);
            Assert.Contains("NetGen.baseline.json(6): warning NG3040: Network 'Two.Twin' of the baseline is not in the project; ", said, StringComparison.Ordinal);
            Assert.DoesNotContain("'Digits'", said, StringComparison.Ordinal);
        }

        (int exitCode, string failed, _) = ChildProcess.RunAnyway(feed.In("baseline"), feed.Environment, [.. s_build, "-warnaserror:NG3040"]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("error NG3040", failed, StringComparison.Ordinal);
        Build("-p:NetGenUpdateBaseline=true");
        Assert.DoesNotContain("NG3040", Build(), StringComparison.Ordinal);

        feed.Write("baseline/NetGen.baseline.json", "{ \"Digits\": 3 }");
        Assert.Contains("warning NG3040: The baseline cannot be read, line 1: '{' is missing; ", Build(), StringComparison.Ordinal);

        feed.Write("baseline/NetGen.baseline.json", "{\n \"Digits\": { \"parametres\": 1 } }");
        Assert.Contains("warning NG3040: The baseline cannot be read, line 2: 'parametres' is no figure; ", Build(), StringComparison.Ordinal);
        feed.Write("baseline/NetGen.baseline.json", "{ \"Digits\": { } }");
        Assert.Contains("warning NG3040: The baseline cannot be read, line 1: 'Digits' has no figures; ", Build(), StringComparison.Ordinal);
        feed.Write("baseline/NetGen.baseline.json", "{ \"Digits\": { \"parameters\": 1 },\n \"Digits\": { \"parameters\": 1 } }");
        Assert.Contains("warning NG3040: The baseline cannot be read, line 2: 'Digits' is there twice; ", Build(), StringComparison.Ordinal);

        string Build(params string[] options) => feed.Dotnet("baseline", [.. s_build, .. options]);
    }
}
