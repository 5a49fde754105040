using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator;

namespace NetGen.Benchmarks;

/// <summary>
/// Times the generator as the compiler runs it: cold, on a compilation it has not seen, and again after an edit of one character in a
/// file that declares no network.
/// </summary>
internal static class GeneratorBenchmark
{
    private const int Repetitions = 7;
    private const double ColdReach = 50;

    private static readonly int[] s_depths = [2, 10, 50];
    private static readonly int[] s_widths = [256, 192, 128, 160, 96, 224];
    private static readonly string[] s_activations = ["ReLU", "Sigmoid", "Tanh", "GELU", "SiLU"];

    private static readonly Lazy<ImmutableArray<MetadataReference>> s_references = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) == "NetGen.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>The names that <c>--filter</c> looks into.</summary>
    public static IEnumerable<string> Names => s_depths.Select(Name);

    /// <summary>Measures and prints the networks whose names are selected.</summary>
    public static void Run(Func<string, bool> isSelected, TextWriter output)
    {
        int[] depths = [.. s_depths.Where(depth => isSelected(Name(depth)))];
        if (depths.Length == 0)
            return;

        // A network that is measured nowhere: what is JIT-compiled here is Roslyn and the generator.
        double first = Cold(Source("WarmUp", 3, s_widths[1]), out _);
        output.WriteLine($"The generator, on networks of so many linear layers with activations between. Its very first run in this process took {Milliseconds(first)} ms, mostly for the JIT.");
        output.WriteLine(Line("network", "cold ms", "best ms", "edit ms", "reach", "reached", "bytes", "after an edit elsewhere"));
        foreach (int depth in depths)
        {
            string source = Source("Measured", depth, s_widths[0]);
            double cold = Cold(source, out GeneratorDriverRunResult result);
            double best = cold;
            for (int i = 1; i < Repetitions; i++)
                best = Math.Min(best, Cold(source, out _));
            double edit = AfterEdit(source, out string rerun);

            int bytes = result.GeneratedTrees.Sum(tree => Encoding.UTF8.GetByteCount(tree.ToString()));
            bool hasReach = depth == 10;
            output.WriteLine(Line(
                Name(depth), Milliseconds(cold), Milliseconds(best), Milliseconds(edit),
                hasReach ? $"<= {Text.Of(ColdReach, "0")} ms" : "", hasReach ? (cold <= ColdReach ? "yes" : "no") : "", Text.Of(bytes), rerun));
        }
    }

    private static string Name(int depth) => "generator/" + Text.Of(depth);

    private static string Milliseconds(double milliseconds) => Text.Of(milliseconds, "0.0");

    private static string Line(string name, string cold, string best, string edit, string reach, string reached, string bytes, string rerun) =>
        $"{name,-14} {cold,8} {best,8} {edit,8} {reach,9} {reached,8} {bytes,9}  {rerun}";

    /// <summary>A new driver on a new compilation.</summary>
    /// <returns>Milliseconds.</returns>
    private static double Cold(string source, out GeneratorDriverRunResult result)
    {
        CSharpCompilation compilation = Compile(source);
        GeneratorDriver driver = NewDriver(track: false);
        long start = Stopwatch.GetTimestamp();
        driver = driver.RunGenerators(compilation);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        result = driver.GetRunResult();
        if (result.GeneratedTrees.Length != 1)
            throw new InvalidOperationException($"The generator gave {result.GeneratedTrees.Length} files for one network. {string.Join(" ", result.Diagnostics)}");
        return milliseconds;
    }

    /// <summary>The same driver again after an edit in the other file.</summary>
    /// <returns>Milliseconds, the best of several edits.</returns>
    private static double AfterEdit(string source, out string rerun)
    {
        CSharpCompilation compilation = Compile(source);
        GeneratorDriver driver = NewDriver(track: true).RunGenerators(compilation);
        double best = double.PositiveInfinity;
        var reasons = new SortedSet<string>();
        for (int i = 0; i < Repetitions; i++)
        {
            compilation = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], Parse(Other(i + 1), "Other.cs"));
            long start = Stopwatch.GetTimestamp();
            driver = driver.RunGenerators(compilation);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);

            GeneratorRunResult result = driver.GetRunResult().Results.Single();
            IEnumerable<IncrementalGeneratorRunStep> steps = result.TrackedSteps[NetworkGenerator.DeclarationStep]
                .Concat(result.TrackedOutputSteps.Values.SelectMany(outputs => outputs));
            reasons.UnionWith(steps
                .SelectMany(step => step.Outputs)
                .Where(output => output.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged))
                .Select(output => output.Reason.ToString()));
        }

        rerun = reasons.Count == 0 ? "nothing rerun after parsing" : "rerun after parsing: " + string.Join(", ", reasons);
        return best;
    }

    private static GeneratorDriver NewDriver(bool track) => CSharpGeneratorDriver.Create(
        [new NetworkGenerator().AsSourceGenerator()],
        parseOptions: CSharpParseOptions.Default,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, track));

    private static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Measured",
        [Parse(source, "Network.cs"), Parse(Other(0), "Other.cs")],
        s_references.Value,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    private static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, CSharpParseOptions.Default, path);

    private static string Other(int version) => $"namespace Measured;\n\ninternal static class Other\n{{\n    public static int Version => {version};\n}}\n";

    private static string Source(string name, int depth, int inputs)
    {
        var source = new StringBuilder("using NetGen;\n\nnamespace Measured;\n\n");
        source.Append($"[Network({inputs})]\n");
        for (int i = 0; i + 1 < depth; i++)
            source.Append($"[Linear({s_widths[(i + 1) % s_widths.Length]}), {s_activations[i % s_activations.Length]}]\n");
        source.Append($"[Linear(10)]\n[CrossEntropyLoss]\npublic sealed partial class {name};\n");
        return source.ToString();
    }
}
