using System;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Packaging;

/// <summary>The package, packed and used the way a stranger would.</summary>
[Trait("Lane", "Slow")]
public sealed partial class PackageTests(PackageFeed feed) : IClassFixture<PackageFeed>
{
    [Fact]
    public void Package_holds_the_runtime_the_generator_and_what_tells_publishing()
    {
        using ZipArchive archive = ZipFile.OpenRead(feed.In("feed", $"NetGen.{PackageFeed.Version}.nupkg"));
        string[] files = [.. archive.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(".dll", StringComparison.Ordinal) || name.StartsWith("build", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(["analyzers/dotnet/cs/NetGen.CodeFixes.dll", "analyzers/dotnet/cs/NetGen.Generator.dll", "buildTransitive/NetGen.targets", "lib/net10.0/NetGen.dll", "tasks/netstandard2.0/NetGen.Tasks.dll"], files);
    }

    [Fact]
    public void Package_says_what_it_is_and_where_it_is_from()
    {
        using ZipArchive archive = ZipFile.OpenRead(feed.In("feed", $"NetGen.{PackageFeed.Version}.nupkg"));
        string nuspec = Text(archive.GetEntry("NetGen.nuspec")!);
        foreach (string element in new[]
        {
            "<license type=\"expression\">MIT</license>", "<icon>icon.png</icon>", "<readme>README.md</readme>", "<projectUrl>https://github.com/netgen/netgen</projectUrl>",
            "<releaseNotes>https://github.com/netgen/netgen/blob/main/CHANGELOG.md</releaseNotes>", "<tags>neural-network ", "<repository type=\"git\" url=\"https://github.com/netgen/netgen\" ",
        })
            Assert.Contains(element, nuspec, StringComparison.Ordinal);
        Assert.NotNull(archive.GetEntry("icon.png"));

        // A feed has README alone: no link into the repository's folders, and no comment.
        string readme = Text(archive.GetEntry("README.md")!);
        Assert.Contains("](https://github.com/netgen/netgen/blob/main/docs/getting-started.md)", readme, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\]\((?!https?:|#)", readme);
        Assert.DoesNotContain("<!--", readme, StringComparison.Ordinal);

        using ZipArchive symbols = ZipFile.OpenRead(feed.In("feed", $"NetGen.{PackageFeed.Version}.snupkg"));
        using var pdb = new MemoryStream();
        using (Stream stream = symbols.GetEntry("lib/net10.0/NetGen.pdb")!.Open())
            stream.CopyTo(pdb);
        pdb.Position = 0;
        MetadataReader reader = MetadataReaderProvider.FromPortablePdbStream(pdb).GetMetadataReader();
        var sourceLink = new Guid("CC110556-A091-4D38-9FEC-25AB9A351A6A");
        byte[] link = Assert.Single(
            from handle in reader.CustomDebugInformation
            let information = reader.GetCustomDebugInformation(handle)
            where reader.GetGuid(information.Kind) == sourceLink
            select reader.GetBlobBytes(information.Value));
        Assert.Contains("https://raw.githubusercontent.com/netgen/netgen/", Encoding.UTF8.GetString(link), StringComparison.Ordinal);
        Assert.Equal(
            PackageFeed.Configuration == "Release",
            reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name)).All(name => name.StartsWith("/_", StringComparison.Ordinal)));
    }

    private static string Text(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }

    [Fact]
    public void A_fresh_project_with_the_package_alone_trains_a_network()
    {
        feed.WriteProject("app/app.csproj", "<OutputType>Exe</OutputType>");
        feed.Write("app/Program.cs", """
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
            """);
        feed.Build("app", "build", "-c", "Release", "--output", feed.In("app", "out"));
        Assert.Equal("0110", feed.Dotnet("app", feed.In("app", "out", "app.dll")));
    }

    [Fact]
    public void A_fresh_project_with_the_other_packages_reads_a_table_and_draws_its_training()
    {
        feed.WriteProject("table/table.csproj", "<OutputType>Exe</OutputType>", "NetGen", "NetGen.Csv", "NetGen.Charts");
        feed.Write("table/Program.cs", """
            using System;
            using System.IO;
            using System.Linq;
            using NetGen;
            using NetGen.Charts;
            using NetGen.Csv;
            using NetGen.Data;
            using NetGen.Training;

            string rows = string.Concat(Enumerable.Range(0, 60).Select(i => $"{i % 10},{(i % 3 == 0 ? "Ulm" : "Bonn")},{(i % 10 > 4 ? "large" : "small")}\n"));
            TabularData<int> table = CsvReader.ReadClasses(new StringReader("rooms,city,size\n" + rows), new CsvOptions { Target = "size", Categorical = ["city"] });
            var trainer = new Trainer<Homes, int>(new Homes(seed: 1), new Adam(0.05));
            trainer.Fit(table.Data.Transform(table.Transform), 30, 10, progress: new ConsoleProgress());
            TrainingReport.Write("report.html", trainer.History);
            Console.WriteLine();
            Console.WriteLine(table.CreatePredictor(trainer.Network).Classify(table.Schema.Encode("9", "Ulm")).Name);

            [Network(3)]
            [Linear(8), ReLU, Linear(2)]
            [CrossEntropyLoss]
            internal sealed partial class Homes;
            """);
        feed.Build("table", "build", "-c", "Release", "--output", feed.In("table", "out"));
        Assert.EndsWith("large", feed.Dotnet("table", feed.In("table", "out", "table.dll")).TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("<h2>loss</h2>", File.ReadAllText(feed.In("table", "report.html")), StringComparison.Ordinal);
    }

    /// <summary>
    /// The network is in a library, and the program knows of the package through it alone. The speed is that of the vectors' width, a constant in what Native AOT makes:
    /// without a word from the package it is 128 bits, and a step takes 200 times as long. Checkpoints call the system, to flush a directory.
    /// </summary>
    [NativeFact]
    public void A_program_of_Native_AOT_has_wide_vectors_and_the_bits_of_the_JIT()
    {
        feed.WriteProject("library/library.csproj", "<IsAotCompatible>true</IsAotCompatible>");
        feed.Write("library/Digits.cs", """
            using NetGen;

            namespace Library;

            [Network(1, 16, 16)]
            [Conv2d(6, 5), ReLU, MaxPool2d(2)]
            [Flatten, Linear(20), Tanh, Dropout, Linear(10)]
            [CrossEntropyLoss]
            public sealed partial class Digits;
            """);
        feed.WriteProject("native/native.csproj", "<OutputType>Exe</OutputType><PublishAot>true</PublishAot>", "../library/library.csproj");
        feed.Write("native/Program.cs", """
            using System;
            using System.IO;
            using System.Runtime.Intrinsics;
            using System.Runtime.Intrinsics.X86;
            using Library;
            using NetGen;
            using NetGen.Data;
            using NetGen.Metrics;
            using NetGen.Training;

            var images = new float[64 * Digits.InputSize];
            for (int i = 0; i < images.Length; i++)
                images[i] = i * 7919 % 1009 / 1009f;
            var labels = new int[64];
            for (int i = 0; i < labels.Length; i++)
                labels[i] = i % 10;
            var digits = new Digits(seed: 1);
            var optimizer = new SGD(0.1);
            for (int step = 0; step < 20; step++)
                digits.TrainStep(images, labels, optimizer);
            var scores = new float[64 * Digits.OutputSize];
            digits.Predict(images, scores);
            Console.WriteLine(Hash(scores));

            string folder = Directory.CreateTempSubdirectory("netgen-native-").FullName;
            var data = new Dataset<int>(images, labels, Digits.InputSize);
            var transform = new Standardize().Fit(data);
            Trainer<Digits, int> Trained(int epochs)
            {
                var trainer = new Trainer<Digits, int>(new Digits(seed: 2), new AdamW(1e-3))
                {
                    Average = new ExponentialMovingAverage(), Schedule = new CosineAnnealing(4), Metrics = [new Accuracy(), new F1()], Monitor = new TrainingMonitor(),
                    Callbacks = [new EarlyStopping()], Checkpoints = new CheckpointDirectory(folder) { Keep = 1 },
                };
                Console.WriteLine(trainer.Resume());
                trainer.Fit(data.Transform(transform), epochs, 16, data.Transform(transform));
                return trainer;
            }

            Trained(2);
            string saved = Path.Combine(folder, "digits.model");
            new Predictor<Digits>(Trained(4).Network, transform).Save(saved);
            Predictor<Digits>.Load(saved).Predict(images, scores);
            Console.WriteLine(Hash(scores));
            Console.WriteLine(string.Join(' ', new CheckpointDirectory(folder).Steps));
            Directory.Delete(folder, recursive: true);
            Console.WriteLine(Vector256.IsHardwareAccelerated && Fma.IsSupported);

            static ulong Hash(float[] scores)
            {
                var hash = 14695981039346656037;
                foreach (float score in scores)
                    hash = (hash ^ BitConverter.SingleToUInt32Bits(score)) * 1099511628211;
                return hash;
            }
            """);
        string said = feed.Dotnet("native", "publish", "-c", "Release", "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", "--output", feed.In("native", "out"));
        Assert.Contains("NetGen: native is compiled for x86-64-v3 ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", said, StringComparison.Ordinal);
        string native = ChildProcess.RunProgram(feed.In("native", "out", "native"), feed.Directory, []);
        Assert.Equal(native, feed.Dotnet("native", feed.In("native", "bin", "Release", "net10.0", "linux-x64", "native.dll")));
        string[] lines = native.TrimEnd().Split('\n');
        Assert.Equal(["False", "True"], lines[1..3]);
        Assert.Equal(["16", "True"], lines[4..]);

        string Set(params string[] properties) => feed.Dotnet("native", ["msbuild", "-getProperty:IlcInstructionSet", "-nodeReuse:false", .. properties]).Trim();
        Assert.Equal("x86-64-v3", Set("-p:RuntimeIdentifier=win-x64"));
        Assert.Equal("native", Set("-p:IlcInstructionSet=native"));
        Assert.Empty(Set("-p:RuntimeIdentifier=linux-arm64"));
        Assert.Empty(Set("-p:PublishAot=false"));
    }

    /// <summary>Where the compiler is not given the generator, the build says so, in languages that have none too; where a project has the package through another, it does not.</summary>
    [Theory]
    [InlineData("csproj", "<Target Name=\"NoAnalyzers\" AfterTargets=\"ResolveLockFileAnalyzers\"><ItemGroup><Analyzer Remove=\"@(Analyzer)\" /></ItemGroup></Target>", "leave NetGen.Generator.dll among the Analyzer items")]
    [InlineData("csproj", "", null)]
    [InlineData("vbproj", "", "its language is VB, ")]
    [InlineData("fsproj", "", "its language is F#, ")]
    public void A_project_whose_compiler_has_no_generator_is_told(string kind, string target, string? said)
    {
        string name = "untold" + kind + target.Length;
        string Project(string reference, string more = "") => $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>{reference}</ItemGroup>{more}</Project>";
        feed.Write($"{name}/a/a.{kind}", Project($"<PackageReference Include=\"NetGen\" Version=\"{PackageFeed.Version}\" />{(kind == "fsproj" ? "<Compile Include=\"a.fs\" />" : "")}", target));
        feed.Write($"{name}/a/a.fs", "module A\nlet optimizer = NetGen.SGD(0.1)\n");
        feed.Write($"{name}/b/b.csproj", Project($"<ProjectReference Include=\"../a/a.{kind}\" />"));
        string[] options = ["build", "--nologo", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false"];
        string output = feed.Dotnet(Path.Combine(name, "b"), options);
        string[] told = [.. output.Split("Build succeeded.")[0].Split('\n').Where(line => line.Contains("NG4003", StringComparison.Ordinal))];
        if (said is null)
            Assert.Empty(told);
        else
            Assert.Contains(said, Assert.Single(told.Distinct()), StringComparison.Ordinal);
        Assert.DoesNotContain("NG4003", feed.Dotnet(Path.Combine(name, "a"), [.. options, "--no-restore", "-p:NoWarn=NG4003"]), StringComparison.Ordinal);
    }

    /// <summary>The templates are installed in a hive of their own, so they are in no list of this machine's.</summary>
    [Fact]
    public void Projects_of_the_templates_run_and_build()
    {
        string[] hive = ["--debug:custom-hive", feed.In("hive")];
        feed.Write("templates/empty.txt", "");
        feed.Dotnet("templates", ["new", "install", $"NetGen.Templates@{PackageFeed.Version}", .. hive]);
        feed.Dotnet("templates", ["new", "netgen-console", "-n", "Spirals", "--skipRestore", .. hive]);
        feed.Dotnet("templates", ["new", "netgen-classlib", "-n", "my-digits", "--skipRestore", .. hive]);

        feed.Build(Path.Combine("templates", "Spirals"), "build", "-c", "Release", "-warnaserror", "--output", feed.In("templates", "out"));
        string last = feed.Dotnet("templates", feed.In("templates", "out", "Spirals.dll")).TrimEnd().Split('\n')[^1];
        Assert.StartsWith("test accuracy: ", last, StringComparison.Ordinal);
        Assert.InRange(double.Parse(last.Split(' ')[^1], CultureInfo.InvariantCulture), 0.97, 1);

        // Names that would hide the program's class, or a type that it uses, were they a namespace around it.
        (string Template, string Name)[] awkward = [("netgen-console", "SpiralNetwork"), ("netgen-console", "Math"), ("netgen-classlib", "DigitNetwork"), ("netgen-classlib", "TensorPrimitives")];
        foreach ((string template, string name) in awkward)
        {
            feed.Dotnet("templates", ["new", template, "-n", name, "--skipRestore", .. hive]);
            feed.Build(Path.Combine("templates", name), "build", "-warnaserror");
        }

        feed.Build(Path.Combine("templates", "my-digits"), "build", "-warnaserror");
        Assert.Contains("namespace my_digits;", File.ReadAllText(feed.In("templates", "my-digits", "DigitNetwork.cs")), StringComparison.Ordinal);
    }

    /// <summary>Native AOT compiles for the system that it runs on, and leaves linking to a C compiler.</summary>
    private sealed class NativeFactAttribute : FactAttribute
    {
        public NativeFactAttribute()
        {
            string[] folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
            if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64 || !Vector256.IsHardwareAccelerated)
                Skip = "Runs on Linux, on an x64 processor with AVX2.";
            else if (!folders.Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc"))))
                Skip = "Native AOT links with clang or gcc, and there is neither.";
        }
    }
}
